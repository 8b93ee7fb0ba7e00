"""What a snapshot of a tenant asks: each kind of request, what its objects are, and which requests follow from them.

Paths, parameters and shapes: Okta Management API 5.1.0. A request is a name of REQUESTS and an argument; what an
answer leads to is asked next, so that a snapshot's open ends stay few however large the tenant is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterator, List, Mapping, NamedTuple, Tuple
from urllib.parse import urlsplit

from okta_itdr.collect.object_page import Object

IDENTITY_ENGINE, CLASSIC = "idx", "v1"  # Okta's own words for the two kinds of tenant ("pipeline")

_ROLES = (
    "Read-only Administrator does not do here: it takes Super Administrator, or a custom role with the permission to "
    "view roles, resources and administrators"
)


class Ask(NamedTuple):
    """One request: its name in REQUESTS, and whose (an id, a type, or nothing)."""

    name: str
    argument: str = ""


@dataclass(frozen=True)
class Request:
    """`path` with the argument at `{}`. `kind`: of the events its objects become, none without.

    `owner`: the name under which the argument stands in each event. `about`: what else stands there. `inside`,
    `single`: see object_page. `wanted`: which objects matter. `then`: what to ask because of one of them.
    `administrators`: each is one, asked about once. `needs`: what else to say where the caller's role does not do.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    owner: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    inside: str = ""
    single: bool = False
    wanted: Callable[[Object], bool] = lambda each: True
    then: Callable[[Object], Iterator[Ask]] = lambda each: iter(())
    administrators: bool = False
    needs: str = ""
    pipelines: Tuple[str, ...] = (IDENTITY_ENGINE, CLASSIC)


def _id(each: Object) -> str:
    return str(each.get("id") or "")


def _at(each: Object, *names: str) -> object:
    """What stands at a path of names; None where one of them is missing."""
    found: object = each
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _administrator(name: str) -> Callable[[Object], Iterator[Ask]]:
    def then(each: Object) -> Iterator[Ask]:
        yield Ask(name, _id(each))
        yield Ask("user_roles", _id(each))
        yield Ask("factors", _id(each))

    return then


def _rules(each: Object) -> Iterator[Ask]:
    yield Ask("rules", _id(each))


def _access_policy(each: Object) -> Iterator[Ask]:
    link = _at(each, "_links", "accessPolicy", "href")
    if isinstance(link, str):
        yield Ask("policy", urlsplit(link).path.rsplit("/", 1)[-1])


def _has_roles(each: Object) -> bool:
    """Okta's own group of all administrators lists no members (okta/terraform-provider-okta issue 1845)."""
    own = each.get("type") == "BUILT_IN" and _at(each, "profile", "name") == "Okta Administrators"
    return _at(each, "_embedded", "stats", "hasAdminPrivilege") is True and not own


def _group(each: Object) -> Iterator[Ask]:
    yield Ask("group_roles", _id(each))
    yield Ask("members", _id(each))


def _is_service(each: Object) -> bool:
    return _at(each, "settings", "oauthClient", "application_type") == "service"


def _client(each: Object) -> Iterator[Ask]:
    client = _at(each, "credentials", "oauthClient", "client_id")
    if isinstance(client, str):
        yield Ask("client_roles", client)


def _permissions(each: Object) -> Iterator[Ask]:
    yield Ask("permissions", _id(each))


def _factors(each: Object) -> Iterator[Ask]:
    yield Ask("factors", _id(each))


def _setting(name: str, path: str, **more) -> Request:
    return Request(path, kind="setting", about={"setting": name}, single=True, **more)


_IDX = (IDENTITY_ENGINE,)

