"""Snapshots of who and what has power in a tenant: whole or said to be not, however they are interrupted."""

from __future__ import annotations

import json
import signal
from collections import Counter

import pytest
from app_keys import CLIENT, public_jwk, sign_in_as_app
from okta_itdr.collect.inventory_requests import SCOPES
from okta_itdr.collect.snapshot import FIELDS
from shipped import ROOT, Done
from tenants import NOW, Tenant

from lab.http import Fault
from lab.okta import faults
from lab.okta.directory import made
from lab.okta.people import Organisation
from lab.okta.principals import ServiceApp
from lab.okta.tenant import Tenant as Simulated

HOUR = 3600.0
PREFIX = "okta_itdr:inventory:"


def objects(*runs: Done, kind: str = "") -> list[dict]:
    """The objects written, of one kind or of all; the closing events and accounts are none."""
    return [
        {**json.loads(event.raw), "kind": event.sourcetype.removeprefix(PREFIX)}
        for run in runs
        for event in run.all_events
        if event.sourcetype.startswith(PREFIX + kind)
        and (kind or event.sourcetype not in (PREFIX + "snapshot", PREFIX + "account"))
    ]


def closing(*runs: Done) -> list[dict]:
    return [{**each} for each in objects(*runs, kind="snapshot")]


def keys(found: list[dict]) -> Counter:
    """How often each object came."""
    return Counter((each["kind"], each["inventory_key"]) for each in found)


@pytest.fixture
def organisation() -> Organisation:
    return Simulated("inventory", 24).organisation


@pytest.fixture
def tenant(tenant_of, organisation):
    """A simulated organisation's directory behind the account; the API token is a super administrator's."""

    def make(kind: str = "idx", role: str = "SUPER_ADMIN", apps=(), as_seen: bool = False, **options) -> Tenant:
        directory = made.of(organisation, kind, now=NOW, **options)
        return tenant_of([], directory=directory, role=role, apps=apps, as_seen=as_seen)

    return make


def directory(tenant: Tenant):
    return tenant.api.directory


def test_documentation_would_leave_out_a_field():
    text = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
    assert [name for name, meaning in FIELDS.items() if f"| `{name}` | {meaning} |" not in text] == []


@pytest.mark.parametrize("included", [True, False], ids=["Okta lists them", "Okta leaves them out"])
def test_administrator_by_group_would_be_none(tenant, inventory, included):
    """Whether or not Okta's list of administrators includes who is one through a group."""
    simulated = tenant(assignees_include_groups=included)
    done = inventory.run()
    assert (done.code, done.err) == (0, "")
    found = objects(done, kind="administrator")
    assert {each["id"] for each in found} == directory(simulated).administrators()
    assert max(keys(found).values()) == 1
    (closed,) = closing(done)
    alone = directory(simulated).administrators() - directory(simulated).administrators(through_groups=False)
    assert alone and closed["by_group_alone"] == (0 if included else len(alone))
    assert {each["id"] for each in found if not each["assignee"]} == (set() if included else alone)
    through = [role for role in objects(done, kind="role") if role.get("user_id") in alone]
    assert {role["assignmentType"] for role in through} == {"GROUP"}


