"""Which path is answered by what, for whom, and out of which rate limit (facts/okta-api 2.2 and 3)."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from lab.okta.directory import apps, groups, organisation, policies, roles
from lab.okta.directory.call import Call
from lab.okta.directory.users import Users

# Requests a minute, product Workforce Identity; "" is everything else under /api/v1.
BUCKETS = {
    "users": 600,
    "users/{id}": 2000,
    "groups": 500,
    "groups/{id}": 500,
    "apps": 100,
    "clients": 100,
    "": 1200,
}
# A read-only administrator's token is refused who has which role, whatever its scope: publicly reported.
SUPER = frozenset({"SUPER_ADMIN"})
# That an organisation administrator sees the tokens is the lab's guess; a read-only one does not.
ORGANISATION = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
ANY: FrozenSet[str] = frozenset()
Ids = Tuple[str, ...]  # those in a path, in order


class Route(NamedTuple):
    pattern: re.Pattern
    handler: Callable[[Call], Any]
    scope: Optional[str]  # None: public
    bucket: Optional[str]  # None: without a limit
    parameters: FrozenSet[str]
    roles: FrozenSet[str]  # the administrators who may; empty for any


class Table:
    """`find` gives the route of a path and the ids in it."""

    def __init__(self) -> None:
        users = Users()
        self._routes: List[Route] = []
        page = ("limit", "after")

        self._add("/.well-known/okta-organization", organisation.well_known, None, None)

        search = (*page, "search", "sortBy", "sortOrder")
        self._add("/api/v1/users", users.listed, "users", "users", *search)
        self._add("/api/v1/users/{}", users.one, "users", "users/{id}")
        self._add("/api/v1/users/{}/factors", users.factors, "users", "users/{id}")
        self._add("/api/v1/groups", groups.listed, "groups", "groups", *page, "expand")
        self._add("/api/v1/groups/{}/users", groups.members, "groups", "groups/{id}", *page)

        self._add("/api/v1/users/{}/roles", roles.of_user, "roles", "users/{id}", to=SUPER)
        self._add("/api/v1/groups/{}/roles", roles.of_group, "roles", "groups/{id}", to=SUPER)
        self._add("/oauth2/v1/clients/{}/roles", roles.of_client, "roles", "clients", to=SUPER)
        self._add("/api/v1/iam/assignees/users", roles.assignees, "roles", "", *page, to=SUPER)
        self._add("/api/v1/iam/roles", roles.custom, "roles", "", "after", to=SUPER)
        self._add("/api/v1/iam/roles/{}/permissions", roles.permissions, "roles", "", to=SUPER)

        self._add("/api/v1/apps", apps.listed, "apps", "apps", *page, "filter")
        self._add("/api/v1/apps/{}", apps.one, "apps", "apps")
        self._add("/api/v1/authenticators", policies.authenticators, "authenticators", "")
        self._add("/api/v1/policies", policies.listed, "policies", "", *page, "type", "status")
        self._add("/api/v1/policies/{}", policies.one, "policies", "")
        self._add("/api/v1/policies/{}/rules", policies.rules, "policies", "", *page)

        self._add("/api/v1/first-party-app-settings/admin-console", organisation.admin_console, "apps", "")
        self._add("/api/v1/api-tokens", organisation.api_tokens, "apiTokens", "", to=ORGANISATION)
        self._add("/api/v1/zones", organisation.zones, "networkZones", "", *page, "filter")
        self._add("/api/v1/logStreams", organisation.log_streams, "logStreams", "", *page)
        self._add("/api/v1/behaviors", organisation.behaviors, "behaviors", "")
        self._add("/api/v1/threats/configuration", organisation.threats, "threatInsights", "")
        self._add("/api/v1/org/privacy/oktaSupport", organisation.support, "orgs", "")
        self._add("/api/v1/org/orgSettings/thirdPartyAdminSetting", organisation.third_party_admin, "orgs", "")

    def _add(
        self,
        path: str,
        handler: Callable[[Call], Any],
        resource: Optional[str],
        bucket: Optional[str],
        *parameters: str,
        to: FrozenSet[str] = ANY,
    ) -> None:
        pattern = re.compile(re.escape(path).replace(r"\{\}", "([^/]+)"))
        scope = resource and f"okta.{resource}.read"
        self._routes.append(Route(pattern, handler, scope, bucket, frozenset(parameters), to))

    def find(self, path: str) -> Optional[Tuple[Route, Ids]]:
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match:
                return route, match.groups()
        return None


def limits(others: Dict[str, int]) -> Dict[str, int]:
    """The buckets' figures, with `others` in place of some."""
    unknown = sorted(set(others) - set(BUCKETS))
    if unknown:
        raise ValueError(f"no such rate limit: {', '.join(unknown)}")
    return {**BUCKETS, **others}
