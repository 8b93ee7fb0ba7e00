"""What an admin knows of an address wins, for as long as it is meant to; a slip in the file costs one line."""

from __future__ import annotations

import pytest

from .ip_data_world import NOW, OWN, App

VPS = "202.59.10.100"  # hosting, by the shipped data; AS55720


def test_the_shipped_file_has_no_entries_and_an_upgrade_has_nothing_to_overwrite(app: App) -> None:
    assert not (app.folder / OWN).exists()
    default = (app.folder / f"{OWN}.default").read_text()
    assert default == "network,type,provider,owner,reason,expires\n"
    (app.folder / OWN).write_text(default)
    assert app.verdict(VPS)["type"] == "hosting"


def test_an_address_declared_ordinary_is_nothing_else_whatever_lists_say(app: App) -> None:
    app.own(f"{VPS},ordinary,Our jump host,ann@example.com,moves in June,2027-06-30")
    verdict = app.verdict(VPS)
    assert (verdict["type"], verdict["types"], verdict["provider"]) == ("ordinary", [], "Our jump host")
    assert {value for name, value in verdict.items() if name.startswith("is_")} == {"false"}
    assert verdict["reason"] == "ann@example.com: moves in June (until 2027-06-30)"
    assert verdict["source"][0] == "own" and verdict["confidence"] == "high" and verdict["network"] == f"{VPS}/32"
    assert (verdict["asn"], verdict["org"]) == ("55720", "Gigabit Hosting Sdn Bhd")
    assert app.verdict("202.59.10.101")["type"] == "hosting"


def test_the_most_specific_entry_counts_and_a_network_before_an_as(app: App) -> None:
    app.own("AS55720,proxy,by AS,,,", "202.59.0.0/16,vpn,by 16,,,", "202.59.10.0/24,relay,by 24,,,")
    assert app.verdict(VPS)["provider"] == "by 24"
    assert app.verdict("202.59.9.1")["provider"] == "by 16"
    assert (app.verdict("5.181.132.1")["provider"], app.verdict("5.181.132.1")["is_proxy"]) == ("by AS", "true")


def test_an_expired_entry_does_not_hide_a_wider_one_that_still_counts(app: App) -> None:
    app.own("202.59.10.0/24,ordinary,narrow,,,2026-12-31", "202.59.0.0/16,vpn,wide,,,2027-12-31")
    assert app.verdict(VPS, NOW)["provider"] == "wide"
    assert app.verdict(VPS, NOW - 30 * 86400)["provider"] == "narrow"
    assert app.verdict(VPS, NOW + 400 * 86400)["type"] == "hosting"


@pytest.mark.parametrize(
    ("expires", "counts"),
    [
        ("2027-01-15", True),  # through that day
        ("2027-01-14", False),
        ("1800000001", True),
        ("1800000000", False),
        ("1800000000.5", True),
        ("", True),
    ],
)
def test_an_entry_counts_until_it_expires_and_no_longer(app: App, expires: str, counts: bool) -> None:
    app.own(f"{VPS},ordinary,,,,{expires}")
    assert (app.verdict(VPS)["type"] == "ordinary") is counts


def test_of_two_entries_for_one_network_the_later_line_counts(app: App) -> None:
    app.own(f"{VPS},vpn,first,,,", f"{VPS},ordinary,second,,,")
    assert app.verdict(VPS)["provider"] == "second"


def test_ipv6_mapped_and_private_networks_can_be_declared_too(app: App) -> None:
    app.own("2001:db8:77::/48,corporate_proxy,v6,,,", "10.0.0.0/8,vpn,ours,,,", "::ffff:192.0.2.0/120,proxy,mapped,,,")
    assert app.verdict("2001:db8:77::1")["provider"] == "v6"
    assert app.verdict("10.200.1.1")["is_vpn"] == "true"
    assert app.verdict("192.0.2.200")["provider"] == "mapped"
    assert app.verdict("192.168.1.1")["type"] == "private"


def test_a_bad_line_is_told_with_its_number_and_remedy_and_the_others_count(app: App) -> None:
    app.own(
        "202.59.10.100/24,vpn,,,,",
        f"{VPS},ordinary,,,,",
        "198.51.100.0/33,vpn,,,,",
        "AS0,vpn,,,,",
        "192.0.2.1,bad_type,,,,",
        "192.0.2.2,vpn,,,,31.12.2027",
        "192.0.2.3,vpn,,,,20271231",
        "",
    )
    answer = app.asked([VPS, "192.0.2.1"])
    assert [verdict["type"] for verdict in answer.verdicts] == ["ordinary", "documentation"]
    (warning,) = answer.warnings
    assert "okta_itdr_ip_own.csv: 6 of its lines cannot be used, the others are." in warning
    for line, word in [(2, "202.59.10.100/24"), (4, "198.51.100.0/33"), (5, "AS0"), (6, "bad_type"), (7, "31.12.2027")]:
        assert f"line {line}: " in warning and word in warning
    assert "write one as 192.0.2.0/24" in warning and "write one as 2027-01-31" in warning


def test_a_file_without_its_header_is_not_taken_for_entries(app: App) -> None:
    app.own(f"{VPS},ordinary", header=f"{VPS},ordinary")
    answer = app.asked([VPS])
    assert answer.verdicts[0]["type"] == "hosting"
    assert "does not name the column network and type" in answer.warnings[0]