def test_snapshot_would_miss_a_part_of_what_gives_power(tenant, inventory):
    simulated = tenant()
    there = directory(simulated)
    done = inventory.run()
    found = objects(done)
    (closed,) = closing(done)
    assert closed["complete"] is True and closed["missing"] == [] and closed["pipeline"] == "idx"
    assert closed["counts"] == dict(Counter(each["kind"] for each in found))
    assert {each["snapshot_id"] for each in found} == {closed["snapshot_id"]}
    assert {each["tenant"] for each in found} == {"localhost"}
    assert max(keys(found).values()) == 1
    assert done.all_events[-2].sourcetype.startswith(PREFIX) and done.health[-1]["snapshot"] == "complete"

    roles = objects(done, kind="role")
    assert {role["type"] for role in roles if "group_id" in role} == {"HELP_DESK_ADMIN"}
    assert [role["type"] for role in roles if "client_id" in role] == ["READ_ONLY_ADMIN"]
    (custom,) = {role["role"] for role in roles if role["type"] == "CUSTOM"}
    assert {each["role_id"] for each in objects(done, kind="permission")} == {custom}

    for id in there.administrators():
        factors = [each["id"] for each in objects(done, kind="factor") if each["user_id"] == id]
        assert factors == [each["id"] for each in there.factors.get(id, [])]
    assert {each["factorType"] for each in objects(done, kind="factor")} >= {"webauthn", "sms"}

    apps = {each["id"]: each for each in objects(done, kind="app")}
    console = next(each for each in apps.values() if each["name"] == "saasure")
    assert sum(each["name"] == "oidc_client" for each in apps.values()) == 1  # the service app
    policies = {each["id"]: each for each in objects(done, kind="policy")}
    assert console["_links"]["accessPolicy"]["href"].rsplit("/", 1)[-1] in policies
    assert {each["type"] for each in policies.values()} == {
        "ACCESS_POLICY", "OKTA_SIGN_ON", "MFA_ENROLL", "POST_AUTH_SESSION", "ENTITY_RISK"
    }  # fmt: skip
    for id in policies:
        rules = [each for each in objects(done, kind="rule") if each["policy_id"] == id]
        assert [each["id"] for each in rules] == [each["id"] for each in there.rules[id]]
        assert all("priority" in each and "conditions" in each and "actions" in each for each in rules)
    for kind, place in (
        ("authenticator", there.authenticators),
        ("api_token", there.api_tokens),
        ("zone", there.zones),
        ("log_stream", there.log_streams),
        ("behavior", there.behaviors),
    ):
        assert {each["id"] for each in objects(done, kind=kind)} == set(place)
    settings = {each["setting"]: each for each in objects(done, kind="setting")}
    assert settings["console_session"]["sessionIdleTimeoutMinutes"] == 15
    assert settings["threat_insight"]["action"] == "block" and settings["support_access"]["support"] == "DISABLED"
    assert settings.keys() == {
        "organization", "console_session", "threat_insight", "support_access", "third_party_admin"
    }  # fmt: skip


def test_change_would_not_show_in_the_next_snapshot(tenant, inventory):
    simulated = tenant()
    first = inventory.run()
    directory(simulated).admin_console["sessionIdleTimeoutMinutes"] = 120
    gone = next(iter(directory(simulated).administrators()))
    directory(simulated).delete_user(gone)
    second = inventory.run()
    (one,), (other,) = closing(first), closing(second)
    assert one["snapshot_id"] != other["snapshot_id"] and other["complete"]
    settings = {each["setting"]: each for each in objects(second, kind="setting")}
    assert settings["console_session"]["sessionIdleTimeoutMinutes"] == 120
    assert gone not in {each["id"] for each in objects(second, kind="administrator")}


def test_a_key_of_okta_s_would_hide_ours(tenant, inventory):
    simulated = tenant()
    hiding = dict.fromkeys(("collected", "snapshot_id", "tenant", "inventory_key"), "okta's")
    directory(simulated).admin_console.update(hiding)
    done = inventory.run()
    (settings,) = [each for each in objects(done, kind="setting") if each["setting"] == "console_session"]
    (closed,) = closing(done)
    assert (settings["snapshot_id"], settings["tenant"]) == (closed["snapshot_id"], closed["tenant"])
    assert settings["inventory_key"] == "console_session"