REQUESTS: Mapping[str, Request] = {
    "organization": _setting("organization", "/.well-known/okta-organization"),
    # Administrators: those whom Okta lists as such, and the members of groups that have roles. Okta does not say
    # whether the first includes the second; each administrator's event tells.
    "assignees": Request(
        "/api/v1/iam/assignees/users",
        {"limit": "100"},
        inside="value",
        then=_administrator("administrator"),
        administrators=True,
        needs=_ROLES,
    ),
    "groups": Request("/api/v1/groups", {"limit": "200", "expand": "stats"}, wanted=_has_roles, then=_group),
    "members": Request(
        "/api/v1/groups/{}/users", {"limit": "200"}, then=_administrator("administrator_by_group"), administrators=True
    ),
    "administrator": Request("/api/v1/users/{}", kind="administrator", about={"assignee": True}, single=True),
    "administrator_by_group": Request("/api/v1/users/{}", kind="administrator", about={"assignee": False}, single=True),
    "user_roles": Request("/api/v1/users/{}/roles", kind="role", owner="user_id", needs=_ROLES),
    "group_roles": Request("/api/v1/groups/{}/roles", kind="role", owner="group_id", needs=_ROLES),
    "client_roles": Request("/oauth2/v1/clients/{}/roles", kind="role", owner="client_id", needs=_ROLES),
    "custom_roles": Request("/api/v1/iam/roles", kind="custom_role", inside="roles", then=_permissions, needs=_ROLES),
    "permissions": Request(
        "/api/v1/iam/roles/{}/permissions", kind="permission", owner="role_id", inside="permissions", needs=_ROLES
    ),
    "factors": Request("/api/v1/users/{}/factors", kind="factor", owner="user_id"),
    "everyone": Request("/api/v1/users", {"limit": "200"}, then=_factors),
    # Apps: Okta's own consoles and what may call the API; not the hundreds that people sign in to.
    "service_apps": Request(
        "/api/v1/apps",
        {"filter": 'name eq "oidc_client"', "limit": "200"},
        kind="app",
        wanted=_is_service,
        then=_client,
    ),
    "console": Request(
        "/api/v1/apps", {"filter": 'name eq "saasure"', "limit": "200"}, kind="app", then=_access_policy
    ),
    "dashboard": Request(
        "/api/v1/apps", {"filter": 'name eq "okta_enduser"', "limit": "200"}, kind="app", then=_access_policy
    ),
    "policy": Request("/api/v1/policies/{}", kind="policy", single=True, then=_rules, pipelines=_IDX),
    "global_session": Request("/api/v1/policies", {"type": "OKTA_SIGN_ON"}, kind="policy", then=_rules),
    "enrolment": Request("/api/v1/policies", {"type": "MFA_ENROLL"}, kind="policy", then=_rules),
    "session_protection": Request(
        "/api/v1/policies", {"type": "POST_AUTH_SESSION"}, kind="policy", then=_rules, pipelines=_IDX
    ),
    "entity_risk": Request("/api/v1/policies", {"type": "ENTITY_RISK"}, kind="policy", then=_rules, pipelines=_IDX),
    "rules": Request("/api/v1/policies/{}/rules", kind="rule", owner="policy_id"),
    "authenticators": Request("/api/v1/authenticators", kind="authenticator", pipelines=_IDX),
    "api_tokens": Request(
        "/api/v1/api-tokens",
        kind="api_token",
        needs="Okta shows all of them to Super Administrators alone, to others their own",
    ),
    "zones": Request("/api/v1/zones", {"limit": "200"}, kind="zone"),
    "log_streams": Request("/api/v1/logStreams", {"limit": "100"}, kind="log_stream"),
    "behaviors": Request("/api/v1/behaviors", kind="behavior"),
    "console_session": _setting("console_session", "/api/v1/first-party-app-settings/admin-console"),
    "threat_insight": _setting("threat_insight", "/api/v1/threats/configuration"),
    "support_access": _setting("support_access", "/api/v1/org/privacy/oktaSupport"),
    "third_party_admin": _setting("third_party_admin", "/api/v1/org/orgSettings/thirdPartyAdminSetting"),
}

# In this order; everyone's factors only where the input's setting says so.
FIRST: List[str] = [
    "organization",
    "assignees",
    "groups",
    "custom_roles",
    "service_apps",
    "console",
    "dashboard",
    "global_session",
    "enrolment",
    "session_protection",
    "entity_risk",
    "authenticators",
    "api_tokens",
    "zones",
    "log_streams",
    "behaviors",
    "console_session",
    "threat_insight",
    "support_access",
    "third_party_admin",
]

# Okta's scope for each part of it; users' includes their factors.
SCOPES = (
    "okta.users.read",
    "okta.groups.read",
    "okta.roles.read",
    "okta.apps.read",
    "okta.policies.read",
    "okta.authenticators.read",
    "okta.apiTokens.read",
    "okta.networkZones.read",
    "okta.logStreams.read",
    "okta.behaviors.read",
    "okta.threatInsights.read",
    "okta.orgs.read",
)
