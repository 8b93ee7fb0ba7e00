"""What the shipped data says of addresses whose nature is known from elsewhere (verdicts.csv: who says so)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .ip_data_world import NOW, SUPPORTED, App, copied, unpacked

KNOWN = list(csv.DictReader((Path(__file__).parent / "verdicts.csv").open(encoding="utf-8")))
FLAGS = ["is_hosting", "is_vpn", "is_proxy", "is_tor", "is_residential_proxy", "is_cdn", "is_relay"]


@pytest.fixture(scope="module", params=SUPPORTED.values(), ids=[f"{a}.{b}" for a, b in SUPPORTED])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> App:
    return App(unpacked(tmp_path_factory.mktemp("app")), request.param)


@pytest.fixture(scope="module")
def said(app: App) -> dict[str, dict]:
    """Address → verdict."""
    answer = app.asked(row["address"] for row in KNOWN)
    assert not answer.trouble and not answer.warnings, answer
    return {row["address"]: verdict for row, verdict in zip(KNOWN, answer.verdicts)}


def test_known_addresses_are_what_they_are_known_to_be(said: dict[str, dict]) -> None:
    assert len(KNOWN) >= 60
    wanted = {row["address"]: [t for t in [row["type"], *row["further_types"].split()] if t] for row in KNOWN}
    wrong = {a: (types, said[a]["types"]) for a, types in wanted.items() if said[a]["types"] != types}
    assert wrong == {}
    assert all(said[row["address"]]["type"] == row["type"] for row in KNOWN)


def test_homes_and_mobiles_get_no_flag_and_are_never_called_residential(said: dict[str, dict]) -> None:
    homes = [row["address"] for row in KNOWN if row["type"] == ""]
    assert len(homes) >= 20
    for address in homes:
        verdict = said[address]
        assert {verdict[flag] for flag in FLAGS} == {"false"}, address
        assert verdict["confidence"] == verdict["provider"] == "" and verdict["org"], address


def test_text_that_is_no_address_is_neither_hosting_nor_not_hosting(said: dict[str, dict]) -> None:
    for row in KNOWN:
        if row["type"] == "malformed":
            assert {said[row["address"]][flag] for flag in FLAGS} == {""}, row["address"]


def test_a_content_network_or_resolver_is_not_called_hosting(said: dict[str, dict]) -> None:
    for row in KNOWN:
        if row["type"] in ("cdn", "resolver", "relay", "corporate_proxy"):
            assert said[row["address"]]["is_hosting"] == "false", row["address"]


def test_every_claim_names_its_list_its_range_and_its_date(said: dict[str, dict]) -> None:
    for row in KNOWN:
        verdict = said[row["address"]]
        if row["type"] in ("", "malformed"):
            continue
        assert verdict["network"] and verdict["source"] and verdict["confidence"], row["address"]
        if not verdict["source"][0].startswith("iana:"):
            assert all(source.split(" ")[1].startswith("20") for source in verdict["source"]), row["address"]


def test_what_beyondtrust_saw_is_hosting_and_says_why(said: dict[str, dict]) -> None:
    vps, leaseweb = said["202.59.10.100"], said["23.105.182.19"]
    assert (vps["asn"], vps["network"], vps["is_hosting"]) == ("55720", "202.59.10.0/24", "true")
    assert (leaseweb["asn"], leaseweb["is_hosting"]) == ("30633", "true")
    assert "BeyondTrust" in vps["reason"] and "BeyondTrust" in leaseweb["reason"]
    assert vps["source"][0] == "misp:vpn-ipv4 2025-12-23" and vps["is_vpn"] == "false"


def test_the_data_that_gave_the_name_is_credited_where_the_name_shows(said: dict[str, dict]) -> None:
    for row in KNOWN:
        verdict = said[row["address"]]
        assert bool(verdict["org"]) == ("DB-IP (https://db-ip.com)" in verdict["attribution"]), row["address"]


def test_the_age_of_the_data_does_not_depend_on_the_day_it_was_packaged(said: dict[str, dict], app: App) -> None:
    """Nor on that of our own table, which is looked at for every release."""
    (version,) = {verdict["data_version"] for verdict in said.values()}
    sources = {tuple(source.split(" ")) for verdict in said.values() for source in verdict["source"] if " " in source}
    assert version == max(day for name, day in sources if name != "okta_itdr:table")


def test_a_wall_of_addresses_is_answered_alike_in_any_order(app: App) -> None:
    addresses = [row["address"] for row in KNOWN]
    forward, backward = app.asked(addresses * 3), app.asked(reversed(addresses * 3))
    assert forward.verdicts == backward.verdicts[::-1]


def test_data_of_the_search_heads_bundle_is_found_from_any_folder(app: App, tmp_path: Path) -> None:
    elsewhere = copied(app.folder, tmp_path / "var" / "run" / "searchpeers" / "head-1700000000" / "apps" / "TA")
    assert App(elsewhere, app.python).verdict("202.59.10.100", NOW)["type"] == "hosting"
