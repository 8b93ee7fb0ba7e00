"""The notions that every rule shares (DETECTIONS.md): each sentence there, by the macro that says it."""

from __future__ import annotations

import pytest
from installed_addon import LOG, addon, moment
from okta_events import CHROME, SYSTEM, event, user

pytestmark = pytest.mark.usefixtures("tarball")

NOW = moment("2026-03-10T12:00:00Z")
T = NOW - 3600
MINUTE = 60.0
CONSOLE_CLIENT = "okta.b58d5b75-07d4-5f25-bf59-368a1261a405"
SERVER = "Okta-Integrations"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15"
)
MAC = {"os": "Mac OS X", "browser": "SAFARI", "agent": SAFARI}
ABROAD = {"address": "203.0.113.80", "asn": 4788, "country": "Malaysia"}


@pytest.fixture(scope="module")
def splunk():
    with addon(NOW) as installed:
        yield installed


_tenants = iter(range(1000))


@pytest.fixture
def ask(splunk):
    """Index events of a tenant of the test's own, run what stands behind the base search, rows in order of time."""
    tenant = f"tenant{next(_tenants)}.okta.com"

    def search(events, behind, base=f'`okta_itdr_log` host="{tenant}"', before=lambda tenant: None):
        before(tenant)
        splunk.index(LOG, events, tenant)
        return splunk.search(f"{base} | {behind} | sort 0 _time uuid", NOW)

    search.tenant = tenant
    return search


def in_sessions(ask, events, behind):
    """As in_log, but of the events that count as a session's."""
    return ask(events, f'where tenant = "{ask.tenant}" | {behind}', base="`okta_itdr_session_events`")


# --- session key --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "external", "key"),
    [
        ("idxRoot", "idxChild", "idxRoot"),
        (None, "idxOne", "idxOne"),
        ("trsRequest", "idxOne", "idxOne"),
        ("idxRoot", "trsRequest", "idxRoot"),
        *((None, text, None) for text in (None, "", "unknown", "-", "null", "trsRequest")),
        *((text, "idxOne", "idxOne") for text in ("", "unknown", "-", "null")),
    ],
)
def test_session_key(ask, root, external, key):
    (row,) = ask([event(T, "user.session.start", session=external, root=root)], "table _time uuid session_key")
    assert row.get("session_key") == key


def test_an_event_without_address_and_agent_belongs_to_the_context_the_session_acted_from(ask):
    """Some of an administrator's events carry trs… with the real root and neither address nor agent."""
    bare = {"session": "trsRequest", "root": "idxHome", "address": None, "agent": None, "asn": None, "country": None}
    told = [
        event(T, "user.session.start"),
        event(T + 60, "user.account.privilege.grant", **bare),
        event(T + 120, "user.authentication.sso", **ABROAD, **MAC),
        event(T + 180, "user.account.privilege.grant", **bare, name="second"),
    ]
    home, first, abroad, second = [row["context"] for row in in_sessions(ask, told, "table _time uuid context")]
    assert home != abroad
    assert (first, second) == (home, abroad)


# --- client context -----------------------------------------------------------------------------------


def contexts(ask, *told):
    return [row["context"] for row in in_sessions(ask, told, "table _time uuid context")]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"address": "192.0.2.200"}, True),
        ({"agent": CHROME.format(141)}, True),
        ({"os": "Windows 11"}, True),
        ({"asn": 6805, "address": "198.51.100.7"}, False),
        (MAC, False),
        ({"browser": "FIREFOX"}, False),
        ({"session": "idxOther"}, False),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_context_is_a_session_network_system_and_browser(ask, other, same):
    one, two = contexts(ask, event(T, "user.session.start"), event(T + 60, "user.authentication.sso", **other))
    assert (one == two) is same


def test_a_stolen_session_is_one_key_with_two_contexts(ask):
    told = [event(T, "user.session.start"), event(T + 60, "user.authentication.sso", **ABROAD, **MAC)]
    rows = in_sessions(ask, told, "table _time uuid session_key context")
    assert [row["session_key"] for row in rows] == ["idxHome", "idxHome"]
    assert rows[0]["context"] != rows[1]["context"]


