"""What Splunk's published detections for Okta (ESCU, 19 of them) ask of the fields: facts in facts/okta-api 5.1.

The searches are ours. Each groups by the fields that such a detection groups by, so an event of which one field is
missing gives no row. In the data models, which these stand for, values compare without regard to case, as here.
"""

from __future__ import annotations

import pytest
from indexed import event, indexed, raw, target

MFA = {"debugData": {"factor": "OKTA_VERIFY_PUSH", "behaviors": "{New IP=POSITIVE}", "url": "/u?x=1", "dtHash": "d1"}}
BOB = target("User", "Bob", "bob@example.com", "00u2")
APP = target("AppInstance", "Payroll", key="0oa1")
DENIED = {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}
PERSON = "user src src_ip src_user src_user_type dest user_agent"

# (an event, the search for it, what it groups by, values that it must find)
ACCOUNT_CHANGES = [
    ("user.account.lock", "action=lockout", {"result": "lockout"}),
    ("user.mfa.factor.deactivate", "action=modified", {}),
    ("user.mfa.factor.activate", "action=modified", {}),
    ("user.lifecycle.create", "action=created", {}),
    ("user.lifecycle.delete.initiated", "action=deleted", {}),
    ("user.account.update_password", "action=modified", {}),
]
OTHER_CHANGES = [
    ("system.api_token.create", "action=created", target("Token", "robot", key="00T1")),
    ("device.enrollment.create", "action=created", target("Device", "Laptop", key="gu1")),
    ("policy.lifecycle.delete", "action=deleted", target("PolicyEntity", "Strict", key="00p1")),
    ("system.idp.lifecycle.update", "action=modified", target("IdentityProvider", "Partner", key="0oi1")),
]
SIGN_INS = [
    ("user.session.start", "SUCCESS", "success"),
    ("user.session.start", "FAILURE", "failure"),
    ("user.authentication.auth_via_mfa", "FAILURE", "failure"),
    ("user.authentication.auth_via_mfa", "SUCCESS", "success"),
    ("user.authentication.verify", "SUCCESS", "success"),
    ("user.authentication.sso", "FAILURE", "failure"),
    ("app.generic.unauth_app_access_attempt", "FAILURE", "failure"),
    ("policy.evaluate_sign_on", "DENY", "failure"),
]


@pytest.fixture(scope="module")
def log():
    bodies = [event(name, target=[BOB]) for name, _, _ in ACCOUNT_CHANGES]
    bodies += [event(name, target=[thing]) for name, _, thing in OTHER_CHANGES]
    bodies += [
        event(name, outcome={"result": result, "reason": "why"}, debugContext=MFA, target=[APP])
        for name, result, _ in SIGN_INS
    ]
    bodies += [
        event("system.push.send_factor_verify_push", debugContext=MFA, target=[BOB], device={"os_platform": "IOS"}),
        event("security.threat.detected", severity="WARN", outcome={"result": "DENY", "reason": "Password Spray"}),
        event("user.account.report_suspicious_activity_by_enduser", severity="WARN", target=[BOB]),
    ]
    with indexed(map(raw, bodies)) as log:
        yield log


@pytest.mark.parametrize(("event_type", "action", "values"), ACCOUNT_CHANGES)
def test_changes_of_accounts_are_found_in_change(log, event_type, action, values):
    row = log.row(
        f"""tag=change tag=account change_type=AAA object_category=User {action} command={event_type}
        | stats count BY {PERSON} object object_id object_attrs result status vendor_product"""
    )
    assert (row["user"], row["src_user"], row["object"]) == ("bob@example.com", "ann@example.com", "bob@example.com")
    assert {**row, **values} == row


@pytest.mark.parametrize(("event_type", "action", "thing"), OTHER_CHANGES)
def test_other_changes_are_found_in_change(log, event_type, action, thing):
    row = log.row(
        f"""tag=change {action} command={event_type}
        | stats count BY {PERSON} object object_id object_category result status vendor_product"""
    )
    assert (row["user"], row["object"], row["object_id"]) == ("ann@example.com", thing["displayName"], thing["id"])


@pytest.mark.parametrize(("event_type", "result", "action"), SIGN_INS)
def test_sign_ins_are_found_in_authentication(log, event_type, result, action):
    row = log.row(
        f"""tag=authentication signature={event_type} action={action}
        | stats count BY app {PERSON} reason authentication_method signature"""
    )
    assert (row["app"], row["user"], row["reason"]) == ("Payroll", "ann@example.com", "why")
    assert row["authentication_method"] == "OKTA_VERIFY_PUSH"


def test_addresses_are_counted_by_user_so_they_are_single(log):
    row = log.row("tag=authentication signature=user.session.start | stats dc(src_ip) AS addresses BY user")
    assert row == {"user": "ann@example.com", "addresses": 1}


RAW = [
    "eventType=system.push.send_factor_verify_push | stats count BY target{}.alternateId target{}.displayName user",
    "eventType=system.push.send_factor_verify_push | stats count BY device.os_platform",
    "eventType=user.authentication.auth_via_mfa outcome.result=FAILURE outcome.reason=why"
    " | stats count BY debugContext.debugData.factor src_user",
    "eventType=user.authentication.auth_via_mfa outcome.result=SUCCESS"
    " | stats count BY debugContext.debugData.behaviors debugContext.debugData.url debugContext.debugData.dtHash"
    " authenticationContext.externalSessionId client.ipAddress",
    "eventType=user.account.report_suspicious_activity_by_enduser | stats count BY user src_ip displayMessage severity",
    "eventType=security.threat.detected | stats count BY signature severity src_ip reason action_of_none",
]


@pytest.mark.parametrize("search", RAW[:-1])
def test_what_okta_wrote_is_there_under_its_own_names(log, search):
    assert len(log.rows(f'sourcetype="OktaIM2:log" {search}')) == 1
    assert len(log.rows(f"eventtype=okta_log {search}")) == 1


def test_a_missing_field_would_show(log):
    assert log.rows(f'sourcetype="OktaIM2:log" {RAW[-1]}') == []