def test_classic_tenant_would_be_asked_for_what_it_has_not(tenant, inventory):
    simulated = tenant("v1")
    done = inventory.run()
    (closed,) = closing(done)
    assert (closed["pipeline"], closed["complete"]) == ("v1", True)
    assert {each["type"] for each in objects(done, kind="policy")} == {"OKTA_SIGN_ON", "MFA_ENROLL"}
    assert objects(done, kind="authenticator") == [] and "/api/v1/authenticators" not in simulated.paths
    assert len(objects(done, kind="administrator")) == len(directory(simulated).administrators())


# What Okta refuses


def test_role_that_may_not_see_administrators_would_be_taken_for_a_tenant_without_any(tenant, inventory, splunk):
    """A read-only administrator may not read roles, whatever the scope says; the rest is collected."""
    tenant(role="READ_ONLY_ADMIN")
    done = inventory.run()
    (closed,) = closing(done)
    missing = {each["request"]: each["why"] for each in closed["missing"]}
    assert (done.code, closed["complete"], done.health[-1]["snapshot"]) == (0, False, "partial")
    assert "403 E0000006" in missing["assignees"]
    assert "it takes Super Administrator, or a custom role with the permission to view roles" in missing["assignees"]
    assert closed["counts"].keys() >= {"policy", "rule", "zone", "setting", "authenticator", "app"}
    assert f"The inventory goes without assignees: {missing['assignees']}" in splunk.log()


@pytest.mark.parametrize("as_seen", [True, False], ids=["Okta leaves it out", "Okta refuses them all"])
def test_scope_that_is_missing_would_take_the_others_with_it(tenant, inventory, key, as_seen):
    """Whichever way the token endpoint takes it: the scope is named, and what the others allow is collected."""
    granted = frozenset(SCOPES) - {"okta.policies.read", "okta.apiTokens.read"}
    app = ServiceApp(CLIENT, [public_jwk(key)], granted, role="SUPER_ADMIN", dpop=False)
    tenant(apps=[app], as_seen=as_seen)
    sign_in_as_app(inventory.splunkd, key)
    done = inventory.run()
    (closed,) = closing(done)
    missing = {each["request"]: each["why"] for each in closed["missing"]}
    assert missing.keys() == {
        "policy",
        "global_session",
        "enrolment",
        "session_protection",
        "entity_risk",
        "api_tokens",
    }
    assert "grant the app the scope okta.policies.read" in missing["global_session"]
    assert "grant the app the scope okta.apiTokens.read" in missing["api_tokens"]
    assert closed["counts"].keys() >= {"administrator", "role", "factor", "app", "zone", "setting", "authenticator"}


def test_app_without_any_scope_would_be_asked_for_everything_in_vain(tenant, inventory, key):
    app = ServiceApp(CLIENT, [public_jwk(key)], frozenset(["okta.logs.read"]), role="SUPER_ADMIN", dpop=False)
    simulated = tenant(apps=[app], as_seen=True)
    sign_in_as_app(inventory.splunkd, key)
    done = inventory.run()
    assert (
        done.code == 1 and "gave the app 0oa1serviceapp no access token" in done.err and "okta.roles.read" in done.err
    )
    assert closing(done) == [] and not any(path.startswith("/api/v1/") for path in simulated.paths)


def test_endpoint_that_refuses_would_end_the_snapshot(tenant, inventory):
    simulated = tenant()
    refusal = '{"errorCode":"E0000006","errorSummary":"You do not have permission","errorId":"oae1"}'
    simulated.faults.add(Fault("status", status=403, body=refusal, path="/api/v1/zones"))
    nothing = '{"errorCode":"E0000007","errorSummary":"Not found","errorId":"oae1"}'
    simulated.faults.add(Fault("status", status=404, body=nothing, path="/api/v1/logStreams"))
    no_feature = '{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature"}'
    simulated.faults.add(Fault("status", status=401, body=no_feature, path="/api/v1/behaviors"))
    invalid = '{"errorCode":"E0000001","errorSummary":"Api validation failed: type"}'
    simulated.faults.add(Fault("status", status=400, body=invalid, path="/api/v1/policies", query="type=ENTITY_RISK"))
    done = inventory.run()
    (closed,) = closing(done)
    missing = {each["request"]: each["why"] for each in closed["missing"]}
    assert missing.keys() == {"zones", "log_streams", "behaviors", "entity_risk"}
    assert "does not let this key read /api/v1/zones (403 E0000006" in missing["zones"]
    assert "has nothing at /api/v1/logStreams: the tenant may not have that feature" in missing["log_streams"]
    assert "You do not have permission to access the feature" in missing["behaviors"]
    assert "Api validation failed: type" in missing["entity_risk"]
    assert closed["counts"]["api_token"] == len(directory(simulated).api_tokens)
    assert closing(inventory.run())[0]["complete"] is True