def test_an_as_that_okta_left_out_is_told_by_another_event_of_the_address(ask):
    one, two = contexts(ask, event(T, "user.session.start"), event(T + 60, "user.authentication.sso", asn=None))
    assert one == two


def test_a_trusted_zone_or_as_is_one_network(ask, splunk):
    splunk.write("okta_itdr_trusted_networks", {"network": "Office VPN"}, {"network": "AS64501", "expires": T - 1})
    told = [
        event(T, "user.session.start", zone="Office VPN"),
        event(T + 60, "user.authentication.sso", zone="Office VPN", asn=64500, address="203.0.113.9"),
        event(T + 120, "user.authentication.sso", asn=64501, address="203.0.113.10"),
    ]
    rows = in_sessions(ask, told, "table _time uuid network context")
    assert [row["network"] for row in rows] == ["Office VPN", "Office VPN", "AS64501"]
    assert rows[0]["context"] == rows[1]["context"] != rows[2]["context"]


# --- anchor -------------------------------------------------------------------------------------------

PROOFS = [
    "user.session.start",
    "user.authentication.auth_via_mfa",
    "user.authentication.verify",
    "user.authentication.auth_via_IDP",
    "user.authentication.auth_via_inbound_SAML",
    "user.authentication.auth_via_social",
    "user.authentication.auth_via_AD_agent",
    "user.authentication.auth_via_LDAP_agent",
    "user.authentication.auth_via_iwa",
    "user.authentication.auth_via_radius",
    "user.authentication.auth_via_inbound_delauth",
]


def anchors(ask, *told):
    return [row["anchor"] for row in ask(list(told), "`okta_itdr_anchor` | table _time uuid anchor")]


@pytest.mark.parametrize("event_type", PROOFS)
def test_success_is_an_anchor_and_failure_is_none(ask, event_type):
    assert anchors(ask, event(T, event_type), event(T + 60, event_type, "FAILURE")) == [1, 0]


@pytest.mark.parametrize(
    ("event_type", "outcome"),
    [
        ("policy.evaluate_sign_on", "ALLOW"),
        ("user.authentication.sso", "SUCCESS"),
        ("user.session.access_admin_app", "SUCCESS"),
    ],
)
def test_what_a_thief_gets_with_the_cookie_is_no_anchor(ask, event_type, outcome):
    assert anchors(ask, event(T, event_type, outcome)) == [0]


def test_a_push_answered_on_the_phone_is_no_anchor(ask):
    phone = {"agent": "com.okta.mobile/7.12.0 OktaVerify/7.12.0 iOS/17.5", "os": "iOS", "browser": "UNKNOWN"}
    assert anchors(ask, event(T, "user.authentication.auth_via_mfa", **phone)) == [0]


def test_a_sign_in_that_okta_s_system_recorded_anchors_the_person(ask):
    told = event(T, "user.authentication.auth_via_IDP", actor=SYSTEM, target=[user("ann@acme.com")])
    (row,) = ask([told], "`okta_itdr_anchor` | table _time uuid anchor person")
    assert (row["anchor"], row["person"]) == (1, "ann@acme.com")


# --- whose session it is not --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        ({}, True),
        ({"token": "00Ttoken"}, False),
        ({"token": "00Ttoken", "session": "trsRequest"}, False),
        ({"session": "trsRequest"}, False),
        ({"agent": "com.okta.mobile/7.12.0 OktaVerify/7.12.0 iOS/17.5"}, False),
    ],
    ids=str,
)
def test_tokens_and_phones_are_never_judged_as_sessions(ask, what, counts):
    assert len(in_sessions(ask, [event(T, "user.authentication.sso", **what)], "table _time uuid")) == counts


EXCHANGE = {"uri": "/oauth2/v1/token", "asn": None, "proxy": None, "agent": SERVER, "client_id": CONSOLE_CLIENT}
IN_RANGE = {"address": "198.51.100.240", "agent": SERVER, "client_id": CONSOLE_CLIENT, "asn": 14618}


