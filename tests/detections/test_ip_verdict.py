"""What an address is, by Okta and by the lists together, and what that means for an administrator's action."""

from __future__ import annotations

import pytest
from installed_addon import LOG, addon, moment
from okta_events import event, user

pytestmark = pytest.mark.usefixtures("tarball")

NOW = moment("2026-03-10T12:00:00Z")
T = NOW - 3600
LEDGERS = ("Okta ITDR - Session Ledger - Backfill", "Okta ITDR - User Baseline - Backfill")
VIA_PROXY = "Okta ITDR - Admin Action Via Proxy - Rule"

VULTR, COMCAST, RELAY, ZSCALER, GOOGLE_DNS, CLOUDFLARE, TOR, NOWHERE = (
    "45.76.1.1",
    "24.0.0.1",
    "172.224.226.1",
    "165.225.0.1",
    "8.8.8.8",
    "151.101.1.1",
    "185.220.101.1",
    "203.0.113.9",  # documentation: no list has it
)
NORD = '[{"anonymous":true,"operator":"NORD_VPN","type":"VPN"}]'
OFFICE_TUNNEL = '[{"anonymous":false,"operator":"SOME_GATEWAY","type":"VPN"}]'


@pytest.fixture(scope="module")
def splunk():
    with addon(NOW) as installed:
        yield installed


def verdict(splunk, address, **fields):
    """The row of one address; `fields`: what Okta says of it (asn, is_proxy, tunnels, proxy_type)."""
    said = {"asn": None, "is_proxy": None, "tunnels": None, "proxy_type": None, **fields}

    def literal(value):
        return "null()" if value is None else '"' + value.replace('"', '\\"') + '"'

    evals = ", ".join(f"{name} = {literal(value)}" for name, value in {"src_ip": address, **said}.items())
    (row,) = splunk.search(f"| makeresults | eval {evals} | `okta_itdr_ip_verdict`", NOW)
    return row


def by(row):
    lines = row.get("ip_verdict_by", [])
    return [lines] if isinstance(lines, str) else lines


@pytest.mark.parametrize(
    ("address", "okta", "expected", "speakers"),
    [
        (VULTR, {}, "hosting", ["the lists: hosting (Vultr)"]),
        (VULTR, {"is_proxy": "false"}, "hosting", ["the lists: hosting"]),
        (NOWHERE, {"asn": "20473"}, "hosting", ["the lists, by AS number: hosting (Vultr), AS20473"]),
        (NOWHERE, {"asn": "9009"}, "hosting", ["the lists, by AS number: hosting, vpn_likely"]),
        (NOWHERE, {"is_proxy": "true"}, "proxy", ["Okta: a proxy"]),
        (VULTR, {"is_proxy": "true"}, "proxy", ["Okta: a proxy", "the lists: hosting"]),
        (VULTR, {"is_proxy": "true", "tunnels": NORD}, "vpn", ["Okta: a tunnel of NORD_VPN", "the lists: hosting"]),
        (NOWHERE, {"is_proxy": "false", "tunnels": OFFICE_TUNNEL}, None, []),
        (NOWHERE, {"proxy_type": "tor"}, "tor", ["Okta: Tor"]),
        (NOWHERE, {"proxy_type": "service"}, "proxy", ["Okta: a proxy (service)"]),
        (TOR, {}, "tor", ["the lists: tor, hosting"]),
        (RELAY, {"is_proxy": "true"}, "relay", ["Okta: a proxy", "the lists: relay"]),
        (NOWHERE, {"is_proxy": "true", "asn": "36183"}, "relay", ["Okta: a proxy", "the lists, by AS number: relay"]),
        (ZSCALER, {"is_proxy": "true"}, "corporate_proxy", ["Okta: a proxy", "the lists: corporate_proxy (Zscaler)"]),
        (GOOGLE_DNS, {}, "resolver", ["the lists: resolver"]),
        (CLOUDFLARE, {}, "cdn", ["the lists: cdn"]),
        (COMCAST, {"asn": "7922", "is_proxy": "false"}, None, []),
        ("10.1.2.3", {}, None, []),
        ("no address", {"asn": "unknown"}, None, []),
    ],
)
def test_verdict_and_who_spoke(splunk, address, okta, expected, speakers):
    row = verdict(splunk, address, **okta)
    assert row.get("ip_verdict") == expected
    assert len(by(row)) == len(speakers)
    for line, beginning in zip(by(row), speakers):
        assert line.startswith(beginning)


def test_every_list_that_spoke_names_range_source_and_day(splunk):
    (line,) = by(verdict(splunk, "202.59.10.100"))
    assert "202.59.10.0/24 by misp:vpn-ipv4 2025-12-23" in line and "BeyondTrust" in line


def test_an_own_entry_wins_over_okta_and_the_lists(splunk):
    row = f'network="{VULTR}", type="ordinary", provider="", owner="ann", reason="jump host", expires="2026-12-31"'
    splunk.search(f"| makeresults | eval {row} | fields - _time | outputlookup okta_itdr_ip_own", NOW)
    try:
        ours = verdict(splunk, VULTR, is_proxy="true", asn="20473")
        assert ours["ip_verdict"] == "ordinary"
        assert any("ann: jump host (until 2026-12-31)" in line for line in by(ours))
        assert verdict(splunk, "45.76.1.2")["ip_verdict"] == "hosting"
    finally:
        splunk.search("| makeresults | where false() | outputlookup okta_itdr_ip_own", NOW)
    assert verdict(splunk, VULTR)["ip_verdict"] == "hosting"


# --- in the rule ----------------------------------------------------------------------------------------

_tenants = iter(range(1000))