def test_one_refusal_each_would_be_asked_for_200_times(tenant, inventory):
    """The key may read users and no factors at all: after three it is left."""
    simulated = tenant()
    refusal = '{"errorCode":"E0000006","errorSummary":"You do not have permission","errorId":"oae1"}'
    for id in directory(simulated).administrators():
        simulated.faults.add(Fault("status", status=403, body=refusal, path=f"/api/v1/users/{id}/factors"))
    done = inventory.run()
    (closed,) = closing(done)
    (missing,) = closed["missing"]
    assert (missing["request"], missing["objects"]) == ("factors", 3)
    assert len(objects(done, kind="administrator")) == len(directory(simulated).administrators())


def test_user_deleted_meanwhile_would_end_the_snapshot(tenant, inventory, splunk):
    simulated = tenant()
    victim = sorted(directory(simulated).administrators())[0]

    def delete() -> None:
        if simulated.paths[-1] == f"/api/v1/users/{victim}/roles" and victim in directory(simulated).users:
            directory(simulated).delete_user(victim)

    simulated.before = delete
    done = inventory.run()
    (closed,) = closing(done)
    assert closed["complete"] is True and closed["gone"] == 2  # its roles, its factors
    assert "Gone while the snapshot was taken" in splunk.log()


# What interrupts


def test_kill_would_leave_half_a_snapshot_that_looks_whole(tenant, inventory):
    """kill -9 again and again: no closing event until all is there, and then each object once, but for one answer."""
    simulated = tenant()
    whole = keys(objects(inventory.run()))
    asked = len(simulated.paths)
    killed = [inventory.run(KILL_AT_SYNC=str(sync)) for sync in (9, 12, 15, 9, 6)]
    assert {run.code for run in killed} == {-signal.SIGKILL}
    assert closing(*killed) == []
    last = inventory.run()
    (closed,) = closing(last)
    found = keys(objects(*killed, last))
    assert found.keys() == whole.keys() and closed["complete"] and closed["runs"] == 6
    assert {each["snapshot_id"] for each in objects(*killed, last)} == {closed["snapshot_id"]}
    assert sum(found.values()) - len(found) <= 20  # an answer's objects at each kill
    assert len(simulated.paths) - asked <= asked + 2 * len(killed)  # Okta's time, and the answer in hand


def test_snapshot_broken_off_long_ago_would_be_put_together_with_today(tenant, inventory, splunk):
    simulated = tenant()
    killed = inventory.run(KILL_AT_SYNC="9")
    simulated.clock.set(NOW + 26 * HOUR)
    done = inventory.run()
    (closed,) = closing(done)
    assert closed["runs"] == 1
    assert closed["snapshot_id"] not in {each["snapshot_id"] for each in objects(killed)}
    assert "was not finished within a day and is given up" in splunk.log()


def test_stop_would_wait_for_the_whole_tenant(tenant, inventory):
    simulated = tenant()
    process = inventory.splunk.start(inventory.script)
    simulated.before = lambda: process.terminate() if len(simulated.paths) == 12 else None
    out, err = process.communicate(inventory.definition().encode(), timeout=60)
    stopped = Done(process.returncode, out, err.decode())
    asked = len(simulated.paths)  # the answer in hand is read, and the signal may take a moment more
    assert (stopped.code, closing(stopped)) == (0, [])
    assert stopped.health[-1]["snapshot"] == "running"
    simulated.before = lambda: None
    assert closing(inventory.run())[0]["complete"]
    assert asked < (len(simulated.paths) - asked) / 2