@pytest.mark.parametrize(
    ("event_type", "what", "backend"),
    [
        ("user.authentication.sso", EXCHANGE, 1),
        ("user.authentication.sso", {**EXCHANGE, "client_id": None}, 0),
        ("user.authentication.sso", {**EXCHANGE, "client_id": "0oaOther"}, 0),
        ("user.authentication.sso", {**EXCHANGE, "agent": CHROME.format(140)}, 0),
        ("user.authentication.sso", {**EXCHANGE, "agent": None}, 0),
        ("user.authentication.sso", {**EXCHANGE, "asn": 14618}, 0),
        ("user.authentication.sso", {**EXCHANGE, "proxy": False}, 0),
        ("user.authentication.sso", {**EXCHANGE, "uri": "/api/v1/users"}, 0),
        ("user.lifecycle.create", EXCHANGE, 0),
        ("user.lifecycle.create", IN_RANGE, 1),
        ("user.lifecycle.create", {**IN_RANGE, "agent": CHROME.format(140)}, 0),
        ("user.lifecycle.create", {**IN_RANGE, "client_id": None}, 0),
        ("user.lifecycle.create", {**IN_RANGE, "address": "198.51.100.241"}, 0),
        ("user.lifecycle.create", {**IN_RANGE, "address": "203.0.113.240"}, 0),
        ("user.lifecycle.create", {**IN_RANGE, "address": "2001:db8::7"}, 1),
    ],
)
def test_okta_s_backend_is_its_client_and_a_server_and_an_address_of_okta_s(ask, splunk, event_type, what, backend):
    if not splunk.documents("okta_itdr_okta_ranges"):
        splunk.write(
            "okta_itdr_okta_ranges",
            {"range": "198.51.100.240/32"},
            {"range": "2001:db8::/64"},
            {"range": "203.0.113.240/32", "expires": T - 1},
        )
    (row,) = ask([event(T, event_type, **what)], "`okta_itdr_okta_backend` | table _time uuid okta_backend")
    assert row["okta_backend"] == backend


# --- administrator's action ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "outcome", "target", "weighs"),
    [
        ("user.account.privilege.grant", "SUCCESS", "00uother", True),
        ("user.account.privilege.grant", "FAILURE", "00uother", True),
        ("user.mfa.factor.deactivate", "SUCCESS", "00uother", True),
        ("user.mfa.factor.deactivate", "SUCCESS", "00uann", False),
        ("user.authentication.sso", "SUCCESS", "00uother", False),
    ],
)
def test_an_administrator_s_action_is_a_type_with_a_weight_and_attempts_count(ask, event_type, outcome, target, weighs):
    told = event(T, event_type, outcome, target=[user("bob@acme.com", target)])
    (row,) = ask([told], "`okta_itdr_admin_action` | table _time uuid admin_class admin_weight")
    assert ("admin_weight" in row, "admin_class" in row) == (weighs, weighs)


# --- flagged context ----------------------------------------------------------------------------------


def flags(ask, *told, before=lambda tenant: None):
    """(flagged, reasons) of each event, in order of time."""
    rows = ask(
        list(told),
        f'where tenant = "{ask.tenant}" | eval judged = 1 | `okta_itdr_anchor` | `okta_itdr_flagged_context` '
        "| table _time uuid flagged flag_reasons",
        base="`okta_itdr_session_events`",
        before=before,
    )
    return [(row["flagged"], row.get("flag_reasons")) for row in rows]


