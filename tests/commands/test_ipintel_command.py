"""The command ipintel as splunkd runs it, on each Python: its columns, options and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.splunkd.chunk_rows import columns_of, encoded
from tests.commands import small_ranges
from tests.commands.command_process import Answered, every_python, installed, run
from tests.commands.small_ranges import BOTH, CLOUD, CLOUD6, HOME, TOR

pytestmark = every_python
UNCHANGED = " The rows are passed on as they are."


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Path:
    folder = installed(tmp_path_factory.mktemp("splunk") / "etc" / "apps")
    small_ranges.write(folder)
    return folder


@pytest.fixture
def ipintel(app, python):
    def run_over(arguments: str, *chunks: list[dict], **info) -> Answered:
        bodies = [encoded(rows, columns_of(rows)) for rows in chunks]
        answered = run(python, app / "bin" / "ipintel.py", arguments.split(), bodies, **info)
        assert (answered.code, answered.stderr) == (0, "")
        return answered

    return run_over


def test_splunk_is_told_that_it_may_run_on_search_peers(ipintel):
    assert ipintel("src_ip").description.metadata == {"type": "streaming"}


def test_an_address_has_every_column_that_is_known(ipintel):
    answered = ipintel("src_ip output=all", [{"src_ip": BOTH, "n": "1"}])
    assert answered.rows == [
        {
            "src_ip": BOTH,
            "n": "1",
            "ip_asn": "64500",
            "ip_org": 'Acme "Cloud", Inc.',
            "ip_type": "hosting",
            "ip_types": ["hosting", "vpn"],
            "ip_provider": "Acme Cloud",
            "ip_network": "45.76.0.0/15",
            "ip_is_hosting": "true",
            "ip_is_vpn": "true",
            "ip_is_proxy": "false",
            "ip_is_tor": "false",
            "ip_is_residential_proxy": "false",
            "ip_is_cdn": "false",
            "ip_is_relay": "false",
            "ip_confidence": "high",
            "ip_source": answered.rows[0]["ip_source"],
            "ip_data_version": "2023-11-01",
            "ip_attribution": "Names by Acme, CC BY 4.0: https://acme.example",
        }
    ]
    assert "misp:acme-cloud 2023-11-01" in answered.rows[0]["ip_source"]


@pytest.mark.parametrize(
    ("output", "columns"),
    [
        ("", "asn org type types provider network is_hosting is_vpn is_proxy is_tor is_residential_proxy is_cdn "
             "is_relay confidence source data_version"),
        ("output=min", "asn org type network source data_version"),
        ("output=all", "asn org type types provider network is_hosting is_vpn is_proxy is_tor is_residential_proxy "
                       "is_cdn is_relay confidence source data_version reason attribution"),
    ],
)  # fmt: skip
def test_every_record_has_every_column_of_the_output_asked_for(ipintel, output, columns):
    (reply, _) = ipintel(f"src_ip {output}", [{"src_ip": "nonsense"}, {"src_ip": CLOUD}]).replies
    header = reply.body.decode().splitlines()[0].split(",")
    assert [name for name in header if name.startswith("ip_")] == [f"ip_{name}" for name in columns.split()]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        *((CLOUD, "hosting"), (CLOUD6, "hosting"), (TOR, "tor"), ("::ffff:45.76.1.1", "hosting")),
        *(("10.1.2.3", "private"), ("fd00::1", "private"), ("127.0.0.1", "loopback"), ("100.64.0.9", "shared")),
        *(("169.254.1.1", "link_local"), ("fe80::1%eth0", "link_local"), ("224.0.0.1", "multicast")),
        *(("203.0.113.9", "documentation"), ("240.0.0.1", "reserved"), ("0.0.0.0", "unspecified")),
        *(("010.1.1.1", "malformed"), ("45.76.1.1:443", "malformed"), ("unknown", "malformed"), (" ", "malformed")),
    ],
)  # fmt: skip
def test_what_an_address_is_says_the_type(ipintel, address, kind):
    (row,) = ipintel("src_ip", [{"src_ip": address}]).rows
    assert row["ip_type"] == row["ip_types"] == kind


def test_an_unknown_address_has_no_type_or_is_labelled(ipintel):
    (row,) = ipintel("src_ip", [{"src_ip": HOME}]).rows
    assert "ip_type" not in row and (row["ip_org"], row["ip_is_hosting"]) == ("Home Telecom", "false")
    (row,) = ipintel("src_ip unknown=label", [{"src_ip": HOME}]).rows
    assert row["ip_type"] == row["ip_types"] == "unknown"


def test_private_skip_says_nothing_of_special_addresses(ipintel):
    special = ["10.1.2.3", "fe80::1", "127.0.0.1", "100.64.0.9", "203.0.113.9", "240.0.0.1", "224.0.0.1", "0.0.0.0"]
    rows = [{"src_ip": address} for address in special]
    assert ipintel("src_ip private=skip unknown=label", rows).rows == rows
    (row,) = ipintel("src_ip private=skip", [{"src_ip": CLOUD}]).rows
    assert row["ip_type"] == "hosting"


def test_several_addresses_give_as_many_values_in_their_order_and_blanks_stay(ipintel):
    (row,) = ipintel("src_ip output=all", [{"src_ip": [BOTH, HOME, "x", BOTH]}]).rows
    assert row["ip_type"] == ["hosting", "", "malformed", "hosting"]
    assert row["ip_org"] == ['Acme "Cloud", Inc.', "Home Telecom", "", 'Acme "Cloud", Inc.']
    assert row["ip_is_vpn"] == ["true", "false", "", "true"]
    assert row["ip_reason"] == ["", "", "", ""]
    assert row["ip_types"] == ["hosting", "vpn", "malformed"]  # the different ones of all


def test_a_record_without_the_field_has_blank_columns(ipintel):
    rows = ipintel("src_ip", [{"n": "1"}, {"n": "2", "src_ip": CLOUD}]).rows
    assert rows[0] == {"n": "1"}
    assert rows[1]["ip_type"] == "hosting"


def test_several_fields_have_columns_by_their_own_names(ipintel):
    answered = ipintel("src_ip, dest_ip src_ip output=min".replace(",", ""), [{"src_ip": CLOUD, "dest_ip": TOR}])
    assert (answered.rows[0]["src_ip_type"], answered.rows[0]["dest_ip_type"]) == ("hosting", "tor")
    assert answered.messages == []


def test_the_field_may_be_given_by_name_and_columns_get_a_prefix(ipintel):
    (row,) = ipintel("field=client prefix=client_ output=min", [{"client": CLOUD}]).rows
    assert row["client_type"] == "hosting" and "ip_type" not in row


def test_a_column_of_that_name_is_overwritten(ipintel):
    (row,) = ipintel("src_ip output=min", [{"src_ip": HOME, "ip_type": ["old", "older"], "ip_org": "old"}]).rows
    assert (row.get("ip_type"), row["ip_org"]) == (None, "Home Telecom")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "ipintel needs the name of a field that holds addresses, for example: | ipintel src_ip."),
        ("src_ip nosuch=1 x=2", "ipintel has no option nosuch=1, x=2: remove it or use field, prefix, output, private "
                                "or unknown."),
        ("src_ip record=true", "ipintel has no option record=true: remove it or use field, prefix, output, private or "
                               "unknown."),
        ("src_ip output=max", "ipintel cannot do output=max: use output=default, output=min or output=all."),
        ("src_ip private=", "ipintel cannot do private=: use private=label or private=skip."),
        ("src_ip unknown=no", "ipintel cannot do unknown=no: use unknown=blank or unknown=label."),
        ("src_ip prefix=__mv_", "ipintel cannot begin columns with prefix=__mv_: use letters, digits, _ . : or -, and "
                                "no __ in front."),
        ("src_ip prefix=a,b", "ipintel cannot begin columns with prefix=a,b: use letters, digits, _ . : or -, and no "
                              "__ in front."),
        ("src_ip dest_ip prefix=x_", "ipintel cannot give the columns of src_ip and dest_ip the same names: leave out "
                                     "prefix=x_ (they then begin with the field's name), or use ipintel once for each "
                                     "field."),
        ("src src_type", "ipintel cannot write the column src_type, which another field has or gives: use ipintel once "
                         "for each field, with another prefix=."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_once_and_the_rows_pass_unchanged(ipintel, arguments, said):
    rows = [{"src_ip": CLOUD, "m": ["1", "$2"]}, {"src": "x", "m": "a\r\nb\rc"}]
    answered = ipintel(arguments, rows, rows)
    assert answered.description.metadata == {"type": "streaming"}
    assert answered.rows == rows + rows
    assert answered.messages == [("WARN", said + UNCHANGED)]


def test_a_field_that_is_in_no_record_is_said_at_the_end(ipintel):
    rows = [{"Src_ip": CLOUD}]
    answered = ipintel("src_ip", rows, rows)
    assert answered.rows == rows + rows
    assert answered.replies[-1].messages == answered.messages
    ((level, text),) = answered.messages
    assert level == "WARN" and text.startswith("ipintel found no field src_ip in the results: check its spelling")


def test_no_rows_are_no_reason_for_a_message(ipintel):
    assert ipintel("src_ip").messages == []
    assert ipintel("src_ip", []).messages == []


def test_chunks_with_and_without_the_field_each_go_their_way(ipintel):
    answered = ipintel("src_ip", [{"n": "1"}], [{"src_ip": CLOUD}], [{"n": "2"}])
    assert answered.messages == []
    assert [row.get("ip_type") for row in answered.rows] == [None, "hosting", None]
    assert answered.replies[0].body == encoded([{"n": "1"}], ["n"])


def test_data_that_is_older_than_ninety_days_is_said_and_used(ipintel):
    day = 86_400
    written = 1_698_796_800  # 2023-11-01
    for age, messages in ((90, []), (91, ["INFO"])):
        answered = ipintel("src_ip", [{"src_ip": CLOUD}], sid=f"{written + age * day}.7")
        assert [level for level, _ in answered.messages] == messages
        assert answered.rows[0]["ip_type"] == "hosting"
    assert answered.messages[0][1].startswith("ipintel's data on addresses is of 2023-11-01, 91 days old: update")


@pytest.mark.parametrize(
    "sid", ["1700000000.7", "scheduler__nobody_VEE__RMD5abc_at_1700000000_99", "remote_sh1_1700000000.7"]
)
def test_an_own_entry_counts_until_it_expires_by_the_time_of_the_search(app, ipintel, sid):
    own = app / "lookups" / "okta_itdr_ip_own.csv"
    own.parent.mkdir(exist_ok=True)
    try:
        own.write_text(
            "network,type,provider,owner,reason,expires\n"
            f"{CLOUD}/32,ordinary,,net team,our own,1700000001\n{TOR}/32,ordinary,,net team,ours once,1699999999\n"
        )
        rows = ipintel("src_ip output=all", [{"src_ip": CLOUD}, {"src_ip": TOR}], sid=sid).rows
    finally:
        own.unlink()
    assert (rows[0]["ip_type"], rows[0]["ip_is_hosting"], rows[1]["ip_type"]) == ("ordinary", "false", "tor")
    assert "net team" in rows[0]["ip_reason"]


def test_a_bad_line_of_the_admins_own_is_said_once_and_the_others_count(app, ipintel):
    own = app / "lookups" / "okta_itdr_ip_own.csv"
    own.parent.mkdir(exist_ok=True)
    try:
        own.write_text(f"network,type,provider,owner,reason,expires\nnonsense,vpn,,a,b,\n{HOME},vpn,Ours,a,b,\n")
        answered = ipintel("src_ip", [{"src_ip": HOME}], [{"src_ip": HOME}])
    finally:
        own.unlink()
    assert [row["ip_type"] for row in answered.rows] == ["vpn", "vpn"]
    ((level, text),) = answered.messages
    assert level == "WARN" and "2" in text and "nonsense" in text


@pytest.mark.parametrize("harm", ["missing", "cut", "other"])
def test_without_good_data_the_remedy_is_said_and_the_rows_pass(app, ipintel, harm):
    data = app / "bin" / "okta_itdr" / "ipintel" / "ranges.dat"
    whole = data.read_bytes()
    try:
        if harm == "missing":
            data.unlink()
        else:
            data.write_bytes(whole[: len(whole) // 2] if harm == "cut" else b"not at all" * 99)
        answered = ipintel("src_ip", [{"src_ip": CLOUD}], [{"src_ip": CLOUD}])
    finally:
        data.write_bytes(whole)
    assert answered.rows == [{"src_ip": CLOUD}] * 2
    ((level, text),) = answered.messages
    assert level == "WARN" and "ranges.dat" in text and text.endswith(UNCHANGED)
    assert "Traceback" not in text