def test_trouble_that_passes_would_cost_a_part(tenant, inventory):
    simulated = tenant()
    simulated.faults.add(faults.internal_error(path="/api/v1/iam/assignees/users"))
    simulated.faults.add(faults.truncated(path="/api/v1/groups"))
    simulated.faults.add(faults.corrupt(path="/api/v1/policies"))
    simulated.faults.add(faults.reset(path="/api/v1/api-tokens"))
    simulated.faults.add(faults.bad_gateway(path="/api/v1/apps"))
    simulated.faults.add(faults.too_many_at_once(NOW, path="/api/v1/zones"))
    done = inventory.run()
    (closed,) = closing(done)
    assert (done.code, closed["complete"]) == (0, True)


def test_place_in_a_list_that_okta_forgot_would_cost_the_list(tenant_of, inventory):
    """120 administrators are two pages: the second's cursor is refused once, then all is read again."""
    there = made.many(300, 120, seed="pages", now=NOW)
    simulated = tenant_of([], directory=there, role="SUPER_ADMIN")
    simulated.faults.add(faults.expired_cursor(path="/api/v1/iam/assignees/users"))
    done = inventory.run()
    (closed,) = closing(done)
    assert closed["complete"] is True
    assert {each["id"] for each in objects(done, kind="administrator")} == there.administrators()
    assert max(keys(objects(done, kind="administrator")).values()) == 1


def test_refused_key_would_be_a_missing_part(tenant, inventory):
    tenant()
    inventory.splunkd.secrets["ta_okta_itdr_account", "acme"] = {"api_token": "00wrongSecretTokenHere"}
    done = inventory.run()
    assert done.code == 1 and "Okta refused the key" in done.err and closing(done) == []
    assert done.health[-1]["error_kind"] == "Authentication Error"


def test_wrong_setting_would_be_found_out_at_night(inventory, tenant):
    tenant()
    inventory.settings["factors"] = "nobody"
    done = inventory.run()
    assert done.code == 1 and "Factors are collected of administrators or of everyone" in done.err


# How much it asks


def test_large_tenant_would_be_asked_about_every_user(tenant_of, inventory):
    """Calls grow with administrators and pages, not with users."""
    there = made.many(3_000, 60, seed="large", now=NOW)
    simulated = tenant_of([], directory=there, role="SUPER_ADMIN")
    done = inventory.run()
    (closed,) = closing(done)
    assert closed["complete"] is True
    assert {each["id"] for each in objects(done, kind="administrator")} == there.administrators()
    assert closed["requests"] <= 3 * 60 + 60
    accounts = [path for path in simulated.paths if path == "/api/v1/users"]
    assert len(accounts) == 15


def test_everyones_factors_would_be_those_of_administrators(tenant_of, inventory):
    there = made.many(450, 6, seed="everyone", now=NOW)
    for id in there.users:
        there.add_factor(id, "push", NOW)
    tenant_of([], directory=there, role="SUPER_ADMIN")
    inventory.settings["factors"] = "everyone"
    killed = inventory.run(KILL_AT_SYNC="300")
    done = inventory.run()
    (closed,) = closing(done)
    wanted = {each["id"] for id, factors in there.factors.items() for each in factors}
    deprovisioned = {id for id, user in there.users.items() if user["status"] == "DEPROVISIONED"}
    wanted -= {each["id"] for id in deprovisioned for each in there.factors.get(id, [])}
    assert {each["id"] for each in objects(killed, done, kind="factor")} == wanted
    assert len(wanted) > 400 and closed["complete"]
