"""Every event of several tenants against Okta's own catalogue and the shapes of public samples."""

from __future__ import annotations

import ipaddress
import json
import re

import pytest

from lab.okta.attacks.beyondtrust_2023 import BeyondTrust2023
from lab.okta.attacks.variants import make
from lab.okta.people import Organisation
from lab.okta.tenant import Tenant

VARIED = BeyondTrust2023(day=3, vary=True)
TENANTS = {
    "a weekday": {"seed": "one", "start": "2024-03-05", "attacks": ["beyondtrust_2023"]},
    "a Sunday in summer": {"seed": "two", "start": "2030-07-07", "attacks": ["beyondtrust_2023"], "people": 24},
    "a week": {"seed": "three", "start": "2026-11-20", "days": 7, "people": 20, "attacks": [VARIED]},
    "every other attack": {
        "seed": "five",
        "start": "2024-11-11",
        "people": 20,
        "attacks": [
            make("administrators_report_and_idp", "as_reported"),
            make("help_desk_reset_then_idp", "as_reported"),
            make("api_token_from_vps", "role_for_the_new_account"),
            make("api_token_from_vps", "refused_by_its_zone", name="refused"),
            make("cookie_replay_by_script", "administrators_cookie"),
        ],
    },
    "300 people as clocks change": {"seed": "four", "start": "2025-10-26", "people": 300},
}
ORDER = (
    *("actor", "client", "device", "authenticationContext", "displayMessage", "eventType", "outcome", "published"),
    *("securityContext", "severity", "debugContext", "legacyEventType", "transaction", "uuid", "version", "request"),
    "target",
)
TARGET_TYPES = {
    *(
        "AccessRequest",
        "AppInstance",
        "AppUser",
        "AuthenticatorEnrollment",
        "Hook",
        "IdentityProvider",
        "LogStream",
        "MobilePhone",
        "NetworkZoneEntity",
        "Token",
        "CUSTOM_ROLE",
        "PolicyEntity",
        "PolicyRule",
    ),
    *("PolicyRule", "Report", "Rule", "User", "UserGroup", "WorkflowsFlow", "access_token"),
}
ACTOR_TYPES = {"User", "SystemPrincipal", "PublicClientApp", "IP address"}
RESULTS = {"SUCCESS", "FAILURE", "ALLOW", "CHALLENGE", "DENY"}


@pytest.fixture(scope="module", params=sorted(TENANTS))
def events(request):
    return [json.loads(logged.raw) for logged in Tenant(**TENANTS[request.param]).events()]


def test_every_event_type_is_one_of_okta_s(events, shared_data):
    catalogue = json.loads((shared_data / "okta_event_types.json").read_text("utf-8"))
    assert not {event["eventType"] for event in events} - set(catalogue)


def test_every_debug_data_key_is_known_to_okta_s_schema_of_that_type(events, shared_data):
    catalogue = json.loads((shared_data / "okta_event_types.json").read_text("utf-8"))
    schemas = json.loads((shared_data / "okta_event_schemas.json").read_text("utf-8"))
    keys = {name: {camel(key) for key in schema["properties"]} for name, schema in schemas.items()}
    # Samples of types without a debugData schema of their own carry the keys common to all requests.
    common = keys["SystemDebugData"] | {"jobid"}
    wrong = set()
    for event in events:
        schema = catalogue[event["eventType"]]["schema"]["debugData"]
        allowed = common | keys.get(schema, set())
        wrong |= {(event["eventType"], key) for key in event["debugContext"]["debugData"] if key not in allowed}
    assert not wrong


def test_blocks_stand_in_okta_s_order_and_are_all_there(events):
    assert {tuple(event) for event in events} == {ORDER}
    assert {tuple(event["outcome"]) for event in events} == {("result", "reason")}
    assert {tuple(event["client"]) for event in events} == {
        ("userAgent", "zone", "device", "id", "ipAddress", "geographicalContext")
    }
    assert {tuple(event["actor"]) for event in events} == {("id", "type", "alternateId", "displayName", "detailEntry")}
    assert {tuple(event["securityContext"]) for event in events} == {("asNumber", "asOrg", "isp", "domain", "isProxy")}


def test_values_are_of_okta_s_vocabulary(events):
    for event in events:
        assert event["actor"]["type"] in ACTOR_TYPES
        assert event["outcome"]["result"] in RESULTS
        assert all(target["type"] in TARGET_TYPES for target in event["target"] or []), event["eventType"]
        assert event["eventType"] != "policy.evaluate_sign_on" or event["outcome"]["result"] != "SUCCESS"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["published"])
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event["uuid"])
        session = event["authenticationContext"]["externalSessionId"]
        assert session in (None, "unknown") or re.fullmatch(r"(idx|102|trs)[\w-]{22}", session)
        data = event["debugContext"]["debugData"]
        assert "dtHash" not in data or re.fullmatch("[0-9a-f]{64}", data["dtHash"])
        assert "?" not in data.get("requestUri", ""), "the query string lives in url alone"


def test_a_request_without_a_client_has_no_client_at_all(events):
    for event in events:
        client = event["client"]
        if client["ipAddress"] is None:
            assert set(client.values()) == {None}
            assert event["request"]["ipChain"] == []
            assert set(event["securityContext"].values()) == {None}
        else:
            assert event["request"]["ipChain"][0]["ip"] == client["ipAddress"]
            assert client["zone"] is not None, "an undecided zone is the text null"


def test_nulls_and_unknowns_stand_where_real_events_have_them(events):
    refused = [event for event in events if event["outcome"]["reason"] == "INVALID_CREDENTIALS"]
    assert {event["authenticationContext"]["externalSessionId"] for event in refused} == {None, "unknown"}
    proxies = [event["securityContext"]["isProxy"] for event in events]
    assert 0.2 < proxies.count(None) / len(proxies) < 0.5  # 62 of 158 in the public corpus
    assert any(event["client"]["zone"] == "null" for event in events)
    assert any(event["actor"]["type"] == "SystemPrincipal" and not event["client"]["ipAddress"] for event in events)


def test_an_address_always_belongs_to_one_autonomous_system(events):
    owners = {}
    for event in events:
        number = event["securityContext"]["asNumber"]
        if number is not None:
            assert owners.setdefault(event["client"]["ipAddress"], number) == number


def test_people_s_addresses_are_documentation_addresses(events):
    documented = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    hosting = ("104.131.0.0/18", "51.75.0.0/16", "5.9.0.0/16")  # published by their owners
    samples = ("18.220.28.44/32", "202.59.10.100/32", "23.105.182.19/32")  # Okta's backend, the report's two
    allowed = [ipaddress.ip_network(prefix) for prefix in documented + hosting + samples]
    for address in {event["client"]["ipAddress"] for event in events} - {None}:
        assert any(ipaddress.ip_address(address) in net for net in allowed), address


def test_nothing_in_an_event_says_what_it_is(events):
    for event in events:
        text = json.dumps(event).lower()
        for word in ("attack", "simulat", "benign", "beyondtrust", "intruder", "malicious"):
            assert word not in text


def test_events_are_as_dense_as_okta_s_json():
    raw = next(Tenant(seed="five").events()).raw
    assert raw == json.dumps(json.loads(raw), separators=(",", ":"), ensure_ascii=False).encode()


def test_a_tenant_of_thousands_gives_everybody_a_login_of_their_own():
    people = Organisation("six", 4000, "brightwater.okta.example", 1709596800.0).people
    assert len({person.actor.alternate_id for person in people}) == 4000
    assert len({person.actor.id for person in people}) == 4000
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\d*@brightwater\.example", person.actor.alternate_id) for person in people)


def camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
