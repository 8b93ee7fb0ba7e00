"""The tenant's directory as a collector meets it: each endpoint's shape, and both kinds of tenant."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from directory_objects import id_of_group, names

from lab.okta.directory.made import HELP_DESK, MONITOR, of

NOON = 1709640000.0
EVERY_POLICY = {
    "idx": {
        "OKTA_SIGN_ON", "ACCESS_POLICY", "MFA_ENROLL", "PASSWORD", "IDP_DISCOVERY", "PROFILE_ENROLLMENT",
        "POST_AUTH_SESSION", "ENTITY_RISK",
    },
    "v1": {"OKTA_SIGN_ON", "MFA_ENROLL", "PASSWORD", "IDP_DISCOVERY"},
}  # fmt: skip


@pytest.fixture
def okta(directory, serve_directory):
    return serve_directory(directory)


@pytest.fixture
def classic(organisation, serve_directory):
    return serve_directory(of(organisation, "v1"))


def apps_named(name):
    return "/api/v1/apps?filter=" + quote(f'name eq "{name}"')


# What a tenant is


@pytest.mark.parametrize("kind", ["idx", "v1"])
def test_anyone_may_ask_which_kind_of_tenant_it_is(organisation, serve_directory, kind):
    okta = serve_directory(of(organisation, kind))
    okta.headers = {}
    reply = okta.get("/.well-known/okta-organization")
    assert reply.status == 200 and reply.json["pipeline"] == kind
    assert set(reply.json) == {"id", "pipeline", "_links", "settings"}


@pytest.mark.parametrize("kind", ["idx", "v1"])
def test_a_kind_has_its_own_types_of_policy_and_refuses_the_others(organisation, serve_directory, kind):
    okta = serve_directory(of(organisation, kind))
    for type in EVERY_POLICY["idx"]:
        reply = okta.get(f"/api/v1/policies?type={type}")
        if type in EVERY_POLICY[kind]:
            assert reply.status == 200 and {policy["type"] for policy in reply.json} == {type}
            for policy in reply.json:
                assert okta.get(policy["_links"]["self"]["href"]).json == policy
                assert okta.get(policy["_links"]["rules"]["href"]).json
        else:
            assert (reply.status, reply.json["errorCode"]) == (400, "E0000001")
    assert okta.get("/api/v1/policies").json["errorCode"] == "E0000001"


def test_classic_has_no_authenticators_and_enrols_factors(okta, classic):
    assert "webauthn" in names(okta.get("/api/v1/authenticators").json, "key")
    refused = classic.get("/api/v1/authenticators")
    assert (refused.status, refused.json["errorCode"]) == (403, "E0000015")
    assert "authenticators" in okta.get("/api/v1/policies?type=MFA_ENROLL").json[0]["settings"]
    assert "factors" in classic.get("/api/v1/policies?type=MFA_ENROLL").json[0]["settings"]


# Users


def test_a_user_by_id_and_by_login_is_as_in_the_list(organisation, okta):
    actor = organisation.people[0].actor
    users = {user["id"]: user for user in okta.walk("/api/v1/users?limit=7")}
    assert len(users) == len(organisation.people) + len(organisation.service_accounts)
    user = okta.get(f"/api/v1/users/{actor.id}").json
    assert user == users[actor.id] == okta.get(f"/api/v1/users/{actor.alternate_id}").json
    assert user["profile"]["login"] == actor.alternate_id
    assert user["_links"]["self"]["href"] == f"http://127.0.0.1:{okta.port}/api/v1/users/{actor.id}"


def test_factors_of_administrators_are_fido2_and_one_has_sms_too(organisation, okta):
    factors = [
        set(names(okta.get(f"/api/v1/users/{person.actor.id}/factors").json, "factorType"))
        for person in organisation.administrators
    ]
    assert all("webauthn" in of_one for of_one in factors)
    assert sum("sms" in of_one for of_one in factors) == 1


# Roles


def test_one_is_administrator_only_through_a_group(organisation, directory, okta):
    group = id_of_group(directory, HELP_DESK)
    (member,) = okta.get(f"/api/v1/groups/{group}/users").json
    roles = okta.get(f"/api/v1/users/{member['id']}/roles").json
    assert roles == okta.get(f"/api/v1/groups/{group}/roles").json
    assert names(roles, "assignmentType") == ["GROUP"] and names(roles, "type") == ["HELP_DESK_ADMIN"]
    superior = organisation.with_role("super")[0].actor.id
    (role,) = okta.get(f"/api/v1/users/{superior}/roles").json
    assert (role["type"], role["assignmentType"], role["status"]) == ("SUPER_ADMIN", "USER", "ACTIVE")
    assert okta.get(role["_links"]["assignee"]["href"]).json["id"] == superior


@pytest.mark.parametrize("included", [True, False])
def test_whether_assignees_include_those_of_groups_is_a_choice(organisation, serve_directory, included):
    directory = of(organisation, assignees_include_groups=included)
    listed = names(serve_directory(directory).walk("/api/v1/iam/assignees/users?limit=3", "value"), "id")
    (member,) = directory.members[id_of_group(directory, HELP_DESK)]
    assert (member in listed) == included
    assert len(listed) == len(set(listed)) == len(directory.administrators()) - (not included)


def test_a_custom_role_names_its_resource_set_and_has_permissions(organisation, okta):
    owner = organisation.service_accounts[sorted(organisation.tokens).index("hr")].id
    (role,) = okta.get(f"/api/v1/users/{owner}/roles").json
    assert role["type"] == "CUSTOM" and role["resource-set"].startswith("iam")
    custom = {one["id"]: one for one in okta.walk("/api/v1/iam/roles", "roles")}
    permissions = okta.get(f"/api/v1/iam/roles/{role['role']}/permissions").json["permissions"]
    assert custom[role["role"]]["label"] == role["label"] and "okta.users.manage" in names(permissions, "label")


def test_more_custom_roles_than_a_page_holds(directory, okta):
    made = {directory.add_custom_role(f"Role {number}", [], NOON)["id"] for number in range(50)}
    assert made < set(names(okta.walk("/api/v1/iam/roles", "roles"), "id"))


def test_a_service_app_has_a_role_by_its_client_id(okta):
    apps = okta.walk(apps_named("oidc_client"))
    (app,) = [app for app in apps if app["settings"]["oauthClient"]["application_type"] == "service"]
    assert app["label"] == MONITOR
    client_id = app["credentials"]["oauthClient"]["client_id"]
    (role,) = okta.get(f"/oauth2/v1/clients/{client_id}/roles").json
    assert (role["type"], role["assignmentType"]) == ("READ_ONLY_ADMIN", "CLIENT")


# Groups, apps, settings


def test_groups_with_stats_say_how_many_are_in_them_and_whether_they_have_roles(directory, okta):
    assert all("_embedded" not in group for group in okta.walk("/api/v1/groups?limit=4"))
    groups = {group["id"]: group["_embedded"]["stats"] for group in okta.walk("/api/v1/groups?limit=4&expand=stats")}
    assert set(groups) == set(directory.groups)
    assert [id for id, stats in groups.items() if stats["hasAdminPrivilege"]] == [id_of_group(directory, HELP_DESK)]
    everyone = groups[id_of_group(directory, "Everyone")]
    assert everyone["usersCount"] == len(directory.users) and everyone["appsCount"] > 0


def test_the_console_s_policy_is_found_through_the_app_and_is_strict(organisation, okta, classic):
    (console,) = okta.get(apps_named("saasure")).json
    assert (console["id"], console["label"]) == (organisation.admin_console.id, "Okta Admin Console")
    policy = okta.get(console["_links"]["accessPolicy"]["href"]).json
    assert policy["id"] == organisation.console_policy[0]
    strict, rest = okta.get(policy["_links"]["rules"]["href"]).json
    assert strict["conditions"]["device"]["managed"] and strict["priority"] < rest["priority"]
    (constraint,) = strict["actions"]["appSignOn"]["verificationMethod"]["constraints"]
    assert constraint["possession"]["phishingResistant"] == "REQUIRED"
    assert rest["system"] and rest["actions"]["appSignOn"]["access"] == "DENY"
    (console,) = classic.get(apps_named("saasure")).json
    assert "accessPolicy" not in console["_links"]


def test_app_policies_ask_for_assurance_or_a_chain_of_methods(organisation, okta):
    rules = okta.get(f"/api/v1/policies/{organisation.policy[0]}/rules").json
    methods = {rule["actions"]["appSignOn"]["verificationMethod"]["type"]: rule for rule in rules}
    assert set(methods) == {"ASSURANCE", "AUTH_METHOD_CHAIN"}
    (chain,) = methods["AUTH_METHOD_CHAIN"]["actions"]["appSignOn"]["verificationMethod"]["chains"]
    assert chain["authenticationMethods"] == [{"key": "okta_password", "method": "password"}]
    assert names(chain["next"][0]["authenticationMethods"], "key") == ["webauthn", "okta_verify"]


def test_a_session_always_asks_for_a_second_factor(classic):
    policy = classic.get("/api/v1/policies?type=OKTA_SIGN_ON").json[0]
    (rule,) = classic.get(policy["_links"]["rules"]["href"]).json
    assert rule["actions"]["signon"]["requireFactor"]
    assert rule["actions"]["signon"]["factorPromptMode"] == "ALWAYS"


def test_tokens_are_those_of_the_events_and_are_used_from_a_zone(organisation, okta):
    tokens = okta.get("/api/v1/api-tokens").json
    zones = {zone["id"]: zone for zone in okta.get("/api/v1/zones").json}
    assert set(names(tokens, "id")) == set(organisation.tokens.values())
    for token in tokens:
        assert token["network"]["connection"] == "ZONE" and set(token["network"]["include"]) <= set(zones)
        assert okta.get(f"/api/v1/users/{token['userId']}/roles").json


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("first-party-app-settings/admin-console", {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720}),
        ("threats/configuration", {"action": "block", "excludeZones": []}),
        ("org/privacy/oktaSupport", {"support": "DISABLED", "caseNumber": None, "expiration": None}),
        ("org/orgSettings/thirdPartyAdminSetting", {"thirdPartyAdmin": False}),
    ],
)
def test_settings(okta, path, answer):
    assert okta.get(f"/api/v1/{path}").json == answer


def test_log_streams_and_behaviours(okta):
    assert names(okta.walk("/api/v1/logStreams"), "status") == ["ACTIVE"]
    assert "VELOCITY" in names(okta.get("/api/v1/behaviors").json, "type")