def findings(splunk, *events):
    """What the rule finds for a tenant of the test's own, once the ledgers know its sign-ins."""
    tenant = f"verdicts{next(_tenants)}.okta.com"
    splunk.index(LOG, list(events), tenant)
    for ledger in LEDGERS:
        splunk.run_over(ledger, T - 86400, NOW + 60, NOW)
    return [row for row in splunk.run_over(VIA_PROXY, T - 86400, NOW + 60, NOW) if row["tenant"] == tenant]


def created(**fields):
    target = [user("svc_new@acme.example", "00uNew")]
    return event(T, "user.lifecycle.create", **{"session": "idxAdmin", "target": target, **fields})


def signed_in(session, **fields):
    return event(T - 600, "user.session.start", session=session, **fields)


HOME, THAT_NETWORK = {"address": "192.0.2.10", "asn": 3320}, {"address": "45.76.9.9", "asn": 20473}


@pytest.mark.parametrize(
    ("sign_ins", "outcome", "severity"),
    [
        ([HOME], "SUCCESS", "high"),
        ([HOME], "FAILURE", "medium"),
        ([THAT_NETWORK], "SUCCESS", "medium"),
        ([HOME, THAT_NETWORK], "SUCCESS", "medium"),
        ([{"address": VULTR, "asn": None}], "SUCCESS", "medium"),
        ([], "SUCCESS", "medium"),
        ([], "FAILURE", "low"),
    ],
    ids=["elsewhere", "elsewhere, refused", "in that network", "in both", "at that address", "unknown", "and refused"],
)
def test_a_person_at_a_hosting_provider_counts_by_where_they_signed_in(splunk, sign_ins, outcome, severity):
    session = f"idxSession{next(_tenants)}"
    events = [signed_in(session, name=str(number), **sign_in) for number, sign_in in enumerate(sign_ins)]
    deed = {"address": VULTR, "asn": 20473, "session": session, "outcome": outcome}
    (found,) = findings(splunk, *events, created(**deed))
    assert found["severity"] == severity and "through a hosting provider at 45.76.1.1" in found["message"]
    elsewhere = "the session was signed in elsewhere, the user never from there"
    assert (elsewhere in found["reasons"]) == (sign_ins == [HOME])


def colleague(number, **place):
    """Somebody's sign-in, in a session of their own."""
    login = f"colleague{number}@acme.com"
    actor = {"id": f"00u{number}", "type": "User", "alternateId": login, "displayName": login}
    return signed_in(f"idxColleague{number}", actor=actor, **place)


AT_THE_PROXY = {"address": NOWHERE, "asn": 64500, "proxy": True}


@pytest.mark.parametrize(
    ("colleagues", "signed_in_at", "at", "severity"),
    [
        (5, AT_THE_PROXY, AT_THE_PROXY, "informational"),
        (4, AT_THE_PROXY, AT_THE_PROXY, "high"),
        (5, HOME, AT_THE_PROXY, "high"),
        (5, AT_THE_PROXY, {**AT_THE_PROXY, "address": "203.0.113.10"}, "high"),
    ],
    ids=["a company's way out", "too few", "whose user signed in elsewhere", "another address of that network"],
)
def test_a_proxy_where_colleagues_sign_in_is_the_companys_own_way_out(splunk, colleagues, signed_in_at, at, severity):
    others = [colleague(number, **AT_THE_PROXY) for number in range(colleagues)]
    (found,) = findings(splunk, *others, signed_in("idxAdmin", **signed_in_at), created(**at))
    assert found["severity"] == severity


def test_a_token_at_a_hosting_provider_is_automation_at_home(splunk):
    assert findings(splunk, created(address=VULTR, asn=20473, session="trsRequest", token="00Ttoken")) == []


def test_a_session_with_a_token_is_no_person_at_a_browser(splunk):
    assert findings(splunk, created(address=VULTR, asn=20473, token="00Ttoken")) == []


def test_a_token_through_tor_is_found(splunk):
    (found,) = findings(splunk, created(address=TOR, asn=60729, session="trsRequest", token="00Ttoken"))
    assert found["severity"] == "high" and "through Tor" in found["message"]


def test_a_trusted_network_at_a_hosting_provider_is_the_companys_way_out(splunk):
    splunk.write("okta_itdr_trusted_networks", {"_key": "vultr", "network": "AS20473", "expires": T + 60})
    assert findings(splunk, created(address=VULTR, asn=20473)) == []
    splunk.write("okta_itdr_trusted_networks", {"_key": "vultr", "network": "AS20473", "expires": T - 60})
    assert len(findings(splunk, created(address=VULTR, asn=20473))) == 1


def test_where_okta_gives_no_as_the_lists_tell_which_network_it_was(splunk):
    (found,) = findings(splunk, created(address=VULTR, asn=None), created(address="45.76.1.2", asn=20473))
    assert len(found["evidence"]) == 2


@pytest.mark.parametrize(("proxy", "severities"), [(True, ["low"]), (False, [])])
def test_a_web_gateway_counts_a_little_and_only_where_okta_calls_it_a_proxy(splunk, proxy, severities):
    found = findings(splunk, created(address=ZSCALER, asn=53813, proxy=proxy))
    assert [one["severity"] for one in found] == severities


def test_oktas_own_servers_in_the_session_are_no_hosting_provider(splunk):
    splunk.write("okta_itdr_okta_ranges", {"_key": "okta", "range": "18.220.28.0/24"})
    console = "okta.b58d5b75-07d4-5f25-bf59-368a1261a405"
    backend = {
        "address": "18.220.28.44",
        "asn": None,
        "proxy": None,
        "client_id": console,
        "agent": "Okta-Integrations",
    }
    assert findings(splunk, created(**backend)) == []
    assert len(findings(splunk, created(**{**backend, "client_id": None}))) == 1
