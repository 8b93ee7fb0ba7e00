"""The directory's pages, searches, refusals and limits: what a collector of a large tenant meets."""

from __future__ import annotations

import time
import uuid
from urllib.parse import quote, urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.okta.directory.made import many, of
from lab.okta.oauth import SCOPES
from lab.okta.principals import ServiceApp

NOON = 1709640000.0
SEARCH = "/api/v1/users?sortBy=lastUpdated&sortOrder=asc&limit=200&search="
EVER = quote('lastUpdated ge "2000-01-01T00:00:00Z"')
PLENTY = {"directory_limits": {"users": 100_000, "users/{id}": 100_000}}
# path, scope. ROLES: what is refused to a read-only administrator with that scope.
ROLES = [
    ("/api/v1/users/{user}/roles", "okta.roles.read"),
    ("/api/v1/groups/{group}/roles", "okta.roles.read"),
    ("/oauth2/v1/clients/{client}/roles", "okta.roles.read"),
    ("/api/v1/iam/assignees/users", "okta.roles.read"),
    ("/api/v1/iam/roles", "okta.roles.read"),
    ("/api/v1/iam/roles/{role}/permissions", "okta.roles.read"),
    ("/api/v1/api-tokens", "okta.apiTokens.read"),
]
OTHERS = [
    ("/api/v1/users", "okta.users.read"),
    ("/api/v1/users/{user}", "okta.users.read"),
    ("/api/v1/users/{user}/factors", "okta.users.read"),
    ("/api/v1/groups", "okta.groups.read"),
    ("/api/v1/groups/{group}/users", "okta.groups.read"),
    ("/api/v1/apps", "okta.apps.read"),
    ("/api/v1/first-party-app-settings/admin-console", "okta.apps.read"),
    ("/api/v1/authenticators", "okta.authenticators.read"),
    ("/api/v1/policies?type=PASSWORD", "okta.policies.read"),
    ("/api/v1/policies/{policy}", "okta.policies.read"),
    ("/api/v1/policies/{policy}/rules", "okta.policies.read"),
    ("/api/v1/zones", "okta.networkZones.read"),
    ("/api/v1/logStreams", "okta.logStreams.read"),
    ("/api/v1/behaviors", "okta.behaviors.read"),
    ("/api/v1/threats/configuration", "okta.threatInsights.read"),
    ("/api/v1/org/privacy/oktaSupport", "okta.orgs.read"),
    ("/api/v1/org/orgSettings/thirdPartyAdminSetting", "okta.orgs.read"),
]
KEY = rsa.generate_private_key(65537, 2048)
JWK = {name: jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)[name] for name in ("kty", "n", "e")}


@pytest.fixture
def okta(directory, serve_directory):
    return serve_directory(directory, **PLENTY)


def paths(directory, templates):
    client = next(id for id, app in directory.apps.items() if "oauthClient" in app["settings"])
    first = {name: next(iter(objects)) for name, objects in (
        ("user", directory.users), ("group", directory.groups), ("policy", directory.policies),
        ("role", directory.custom_roles),
    )}  # fmt: skip
    return [(template.format(client=client, **first), scope) for template, scope in templates]


def ids(users):
    return [user["id"] for user in users]


# Search


def test_a_search_sees_whoever_is_deactivated_and_the_list_does_not(directory, okta):
    gone = next(iter(directory.users))
    directory.set_status(gone, "DEPROVISIONED", NOON)
    assert gone not in ids(okta.walk("/api/v1/users?limit=9"))
    assert ids(okta.walk("/api/v1/users?limit=9&search=" + quote('status eq "DEPROVISIONED"'))) == [gone]
    assert okta.get(f"/api/v1/users/{gone}").json["status"] == "DEPROVISIONED"


@pytest.mark.parametrize("text", ["2024-03-05T12:00:00.001Z", "2024-03-05T13:00:00.001+01:00"])
def test_a_search_for_what_changed_since_compares_times_not_texts(directory, okta, text):
    users = list(directory.users)
    directory.suspend(users[0], NOON)
    directory.suspend(users[1], NOON + 0.001)
    directory.suspend(users[2], NOON + 1)
    assert ids(okta.walk(SEARCH + quote(f'lastUpdated ge "{text}"'))) == [users[1], users[2]]
    assert ids(okta.walk(SEARCH + quote(f'lastUpdated gt "{text}"'))) == [users[2]]
    assert len(okta.walk(SEARCH + quote('lastUpdated ge "2024-03-05T12:00:00Z"'))) == 3


