"""Every event is in the CIM model of its type, with every field that the model requires and only values it knows."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from cim import ALERTS, AUTHENTICATION, CHANGE, FORBIDDEN, MODELS, NO_VALUES
from indexed import TENANT, event, indexed, raw, target

from tools.event_types import rows as event_types

MODEL_OF = {row["event_type"]: row["cim_model"] for row in event_types()}
ALL = f'sourcetype="OktaIM2:log" | table _raw eventType tag {" ".join(FORBIDDEN)} src_ip src_user cim_model '


def tags(row):
    found = row.get("tag", [])
    return {found} if isinstance(found, str) else set(found)


def faults(row, model):
    """What the model would object to."""
    for field in model.required:
        value = row.get(field)
        if not isinstance(value, str) or value.lower() in NO_VALUES:
            yield f"{field} is {value!r}"
    for field, allowed in model.prescribed.items():
        if row.get(field) not in allowed:
            yield f"{field} is {row.get(field)!r}"


def events(log, model):
    return log.rows(
        f'sourcetype="OktaIM2:log" tag={model.tag} | table eventType tag src_user {" ".join(model.required)}'
    )


def test_an_event_is_in_the_model_of_its_type_and_in_no_other(log):
    for row in log.rows(ALL):
        model = MODEL_OF[row["eventType"]]
        assert row["cim_model"] == model
        assert tags(row) & set(MODELS) == ({model} if model in MODELS else set()), row["eventType"]


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_an_event_has_what_its_model_requires(log, model):
    wrong = defaultdict(set)
    found = events(log, model)
    assert found
    for row in found:
        wrong[row["eventType"]].update(faults(row, model))
    assert {event_type: said for event_type, said in wrong.items() if said} == {}


def test_an_account_is_what_is_tagged_account_and_has_its_actor(log):
    for row in events(log, CHANGE):
        assert ("account" in tags(row)) == (row["object_category"] == "user"), row["eventType"]
        assert '"' not in row["action"] + row["object_attrs"] + row["object_id"]
        if "account" in tags(row):
            assert row["src_user"].lower() not in NO_VALUES


def test_a_factor_is_a_sign_in(log):
    rows = log.rows('sourcetype="OktaIM2:log" tag=multifactor | table eventType tag')
    assert rows and all("authentication" in tags(row) for row in rows)


def test_whatever_is_in_a_model_comes_from_a_cloud(log):
    for row in log.rows(ALL):
        assert ("cloud" in tags(row)) == (row["cim_model"] in MODELS), row["eventType"]


def test_a_privileged_sign_in_says_who(log):
    rows = log.rows('sourcetype="OktaIM2:log" tag=privileged | table eventType tag src_user user target_app')
    assert rows
    for row in rows:
        assert {"authentication", "privileged"} <= tags(row)
        assert row["src_user"].lower() not in NO_VALUES
        assert row["eventType"] != "user.session.start" or row["target_app"] == "Okta Admin Console"


def test_the_address_has_one_value_and_nothing_is_made_that_enterprise_security_makes(log):
    for row in log.rows(ALL):
        assert not isinstance(row.get("src_ip"), list)
        assert row.get("src_ip") not in NO_VALUES
        assert not set(FORBIDDEN) & set(row)


@pytest.mark.parametrize("field", [*AUTHENTICATION.required, *CHANGE.required, *ALERTS.required, "src_user", "reason"])
def test_no_field_is_a_dash_or_empty(log, field):
    assert log.rows(f'sourcetype="OktaIM2:log" ({field}="" OR {field}="-") | table eventType') == []


@pytest.mark.parametrize("event_type", ["okta_itdr_authentication", "okta_itdr_authentication_privileged"])
def test_a_kind_of_sign_in_has_successes_and_failures(simulator, event_type):
    rows = simulator.rows(f'sourcetype="OktaIM2:log" eventtype={event_type} | stats values(action) AS actions')
    assert {"success", "failure"} <= set(rows[0]["actions"])


def test_every_event_type_has_events(simulator):
    found = simulator.row('sourcetype="OktaIM2:log" | stats values(eventtype) AS names')["names"]
    conf = simulator.instance.knowledge.conf("eventtypes", "TA_okta_itdr")
    assert set(conf) - {"okta_itdr_finding"} == set(found)


# ---- single events

FIELDS = """action app object object_id object_attrs user src_user src user_id user_name user_type result status reason
    authentication_method type severity id"""


def fields(body):
    with indexed([raw(body)]) as log:
        return log.row(f'sourcetype="OktaIM2:log" | table {FIELDS}')


def test_user_is_the_affected_account_and_src_user_the_actor():
    body = event("user.lifecycle.suspend", target=[target("User", "Bob", "bob@example.com", "00u2")])
    row = fields(body)
    assert (row["user"], row["user_id"], row["user_name"]) == ("bob@example.com", "00u2", "Bob")
    assert (row["src_user"], row["object"], row["object_id"]) == ("ann@example.com", "bob@example.com", "00u2")


def test_a_member_is_the_object_however_okta_orders_the_targets():
    targets = [target("UserGroup", "Admins", key="00g1"), target("User", "Bob", "bob@example.com", "00u2")]
    for order in (targets, targets[::-1]):
        row = fields(event("group.user_membership.add", target=order))
        assert (row["object"], row["object_id"], row["user"]) == ("bob@example.com", "00u2", "bob@example.com")


def test_a_lock_has_happened_though_the_sign_in_that_caused_it_failed():
    row = fields(event("user.account.lock", outcome={"result": "FAILURE", "reason": "LOCKED_OUT"}))
    assert (row["action"], row["result"], row["status"], row["object"]) == (
        "lockout",
        "lockout",
        "success",
        "ann@example.com",
    )


@pytest.mark.parametrize(
    ("event_type", "result", "action"),
    [
        ("user.session.start", "SUCCESS", "success"),
        ("user.session.start", "FAILURE", "failure"),
        ("policy.evaluate_sign_on", "ALLOW", "success"),
        ("policy.evaluate_sign_on", "CHALLENGE", "pending"),
        ("policy.evaluate_sign_on", "DENY", "failure"),
        ("user.authentication.auth_via_mfa", "UNANSWERED", "failure"),
        ("user.authentication.auth_via_mfa", "UNKNOWN", "error"),
        ("user.authentication.auth_via_mfa", None, "error"),
        ("system.push.send_factor_verify_push", "SUCCESS", "pending"),
        ("user.mfa.okta_verify.deny_push", "SUCCESS", "failure"),
        ("app.generic.unauth_app_access_attempt", "SUCCESS", "failure"),
    ],
)
def test_the_action_of_a_sign_in_is_its_outcome(event_type, result, action):
    assert fields(event(event_type, outcome={"result": result, "reason": None}))["action"] == action


def test_what_okta_leaves_null_is_filled_from_what_it_has():
    nobody = {"id": "203.0.113.9", "type": "IP address", "alternateId": "unknown", "displayName": "203.0.113.9"}
    body = event("security.threat.detected", actor=nobody, client=None, severity="WARN", outcome=None, target=None)
    row = fields(body)
    assert (row["user"], row["src"], row["severity"], row["type"]) == ("203.0.113.9", TENANT, "medium", "warning")


def test_a_large_event_keeps_its_values():
    """JSON is read for 5,000 characters or 100 fields: of 300 targets, and behind them, nothing comes by itself."""
    targets = [
        target("AppInstance", f"App {number}", f"app{number}@example.com", f"0oa{number}") for number in range(299)
    ]
    body = event(
        "user.account.privilege.grant",
        debugContext={"debugData": {"padding": "x" * 6000, "privilegeGranted": "Super administrator"}},
        target=[*targets, target("User", "Bob", "bob@example.com", "00u2")],
    )
    assert len(raw(body)) > 30_000
    row = fields(body)
    assert (row["user"], row["object"], row["object_id"]) == ("bob@example.com", "bob@example.com", "00u2")
    assert (row["object_attrs"], row["app"], row["action"]) == ("Super administrator", "App 0", "acl_modified")
    assert row["id"] == body["uuid"]


def test_the_first_of_several_addresses_is_not_taken_from_the_chain():
    chain = {"ipChain": [{"ip": "203.0.113.1"}, {"ip": "203.0.113.2"}]}
    with indexed([raw(event("policy.evaluate_sign_on", request=chain))]) as log:
        row = log.row('sourcetype="OktaIM2:log" | table src src_ip')
    assert row == {"src": "198.51.100.7", "src_ip": "198.51.100.7"}


def test_a_finding_is_an_alert():
    finding = {
        "last_time": 1757412000.0,
        "finding_id": "f" * 64,
        "detection_id": "session_hijack",
        "severity": "high",
        "title": "Session used where its user never authenticated",
        "tenant": TENANT,
        "user": "ann@example.com",
        "message": "Ann's session is used elsewhere.",
        "risk_score": 75,
        "first_time": 1757412000.0,
        "evidence": ["u1"],
        "reasons": ["other OS"],
        "mitre_attack": ["T1539", "T1550.004"],
    }
    text = json.dumps(finding, separators=(",", ":")).encode()
    with indexed([text], "okta_itdr:finding") as log:
        row = log.row(f"tag=alert | table {' '.join(ALERTS.required)} mitre_technique_id")
    assert list(faults(row, ALERTS)) == []
    assert row["src"] == TENANT and row["mitre_technique_id"] == ["T1539", "T1550.004"]