SIGN_IN = event(T, "user.session.start")
QUIET = (0, None)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (ABROAD, "another country: Malaysia"),
        ({"asn": 6805, "address": "198.51.100.7", "proxy": True}, "address of a proxy"),
        ({"asn": None, "address": "45.76.1.1"}, "address of a hosting provider"),
        ({"asn": 9009, "address": "198.51.100.7"}, "address of a hosting provider"),
        ({**MAC, "browser": "CHROME"}, "another system: macOS instead of Windows"),
        ({"browser": "FIREFOX"}, "another browser: firefox instead of chrome"),
        ({"asn": 6805, "address": "198.51.100.7", "outcome": "DENY"}, "denied by policy"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_context_without_an_anchor_is_flagged_by_each_sign_alone(ask, what, reason):
    outcome = what.get("outcome", "SUCCESS")
    act = {key: value for key, value in what.items() if key != "outcome"}
    told = event(T + 60, "policy.evaluate_sign_on", outcome, **act)
    assert flags(ask, SIGN_IN, told) == [QUIET, (1, reason)]


@pytest.mark.parametrize(
    "what",
    [
        {"agent": CHROME.format(99)},
        {"agent": CHROME.format(199)},
        {"asn": 6805, "address": "198.51.100.7"},
        {"asn": None, "address": "2001:db8::5"},
        {"asn": 8447, "address": "203.0.113.5", "country": "Austria"},
    ],
    ids=str,
)
def test_versions_networks_of_one_country_and_the_neighbours_never_flag(ask, what):
    assert flags(ask, SIGN_IN, event(T + 60, "user.authentication.sso", **what)) == [QUIET, QUIET]


def test_a_context_in_which_somebody_signed_in_is_not_flagged(ask):
    told = [
        SIGN_IN,
        event(T + 60, "user.authentication.sso", **ABROAD, **MAC),
        event(T + 90, "user.authentication.verify", **ABROAD, **MAC),
    ]
    assert flags(ask, *told) == [QUIET, QUIET, QUIET]


def test_a_sign_in_excuses_what_comes_after_it_and_nothing_before(ask):
    told = [
        SIGN_IN,
        event(T + 60, "user.authentication.sso", **ABROAD),
        event(T + 1200, "user.authentication.verify", **ABROAD),
        event(T + 1300, "user.authentication.sso", **ABROAD),
    ]
    assert flags(ask, *told) == [QUIET, (1, "another country: Malaysia"), QUIET, QUIET]


def test_one_sign_flags_the_whole_context_and_no_other(ask):
    denied = {"asn": 6805, "address": "198.51.100.7"}
    told = [
        SIGN_IN,
        event(T + 60, "user.authentication.sso", **denied),
        event(T + 90, "policy.evaluate_sign_on", "DENY", **denied),
        event(T + 120, "user.authentication.sso"),
    ]
    assert flags(ask, *told) == [QUIET, (1, "denied by policy"), (1, "denied by policy"), QUIET]


def test_a_web_view_with_the_browser_s_device_cookie_is_no_other_browser(ask):
    told = [
        event(T, "user.session.start", dthash="d1"),
        event(T + 60, "user.authentication.sso", browser="WEBVIEW", dthash="d1"),
    ]
    assert flags(ask, *told) == [QUIET, QUIET]


def test_a_country_where_this_user_signed_in_with_another_session_does_not_flag(ask):
    told = [
        event(T - 60, "user.session.start", session="idxOther", **ABROAD),
        SIGN_IN,
        event(T + 60, "user.authentication.sso", **ABROAD),
    ]
    assert flags(ask, *told) == [QUIET, QUIET, QUIET]


def learnt(splunk, *told):
    """What the ledgers keep of these sign-ins, under the tenant of the test."""

    def write(tenant):
        with addon(NOW) as other:
            other.index(LOG, list(told), tenant)
            for ledger in ("Session Ledger", "User Baseline"):
                other.run(f"Okta ITDR - {ledger} - Backfill", NOW)
            for collection in ("okta_itdr_session_ledger", "okta_itdr_user_baseline"):
                splunk.write(collection, *other.documents(collection).values())

    return write


BEFORE = event(T - 7200, "user.session.start")


def test_the_ledger_knows_the_home_of_a_session_that_began_before_the_window(ask, splunk):
    told = event(T + 60, "user.authentication.sso", **ABROAD)
    assert flags(ask, told, before=learnt(splunk, BEFORE)) == [(1, "another country: Malaysia")]


def test_the_ledger_knows_a_context_as_proven_by_network_and_by_address(ask, splunk):
    told = [
        event(T, "user.authentication.sso", **ABROAD),
        event(T + 60, "user.authentication.sso", **{**ABROAD, "asn": None}, name="AS left out"),
        event(T + 120, "policy.evaluate_sign_on", "DENY", **ABROAD),
    ]
    proof = event(T - 3600, "user.authentication.verify", **ABROAD)
    assert flags(ask, *told, before=learnt(splunk, BEFORE, proof)) == [QUIET, QUIET, QUIET]


def test_the_ledger_knows_an_address_whose_as_okta_leaves_out(ask, splunk):
    told = event(T, "policy.evaluate_sign_on", "DENY", **{**ABROAD, "asn": None})
    proof = event(T - 3600, "user.authentication.verify", **ABROAD)
    assert flags(ask, told, before=learnt(splunk, BEFORE, proof)) == [QUIET]


def test_the_home_is_the_ledger_s_where_that_is_older_than_the_window_s_first_sign_in(ask, splunk):
    firefox = {"browser": "FIREFOX", "asn": 6805, "address": "198.51.100.7"}
    told = [
        event(T, "user.authentication.verify", **firefox),
        event(T + 60, "user.authentication.sso", **{**firefox, "asn": 12479, "address": "203.0.113.5"}),
    ]
    expected = [QUIET, (1, "another browser: firefox instead of chrome")]
    assert flags(ask, *told, before=learnt(splunk, BEFORE)) == expected


def test_a_network_that_the_admin_trusts_never_flags(ask, splunk):
    splunk.write("okta_itdr_trusted_networks", {"_key": "ztna", "network": "ZTNA"})
    told = event(T + 60, "policy.evaluate_sign_on", "DENY", zone="ZTNA", **ABROAD, **MAC)
    assert flags(ask, SIGN_IN, told) == [QUIET, QUIET]


def test_a_proof_after_the_act_does_not_excuse_it(ask, splunk):
    act = event(T - 3600, "user.authentication.sso", **ABROAD)
    proof = event(T, "user.authentication.verify", **ABROAD)
    assert flags(ask, act, before=learnt(splunk, BEFORE, proof)) == [(1, "another country: Malaysia")]


@pytest.mark.parametrize(("age", "expected"), [(86300, (1, "another country: Malaysia")), (86400, QUIET)])
def test_a_country_of_the_user_s_baseline_does_not_flag_once_it_is_a_day_old(ask, splunk, age, expected):
    known = event(T - age, "user.session.start", session="idxYesterday", **ABROAD)
    told = [event(T - 60, "user.session.start"), event(T, "user.authentication.sso", **ABROAD)]
    assert flags(ask, *told, before=learnt(splunk, known)) == [QUIET, expected]


def test_findings_do_not_move_a_flag(ask, splunk):
    def found(tenant):
        splunk.write("okta_itdr_findings", {"tenant": tenant, "session_id": "idxHome", "severity": "critical"})

    assert flags(ask, SIGN_IN, event(T + 60, "user.authentication.sso"), before=found) == [QUIET, QUIET]


# --- interleaving and both cookie shapes, as the session's detection counts them -----------------------

HIJACK = "Okta ITDR - Session Hijack - Rule"


def hijack(*told):
    with addon(NOW) as other:
        other.index(LOG, list(told))
        return [(row["severity"], row["reasons"]) for row in other.run(HIJACK, NOW)]


def aba(gap, **other):
    """Home, elsewhere, home again, the last `gap` seconds after the first."""
    return [
        event(T, "user.session.start", dthash="d1"),
        event(T + 60, "user.authentication.sso", **other),
        event(T + gap, "user.authentication.sso", dthash="d1"),
    ]


STRANGER = {**MAC, "asn": 6805, "address": "198.51.100.7"}


@pytest.mark.parametrize(("gap", "interleaved"), [(29 * MINUTE, True), (31 * MINUTE, False)])
def test_there_and_back_within_30_minutes_is_interleaving(gap, interleaved):
    ((_, reasons),) = hijack(*aba(gap, **STRANGER))
    assert ("alive in two places at once" in reasons) is interleaved


@pytest.mark.parametrize(
    ("other", "counts"),
    [
        (STRANGER, True),
        ({"asn": 6805, "address": "198.51.100.7", "dthash": "d2"}, True),
        ({**ABROAD, "dthash": "d1"}, True),
        ({"asn": 6805, "address": "198.51.100.7", "proxy": True, "dthash": "d1"}, True),
        ({"asn": 6805, "address": "198.51.100.7", "dthash": "d1"}, False),
    ],
    ids=["system", "device cookie", "country", "proxy", "only the access network"],
)
def test_interleaving_counts_between_clients_that_differ_in_more_than_the_access_network(other, counts):
    found = hijack(*aba(10 * MINUTE, **other))
    assert any("alive in two places at once" in reasons for _, reasons in found) is counts


def test_interleaving_needs_no_ledger():
    """The sign-in lies before the data: one exported hour is enough."""
    told = [
        event(T, "user.authentication.sso"),
        event(T + 60, "user.authentication.sso", **STRANGER),
        event(T + 120, "user.authentication.sso", name="back"),
    ]
    ((severity, reasons), *_) = hijack(*told)
    assert "alive in two places at once" in reasons and severity in ("medium", "high")


@pytest.mark.parametrize("dthash", ["d1", "d2"], ids=["whole HAR", "session cookie alone"])
def test_both_shapes_of_a_stolen_cookie_are_found(dthash):
    told = [
        event(T, "user.session.start", dthash="d1"),
        event(T + 3000, "user.authentication.sso", dthash=dthash, **ABROAD, **MAC),
    ]
    ((severity, reasons),) = hijack(*told)
    assert severity == "high"
    assert ("another device cookie" in reasons) is (dthash == "d2")


# --- the context of an actor ----------------------------------------------------------------------------


def acts(ask, *told, before=lambda tenant: None):
    """(flagged, reasons) of each event by the macro for rules on a few types of events."""
    rows = ask(list(told), "`okta_itdr_actor_context` | table _time uuid flagged flag_reasons", before=before)
    return [(row["flagged"], row.get("flag_reasons")) for row in rows]


def test_an_actor_is_judged_by_the_ledger_alone(ask, splunk):
    told = [
        event(T, "user.lifecycle.create"),
        event(T + 60, "user.lifecycle.create", **ABROAD),
        event(T + 90, "user.lifecycle.create", session=None, **ABROAD, name="signed in nowhere"),
    ]
    assert acts(ask, *told, before=learnt(splunk, BEFORE)) == [QUIET, (1, "another country: Malaysia"), QUIET]


def test_an_actors_event_without_a_client_is_judged_by_what_its_session_did_before(ask, splunk):
    bare = {"session": "trsRequest", "root": "idxHome", "address": None, "agent": None, "asn": None, "country": None}
    told = [event(T, "user.lifecycle.create", **ABROAD), event(T + 9, "user.lifecycle.activate", **bare)]
    assert acts(ask, *told, before=learnt(splunk, BEFORE)) == [(1, "another country: Malaysia")] * 2


def test_oktas_own_servers_are_nobodys_flagged_context(ask, splunk):
    backend = {"client_id": CONSOLE_CLIENT, "agent": SERVER, "os": None, "browser": None, "asn": None, "proxy": None}
    told = event(T, "user.authentication.sso", uri="/oauth2/v1/token", address="198.51.100.99", country=None, **backend)
    assert acts(ask, told, before=learnt(splunk, BEFORE)) == [QUIET]


# --- pairs that are in order ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "network", "allowed"),
    [(None, "AS4788", 1), (T + 1, "AS4788", 1), (T - 1, "AS4788", 0), (None, "AS4789", 0)],
    ids=["for ever", "not yet expired", "expired", "another network"],
)
def test_the_admin_allows_a_client_from_a_network_never_a_client_alone(ask, splunk, expires, network, allowed):
    token = f"00T{ask.tenant}"
    pair = {"_key": token, "client": token, "network": network, "owner": "IT", "reason": "integration"}
    splunk.write("okta_itdr_allowed_clients", {**pair, **({"expires": expires} if expires else {})})
    told = event(T, "user.lifecycle.create", token=token, session=None, **ABROAD)
    asked = 'eval network = "AS" . asn | `okta_itdr_allowed_pair(api_token_id,network)` | table _time uuid allowed'
    (row,) = ask([told], asked)
    assert row["allowed"] == allowed


