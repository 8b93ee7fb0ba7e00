"""What an admin has allowed: a client that changes trust, defences and roles from its network, and from no other."""

import pytest
from installed_addon import LOG, addon, moment
from okta_events import event, user

pytestmark = pytest.mark.usefixtures("tarball")

NOW = moment("2026-03-10T12:00:00Z")
RULES = {
    name: f"Okta ITDR - {name} - Rule"
    for name in ("Federation Tampering", "Defence Weakened", "Admin Privilege Granted")
}
HOOK = {"id": "cal1", "type": "InlineHook", "alternateId": "unknown", "displayName": "Token claims"}
PIPELINE = {"session": None, "token": "00Tpipeline", "asn": 14618, "address": "203.0.113.150"}
ELSEWHERE = {**PIPELINE, "asn": 9009, "address": "203.0.113.9"}


def changes(seat, name, zone="null"):
    """A hook, a deleted policy, a policy whose change the log does not tell, a super administrator."""
    deeds = [("inline_hook.updated", [HOOK], {}), ("policy.lifecycle.delete", None, {}), ("zone.update", None, {})]
    deeds.append(("user.account.privilege.grant", [user("new@acme.com")], {"privilegeGranted": "Super administrator"}))
    for number, (kind, target, debug) in enumerate(deeds):
        made = event(NOW - 1200 + number, kind, target=target, name=name, zone=zone, **seat)
        made["debugContext"]["debugData"].update(debug)
        yield made


@pytest.fixture(scope="module")
def found():
    """By network, the findings' severities, as the scheduler's run at noon has them."""
    with addon(NOW - 900) as splunk:
        for network, until in (("AS14618", {}), ("Build runners", {}), ("AS9009", {"expires": NOW - 86400})):
            pair = {"_key": network, "client": "00Tpipeline", "network": network, "owner": "platform team"}
            splunk.write("okta_itdr_allowed_clients", {**pair, **until})
        for tenant, seat, zone in (
            ("network", PIPELINE, "null"),
            ("zone", ELSEWHERE, "Build runners"),
            ("elsewhere", ELSEWHERE, "null"),
        ):
            splunk.index(LOG, list(changes(seat, tenant, zone)), tenant)
        splunk.clock.set(NOW)
        rows = {name: splunk.run(title, NOW) for name, title in RULES.items()}
    return lambda tenant: {
        name: [row["severity"] for row in found if row["tenant"] == tenant] for name, found in rows.items()
    }


@pytest.mark.parametrize("place", ["network", "zone"])
def test_an_allowed_client_at_work_would_be_an_alarm(found, place):
    assert found(place) == {
        "Federation Tampering": ["informational"],
        "Defence Weakened": ["informational"],  # the deletion; a change of unknown effect is not even that
        "Admin Privilege Granted": ["low"],
    }


def test_a_stolen_token_would_be_excused_wherever_it_is(found):
    """The pair of client and network is allowed, an expired entry is none."""
    severities = found("elsewhere")
    assert severities["Federation Tampering"] == ["high"]
    assert sorted(severities["Defence Weakened"]) == ["informational", "medium"]
    assert severities["Admin Privilege Granted"] == ["high"]
