"""The tenant's directory changed while it is served, and served in a process of its own."""

from __future__ import annotations

import json
import urllib.request

import pytest
from directory_objects import id_of_group, names

from lab.clock import Clock
from lab.okta.directory.made import HELP_DESK, of
from lab.okta.people import Organisation
from lab.okta.serve import TenantProcess

START = 1709596800.0
NOON = START + 43_200


@pytest.fixture
def okta(directory, serve_directory):
    return serve_directory(directory)


def test_a_suspended_user_is_seen_so_by_the_next_request(organisation, directory, okta):
    id = organisation.people[3].actor.id
    before = okta.get(f"/api/v1/users/{id}").json
    directory.suspend(id, NOON)
    after = okta.get(f"/api/v1/users/{id}").json
    assert after["status"] == "SUSPENDED" and after["lastUpdated"] == "2024-03-05T12:00:00.000Z"
    assert before["lastUpdated"] < after["lastUpdated"] and before["profile"] == after["profile"]


def test_a_deleted_user_is_gone_from_everywhere(organisation, directory, okta):
    id = organisation.with_role("super")[0].actor.id
    groups = [group for group, members in directory.members.items() if id in members]
    directory.delete_user(id)
    for path in ("", "/roles", "/factors"):
        reply = okta.get(f"/api/v1/users/{id}{path}")
        assert (reply.status, reply.json["errorCode"]) == (404, "E0000007")
        assert reply.json["errorSummary"] == f"Not found: Resource not found: {id} (User)"
    assert id not in names(okta.walk("/api/v1/iam/assignees/users", "value"), "id")
    assert groups and not any(id in names(okta.walk(f"/api/v1/groups/{group}/users"), "id") for group in groups)


def test_with_a_group_goes_what_its_members_were_through_it(directory, okta):
    group = id_of_group(directory, HELP_DESK)
    (member,) = directory.members[group]
    directory.delete_group(group)
    assert okta.get(f"/api/v1/groups/{group}/users").status == 404
    assert okta.get(f"/api/v1/users/{member}/roles").json == []


def test_a_new_administrator_and_one_who_is_no_longer(directory, okta):
    user = directory.add_user("mallory@brightwater.example", NOON, name="Mallory Quick")
    path = f"/api/v1/users/{user['id']}/roles"
    assert okta.get(path).json == []
    role = directory.assign_role(user["id"], "SUPER_ADMIN", NOON)
    assert names(okta.get(path).json, "id") == [role["id"]]
    directory.revoke_role(user["id"], role["id"])
    group = id_of_group(directory, HELP_DESK)
    directory.join(group, [user["id"]], NOON)
    assert names(okta.get(path).json, "assignmentType") == ["GROUP"]
    directory.leave(group, user["id"], NOON)
    assert okta.get(path).json == []


def test_settings_and_rules_are_changed_where_they_stand(organisation, directory, okta):
    directory.admin_console["sessionIdleTimeoutMinutes"] = 120
    directory.rules[organisation.console_policy[0]][0]["conditions"]["device"]["managed"] = False
    assert okta.get("/api/v1/first-party-app-settings/admin-console").json["sessionIdleTimeoutMinutes"] == 120
    rules = okta.get(f"/api/v1/policies/{organisation.console_policy[0]}/rules").json
    assert not rules[0]["conditions"]["device"]["managed"]


def dicts(value):
    """Every dict and list within, by identity."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {id(value) for _ in (0,) if isinstance(value, (dict, list))}.union(*map(dicts, inner))


@pytest.mark.parametrize("kind", ["idx", "v1"])
def test_to_change_one_object_changes_no_other(organisation, kind):
    one, other = of(organisation, kind), of(organisation, kind)
    assert not dicts({**vars(one)}) & dicts({**vars(other)})
    rules = [rule for rules in one.rules.values() for rule in rules]
    assert len(set().union(*map(dicts, rules))) == sum(len(dicts(rule)) for rule in rules)


def test_a_process_of_its_own_serves_the_directory_of_its_people(tmp_path):
    settings = {"seed": "api", "people": 24, "start": "2024-03-05"}
    process = TenantProcess(settings, Clock(tmp_path / "clock", NOON).path, "token", directory="v1")
    try:
        origin = f"http://127.0.0.1:{process.port}"
        with urllib.request.urlopen(f"{origin}/.well-known/okta-organization", timeout=10) as reply:
            assert json.load(reply)["pipeline"] == "v1"
        request = urllib.request.Request(f"{origin}/api/v1/users", headers={"Authorization": "SSWS token"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            people = Organisation("api", 24, "brightwater.okta.example", START).people
            assert {person.actor.id for person in people} < {user["id"] for user in json.load(reply)}
    finally:
        process.stop()