# --- what Okta itself says ------------------------------------------------------------------------------

HIJACKED = "{level=HIGH, reasons=Associated sessionId is suspected to be hijacked}"


@pytest.mark.parametrize(
    ("event_type", "risk", "says"),
    [
        ("security.session.detect_client_roaming", None, "Okta: the session roams between networks"),
        ("user.session.context.change", None, "Okta: the session's context has changed"),
        ("user.risk.detect", HIJACKED, "Okta: the session is thought hijacked"),
        ("user.risk.detect", "{reasons=Anomalous Device, level=HIGH}", "Okta: high risk"),
        ("user.risk.detect", "Risk{level=HIGH}", "Okta: high risk"),
        ("user.risk.detect", "{reasons=Anomalous Device, level=MEDIUM}", None),
        ("user.session.start", "{reasons=Anomalous Device, level=HIGH}", None),
    ],
)
def test_what_okta_itself_says_of_a_session(ask, event_type, risk, says):
    told = event(T, event_type)
    told["debugContext"]["debugData"]["risk"] = risk
    (row,) = ask([told], "`okta_itdr_oktas_own_signals` | table _time uuid okta_says")
    assert row.get("okta_says") == says


# --- is the session ended? ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "outcome", "ended"),
    [
        ("user.session.clear", "SUCCESS", True),
        ("user.authentication.universal_logout", "SUCCESS", True),
        ("user.lifecycle.suspend", "SUCCESS", True),
        ("user.lifecycle.deactivate", "SUCCESS", True),
        ("user.session.clear", "FAILURE", False),
        ("user.account.update_profile", "SUCCESS", False),
    ],
)
def test_a_session_is_ended_by_what_an_administrator_does_to_its_user(ask, event_type, outcome, ended):
    boss = {"id": "00uboss", "type": "User", "alternateId": "boss@acme.com", "displayName": "Boss"}
    target = [user("ann@acme.com", "00uann")]
    told = [
        event(T, "user.authentication.sso"),
        event(T + 60, event_type, outcome, actor=boss, session="idxBoss", target=target),
    ]
    anns, bosses = ask(told, "`okta_itdr_session_ended` | table _time uuid ended_time")
    assert anns.get("ended_time") == (T + 60 if ended else None)
    assert "ended_time" not in bosses