def test_a_file_that_excel_or_another_tool_wrote_is_read(app: App) -> None:
    text = f"\ufeffType, Network ,owner,note\nordinary, {VPS} ,J\u00fcrgen,kept in another column\n"
    (app.folder / OWN).write_bytes(text.encode())
    assert app.verdict(VPS)["reason"] == "J\u00fcrgen"
    (app.folder / OWN).write_bytes(text.replace("\ufeff", "").encode("cp1252"))
    assert app.verdict(VPS)["type"] == "ordinary"


def test_a_damaged_file_of_entries_does_not_stop_the_search(app: App) -> None:
    (app.folder / OWN).write_bytes(b"network,type\n" + f"{VPS},ordinary\n".encode() + b'"\x00' + b"x" * 200_000)
    answer = app.asked([VPS])
    assert answer.verdicts[0]["type"] == "ordinary" and not answer.trouble
    assert "after line 2 nothing is read" in answer.warnings[0]


def test_a_list_that_was_fetched_adds_to_what_is_known_until_it_expires(app: App) -> None:
    app.fetched("tor", f"{VPS},tor,Tor,in_tor,https://example.com/exits,1800003600,2027-01-15")
    verdict = app.verdict(VPS)
    assert (verdict["type"], verdict["types"], verdict["is_hosting"]) == ("tor", ["tor", "hosting"], "true")
    assert verdict["source"][0] == "list:tor 2027-01-15" and verdict["reason"] == "https://example.com/exits"
    assert app.verdict(VPS, NOW + 3600)["types"] == ["hosting"]


def test_a_data_centre_named_by_a_vpn_list_stays_hosting_and_is_a_vpn_too(app: App) -> None:
    app.fetched("vpn", "202.59.10.0/24,vpn,Some VPN,in_vpn,https://example.com,,2027-01-15")
    verdict = app.verdict(VPS)
    assert (verdict["type"], verdict["is_hosting"], verdict["is_vpn"]) == ("hosting", "true", "true")


ORDER = [
    "resolver",
    "tor",
    "relay",
    "corporate_proxy",
    "cdn",
    "hosting",
    "residential_proxy",
    "proxy",
    "vpn",
    "vpn_likely",
]


def test_of_two_classes_the_one_that_the_docs_name_first_is_the_type(app: App) -> None:
    pairs = [(a, b) for place, a in enumerate(ORDER) for b in ORDER[place + 1 :]]
    app.fetched("both", *(f"73.0.{i}.1,{kind},,,,," for i, pair in enumerate(pairs) for kind in reversed(pair)))
    verdicts = app.asked(f"73.0.{i}.1" for i in range(len(pairs))).verdicts
    assert [verdict["type"] for verdict in verdicts] == [a for a, _ in pairs]
    besides = {"resolver", "relay", "corporate_proxy", "cdn"}
    for (a, b), verdict in zip(pairs, verdicts):
        assert verdict["types"] == ([a] if b == "hosting" and a in besides else [a, b]), (a, b)


def test_a_list_that_was_fetched_cannot_clear_an_address(app: App) -> None:
    app.fetched("clean", f"{VPS},ordinary,,,,,")
    assert app.verdict(VPS)["types"] == ["hosting"]


def test_several_lists_and_an_own_entry_each_keep_their_place(app: App) -> None:
    app.fetched("a", "198.51.100.0/24,hosting,,,,,", "73.0.0.1,residential_proxy,Pool,,,,2027-01-02")
    app.fetched("b", "73.0.0.0/24,proxy,,,,,2027-01-03")
    verdict = app.verdict("73.0.0.1")
    assert verdict["types"] == ["residential_proxy", "proxy"]
    assert verdict["source"][:2] == ["list:a 2027-01-02", "list:b 2027-01-03"]
    assert (verdict["is_residential_proxy"], verdict["is_proxy"], verdict["provider"]) == ("true", "true", "Pool")
    assert app.verdict("198.51.100.1")["type"] == "documentation"  # IANA's before lists
    app.own("73.0.0.0/8,ordinary,,,,")
    assert app.verdict("73.0.0.1")["type"] == "ordinary"
    assert not app.asked(["73.0.0.1"]).warnings


def test_an_mmdb_of_the_admin_knows_better_and_what_it_lacks_is_ours(app: App) -> None:
    app.compiled([["73.0.0.0/16", "vpn", "Theirs"]], [["73.0.0.0", "73.0.0.255", 64500, "Their name"]])
    verdict = app.verdict("73.0.0.1")
    assert (verdict["asn"], verdict["org"], verdict["type"]) == ("64500", "Their name", "vpn")
    assert (verdict["network"], verdict["provider"]) == ("73.0.0.0/16", "Theirs")
    assert verdict["source"] == ["mmdb:theirs 2027-01-10"] and verdict["attribution"] == "By them"
    beside = app.verdict("73.0.1.1")
    assert (beside["asn"], beside["type"]) == ("7922", "vpn")
    assert app.verdict(VPS)["asn"] == "55720"
    assert app.verdict(VPS)["data_version"] == verdict["data_version"]  # of what ships
