"""ipintel and its lookup as a search of someone has them: the packaged add-on in the lab's splunkd."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.clock import Clock
from lab.schedule.window import Window
from lab.spl.errors import SearchError
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance
from tests.commands import small_ranges
from tests.commands.command_process import APP, every_python
from tests.commands.small_ranges import BOTH, CLOUD, HOME, TOR
from tools import package

pytestmark = every_python
START = 1_700_000_000.0


class Searches:
    def __init__(self, splunk: Instance) -> None:
        self.splunk = splunk
        self.app = splunk.home / "etc" / "apps" / APP
        self.messages: list[str] = []

    def run(self, text: str, app: str = "search") -> list[dict]:
        head = self.splunk.head
        context = head.context(Window(START), app, self.messages.append)
        return head.parsed(text, context, app).run(context).rows


@pytest.fixture
def searches(tmp_path: Path, python: Path):
    splunk = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", START), str(python))
    splunk.install(package.ready())
    made = Searches(splunk)
    small_ranges.write(made.app)
    yield made
    splunk.stop()


def test_distinct_addresses_first_then_what_they_are_from_any_app(searches):
    rows = searches.run(
        f'| makeresults | eval src_ip=split("{CLOUD} {HOME} {CLOUD} {TOR}", " ") | mvexpand src_ip '
        "| stats count BY src_ip | ipintel src_ip | sort src_ip | table src_ip count ip_type ip_org"
    )
    assert rows == [
        {"src_ip": CLOUD, "count": "2", "ip_type": "hosting", "ip_org": 'Acme "Cloud", Inc.'},
        {"src_ip": HOME, "count": "1", "ip_org": "Home Telecom"},
        {"src_ip": TOR, "count": "1", "ip_type": "tor"},
    ]
    assert searches.messages == []


def test_a_wrong_option_neither_stops_the_search_when_it_is_parsed_nor_later(searches):
    rows = searches.run('| makeresults | eval src_ip="8.8.8.8" | ipintel src_ip colour=blue | fields src_ip')
    assert [row["src_ip"] for row in rows] == ["8.8.8.8"]
    assert searches.messages == [
        "WARN: ipintel has no option colour=blue: remove it or use field, prefix, output, private or unknown. "
        "The rows are passed on as they are."
    ]


def test_commas_and_quotes_between_fields_are_as_in_other_commands(searches):
    (row,) = searches.run(
        f'| makeresults | eval "client ip"="{CLOUD}", b="{TOR}" | ipintel "client ip", b output="min" '
    )
    assert (row["client ip_type"], row["b_type"]) == ("hosting", "tor")


def test_chunks_of_any_size_give_the_same(searches):
    text = (
        f'| makeresults count=9 | streamstats count AS n | eval src_ip=if(n%2=0, "{CLOUD}", "{BOTH}") | ipintel src_ip'
    )
    whole = searches.run(text)
    system = searches.splunk.home / "etc" / "system" / "local"
    system.mkdir(parents=True, exist_ok=True)
    (system / "limits.conf").write_text("[searchresults]\nmaxresultrows = 2\n")
    searches.splunk.reload()
    assert searches.run(text) == whole
    assert len(whole) == 9


LOOKUP = "| lookup okta_itdr_ipintel ip AS src_ip OUTPUT ip_type ip_types ip_org ip_is_vpn ip_reason ip_attribution"


def test_the_lookup_says_what_the_command_says(searches):
    rows = searches.run(
        f'| makeresults | eval src_ip=split("{BOTH} {HOME} 10.1.2.3 nonsense", " ") | mvexpand src_ip {LOOKUP} '
        "| fields - _time ip_attribution"
    )
    assert rows == [
        {
            "src_ip": BOTH,
            "ip_type": "hosting",
            "ip_types": "hosting;vpn",
            "ip_org": 'Acme "Cloud", Inc.',
            "ip_is_vpn": "true",
        },
        {"src_ip": HOME, "ip_org": "Home Telecom", "ip_is_vpn": "false"},
        {"src_ip": "10.1.2.3", "ip_type": "private", "ip_types": "private", "ip_is_vpn": "false", **private(rows)},
        {"src_ip": "nonsense", "ip_type": "malformed", "ip_types": "malformed"},
    ]
    assert searches.messages == []


def private(rows: list[dict]) -> dict:
    """What IANA's registry says of it is the engine's to test."""
    return {"ip_reason": rows[2]["ip_reason"]} if "ip_reason" in rows[2] else {}


def test_the_lookup_may_be_automatic(searches):
    props = searches.app / "local" / "props.conf"
    props.parent.mkdir(exist_ok=True)
    props.write_text("[OktaIM2:log]\nLOOKUP-ipintel = okta_itdr_ipintel ip AS src_ip OUTPUT ip_type AS src_ip_type\n")
    searches.splunk.reload()
    for number, address in enumerate((CLOUD, HOME)):
        event = {"published": "2023-11-14T22:00:00.000Z", "uuid": str(number), "client": {"ipAddress": address}}
        searches.splunk.index([Arrival(json.dumps(event), "main", "OktaIM2:log", "okta_system_log://main", "acme")])
    assert searches.run("index=main src_ip_type=hosting | table src_ip", APP) == [{"src_ip": CLOUD}]


def test_every_column_of_the_command_is_one_of_the_lookup(searches):
    (row,) = searches.run(f'| makeresults | eval src_ip="{CLOUD}" | ipintel src_ip output=all private=label')
    text = (searches.app / "default" / "transforms.conf").read_text()
    (fields,) = [line for line in text.splitlines() if line.startswith("fields_list = ip, ")]
    fields = fields.partition("=")[2].replace(" ", "").split(",")
    assert {name for name in row if name.startswith("ip_")} <= set(fields)
    assert fields[0] == "ip" and len(fields) == 19


def test_without_data_the_lookup_fails_with_the_remedy(searches):
    (searches.app / "bin" / "okta_itdr" / "ipintel" / "ranges.dat").unlink()
    with pytest.raises(SearchError, match="okta_itdr_ipintel_lookup.py ended with exit code 1: ERROR .*ranges.dat"):
        searches.run(f'| makeresults | eval src_ip="{CLOUD}" {LOOKUP}')