def test_a_session_is_ended_by_its_users_sign_out(ask):
    told = [event(T, "user.authentication.sso"), event(T + 60, "user.session.end")]
    rows = ask(
        told,
        "`okta_itdr_session_ended` | stats max(ended_time) AS ended_time BY session_key | eval _time = 1, uuid = 1",
    )
    assert [row["ended_time"] for row in rows] == [T + 60]


# --- the company's own way out --------------------------------------------------------------------------

WAY_OUT = {"address": "203.0.113.60", "asn": 64500, "proxy": True}


def colleague(number, at, **place):
    login = f"colleague{number}@acme.com"
    actor = {"id": f"00u{number}", "type": "User", "alternateId": login, "displayName": login}
    return event(at, "user.session.start", session=f"idxColleague{number}", actor=actor, **place)


@pytest.mark.parametrize(
    ("colleagues", "at", "flagged"),
    [
        ([{**WAY_OUT}] * 5, T - 600, False),
        ([{**WAY_OUT}] * 4, T - 600, True),
        ([{**WAY_OUT, "address": "203.0.113.61"}] * 5, T - 600, True),
        ([{**WAY_OUT}] * 5, T + 600, True),
    ],
    ids=["five signed in there", "four", "at the next address", "after the act"],
)
def test_a_proxy_at_which_the_company_signs_in_is_its_own_way_out(ask, splunk, colleagues, at, flagged):
    others = [colleague(number, at, **place) for number, place in enumerate(colleagues)]
    told = event(T, "user.authentication.sso", **WAY_OUT)
    assert flags(ask, told, before=learnt(splunk, BEFORE, *others)) == [(1, "address of a proxy") if flagged else QUIET]