def test_a_search_joins_with_and_and_or(directory, okta):
    one, two, three = list(directory.users)[:3]
    directory.suspend(one, NOON)
    directory.suspend(two, NOON + 5)
    since = 'lastUpdated gt "2024-03-05T12:00:01Z"'
    found = okta.walk(SEARCH + quote(f'status eq "SUSPENDED" and {since} or id eq "{three}"'))
    assert set(ids(found)) == {two, three}


def test_what_changes_during_a_walk_neither_hides_nor_repeats_another(directory, okta):
    url = SEARCH.replace("200", "10") + EVER
    page = okta.get(url)
    order = sorted(directory.users, key=lambda id: (directory.users[id]["lastUpdated"], id))
    first, last, moved = order[0], order[9], order[20]
    directory.delete_user(first)
    directory.delete_user(last)
    directory.suspend(moved, NOON)
    got = ids(page.json) + ids(okta.walk(page.links["next"]))
    assert got == [*(id for id in order if id != moved), moved]


@pytest.mark.parametrize("cap", [20, 25])
def test_a_search_ends_at_the_cap_without_a_word(organisation, serve_directory, cap):
    okta = serve_directory(of(organisation, search_cap=cap))
    users = okta.walk("/api/v1/users?limit=10&search=" + EVER)
    assert len(users) == len(set(ids(users))) == cap
    assert len(okta.walk("/api/v1/users?limit=10")) > cap


# Scale


def test_fifty_thousand_users_are_made_in_seconds_and_found_by_what_changed(serve_directory):
    begun = time.monotonic()
    directory = many(50_100, 200)
    assert time.monotonic() - begun < 15  # 1.5 s on two cores
    okta = serve_directory(directory, **PLENTY)
    direct = directory.administrators(through_groups=False)
    assert len(directory.administrators()) == 200 and len(direct) == 160
    listed = okta.walk("/api/v1/iam/assignees/users", "value")
    assert len(listed) == 200 and len(okta.get("/api/v1/iam/assignees/users").json["value"]) == 100
    users = okta.walk(SEARCH + EVER)
    stamps = [user["lastUpdated"] for user in users]
    assert len(set(ids(users))) == len(users) == 50_000 and stamps == sorted(stamps)
    assert 0.94 < len(set(stamps)) / len(stamps) < 0.97
    since = quote(f'lastUpdated gt "{stamps[-1]}"')
    assert len(okta.walk(SEARCH + since)) == 100  # the rest: a walk goes on from the last time it saw


def test_the_same_seed_makes_the_same(organisation):
    assert many(300, 20, seed="x").users == many(300, 20, seed="x").users != many(300, 20, seed="y").users
    assert of(organisation).roles == of(organisation).roles


# Pages


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_keep_their_limit_and_the_last_has_no_next(okta, limit):
    url, pages = f"/api/v1/apps?limit={limit}&filter=" + quote('status eq "ACTIVE"'), []
    while url:
        reply = okta.get(url)
        assert reply.links["self"].endswith(url.split(f":{okta.port}", 1)[-1])
        pages.append(ids(reply.json))
        url = reply.links.get("next")
    assert all(len(page) == limit for page in pages[:-1]) and 0 < len(pages[-1]) <= limit
    assert len({id for page in pages for id in page}) == 14


# Refusals


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/v1/users?limit=201", 400, "E0000001"),
        ("/api/v1/users?limit=0", 400, "E0000001"),
        ("/api/v1/users?filter=status", 400, "E0000001"),
        ("/api/v1/users?sortBy=lastUpdated", 400, "E0000001"),
        ("/api/v1/users?after=nonsense", 400, "E0000029"),
        ("/api/v1/users?after=W1siMSIsMl0sMl0x", 400, "E0000029"),
        ("/api/v1/users?search=colour%20eq%20%22red%22", 400, "E0000031"),
        ("/api/v1/users?search=status%20like%20%22A%22", 400, "E0000031"),
        ("/api/v1/users?search=status%20eq", 400, "E0000053"),
        ("/api/v1/users?search=lastUpdated%20gt%20%22yesterday%22", 400, "E0000030"),
        ("/api/v1/iam/assignees/users?limit=101", 400, "E0000001"),
        ("/api/v1/groups?expand=everything", 400, "E0000001"),
        ("/api/v1/groups?limit=10001", 400, "E0000001"),
        ("/api/v1/api-tokens?limit=5", 400, "E0000001"),
        ("/api/v1/policies?type=SPELLING", 400, "E0000001"),
        ("/api/v1/policies/none", 404, "E0000007"),
        ("/api/v1/policies/none/rules", 404, "E0000007"),
        ("/api/v1/groups/none/users", 404, "E0000007"),
        ("/api/v1/groups/none/roles", 404, "E0000007"),
        ("/api/v1/iam/roles/none/permissions", 404, "E0000007"),
        ("/oauth2/v1/clients/none/roles", 404, "E0000007"),
        ("/api/v1/nothing", 404, "E0000007"),
    ],
)
def test_a_wrong_request_gets_okta_s_error(okta, url, status, code):
    reply = okta.get(url)
    assert (reply.status, reply.json["errorCode"]) == (status, code)


def test_another_method_is_refused(okta):
    reply = okta.get("/api/v1/users", method="POST")
    assert (reply.status, reply.json["errorCode"]) == (405, "E0000022")


def test_a_read_only_administrator_may_see_all_but_roles_and_tokens(directory, serve_directory):
    okta = serve_directory(directory, role="READ_ONLY_ADMIN")
    for path, _ in paths(directory, OTHERS):
        assert okta.get(path).status == 200, path
    for path, _ in paths(directory, ROLES):
        reply = okta.get(path)
        assert (reply.status, reply.json["errorCode"]) == (403, "E0000006"), path
        assert reply.headers["X-Rate-Limit-Remaining"]  # it has counted


def test_without_a_token_or_a_role_nothing_is_seen(directory, serve_directory):
    for client, status in ((serve_directory(directory), 401), (serve_directory(directory, role=None), 403)):
        if status == 401:
            client.headers = {}
        for path, _ in paths(directory, ROLES + OTHERS):
            assert client.get(path).status == status, path


def test_each_path_wants_its_scope(directory, serve_directory):
    app = ServiceApp("0oa1", [JWK], SCOPES, role="SUPER_ADMIN", dpop=False)
    okta = serve_directory(directory, service_apps=[app])

    def with_scopes(scopes):
        claims = {"iss": "0oa1", "sub": "0oa1", "exp": NOON + 300, "jti": str(uuid.uuid4())}
        claims["aud"] = f"http://127.0.0.1:{okta.port}/oauth2/v1/token"
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, KEY, "RS256"),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = okta.post("/oauth2/v1/token", urlencode(form), headers).json["access_token"]
        return {"Authorization": f"Bearer {token}"}

    for path, scope in paths(directory, ROLES + OTHERS):
        assert okta.get(path, **with_scopes([scope])).status == 200, path
        refused = okta.get(path, **with_scopes(SCOPES - {scope}))
        assert refused.status == 403 and f'scope="{scope}"' in refused.headers["WWW-Authenticate"], path


# Limits


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/users", 600),
        ("/api/v1/users/{user}", 2000),
        ("/api/v1/users/{user}/roles", 2000),
        ("/api/v1/groups", 500),
        ("/api/v1/groups/{group}/roles", 500),
        ("/api/v1/apps", 100),
        ("/oauth2/v1/clients/{client}/roles", 100),
        ("/api/v1/iam/assignees/users", 1200),
        ("/api/v1/zones", 1200),
        ("/api/v1/logs", 120),
    ],
)
def test_each_path_counts_in_its_bucket(directory, serve_directory, path, limit):
    okta = serve_directory(directory)
    ((path, _),) = paths(directory, [(path, "")])
    for remaining in (limit - 1, limit - 2):
        reply = okta.get(path)
        assert reply.headers["X-Rate-Limit-Limit"] == str(limit)
        assert reply.headers["X-Rate-Limit-Remaining"] == str(remaining)


def test_a_used_up_bucket_refuses_and_leaves_the_others(directory, serve_directory):
    okta = serve_directory(directory, directory_limits={"users": 1})
    assert [okta.get("/api/v1/users").status for _ in range(2)] == [200, 429]
    assert okta.get("/api/v1/users").json["errorCode"] == "E0000047"
    assert okta.get("/api/v1/groups").status == 200
