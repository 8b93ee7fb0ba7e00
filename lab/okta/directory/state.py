"""The tenant's objects, as plain JSON dicts as Okta answers them, and the changes that touch several at once.

Links inside the objects have no host (`/api/v1/users/00u…`): an answer puts that of its request before them.
Facts: facts/okta-api 3.
"""

from __future__ import annotations

import threading
from random import Random
from typing import Any, Dict, Iterable, List, Set

from lab.okta import ids
from lab.okta.directory import shapes
from lab.okta.event import published

Json = Dict[str, Any]
KINDS = ("idx", "v1")  # Identity Engine and Classic, as /.well-known/okta-organization's `pipeline` says it
# Of the policies, those that the lab serves.
POLICY_TYPES = {
    "v1": ("OKTA_SIGN_ON", "MFA_ENROLL", "PASSWORD", "IDP_DISCOVERY"),
    "idx": (
        "OKTA_SIGN_ON",
        "ACCESS_POLICY",
        "MFA_ENROLL",
        "PASSWORD",
        "IDP_DISCOVERY",
        "PROFILE_ENROLLMENT",
        "POST_AUTH_SESSION",
        "ENTITY_RISK",
    ),
}
SEARCH_CAP = 50_000  # results of one search in all


class Directory:
    """Change the dicts directly, or by the methods where more than one is touched; hold `lock` for either.

    `assignees_include_groups`: whether /iam/assignees/users lists who is an administrator only through a group,
    which Okta does not say. `search_cap`: see SEARCH_CAP.
    """

    def __init__(
        self,
        kind: str = "idx",
        *,
        seed: str = "directory",
        assignees_include_groups: bool = True,
        search_cap: int = SEARCH_CAP,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"a directory is of kind {' or '.join(KINDS)}, not {kind}")
        self.kind = kind
        self.assignees_include_groups = assignees_include_groups
        self.search_cap = search_cap
        self.lock = threading.RLock()  # the methods take it themselves
        self.rng = Random(f"{seed}/directory/{kind}")
        self.id = ids.object_id(self.rng, "00o")
        self.user_type = ids.object_id(self.rng, "oty")
        self.users: Dict[str, Json] = {}
        self.groups: Dict[str, Json] = {}
        self.members: Dict[str, Dict[str, None]] = {}  # user ids by group id, in the order of joining
        self.roles: Dict[str, List[Json]] = {}  # those given to a user, a group or a client itself, by its id
        self.custom_roles: Dict[str, Json] = {}
        self.permissions: Dict[str, List[Json]] = {}  # by custom role id
        self.factors: Dict[str, List[Json]] = {}  # by user id
        self.authenticators: Dict[str, Json] = {}
        self.policies: Dict[str, Json] = {}
        self.rules: Dict[str, List[Json]] = {}  # by policy id
        self.apps: Dict[str, Json] = {}
        self.app_groups: Dict[str, List[str]] = {}  # group ids by app id
        self.api_tokens: Dict[str, Json] = {}
        self.zones: Dict[str, Json] = {}
        self.log_streams: Dict[str, Json] = {}
        self.behaviors: Dict[str, Json] = {}
        self.admin_console: Json = {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720}
        self.threats: Json = {"action": "block", "excludeZones": []}
        self.support: Json = {"support": "DISABLED", "caseNumber": None, "expiration": None}
        self.third_party_admin: Json = {"thirdPartyAdmin": False}

    def new_id(self, prefix: str) -> str:
        with self.lock:
            return ids.object_id(self.rng, prefix)

    def add_user(
        self,
        login: str,
        now: float,
        *,
        name: str = "",
        id: str = "",
        status: str = "ACTIVE",
        groups: Iterable[str] = (),
    ) -> Json:
        """A new user, member of `groups` (ids) and of every built-in group."""
        with self.lock:
            user = shapes.user(id or self.new_id("00u"), login, name, status, self.user_type, now)
            self.users[user["id"]] = user
            built_in = [group for group, it in self.groups.items() if it["type"] == "BUILT_IN"]
            for group in (*built_in, *groups):
                self.members[group][user["id"]] = None
            return user

    def delete_user(self, id: str) -> None:
        """The user, the memberships, the roles and the factors are gone."""
        with self.lock:
            del self.users[id]
            self.roles.pop(id, None)
            self.factors.pop(id, None)
            for members in self.members.values():
                members.pop(id, None)

    def set_status(self, id: str, status: str, now: float) -> None:
        with self.lock:
            user = self.users[id]
            user["status"] = status
            user["statusChanged"] = user["lastUpdated"] = published(now)

    def suspend(self, id: str, now: float) -> None:
        self.set_status(id, "SUSPENDED", now)

    def add_group(self, name: str, now: float, *, id: str = "", type: str = "OKTA_GROUP") -> Json:
        with self.lock:
            group = shapes.group(id or self.new_id("00g"), name, type, now)
            self.groups[group["id"]] = group
            self.members[group["id"]] = {}
            return group

    def delete_group(self, id: str) -> None:
        """The group, the memberships and what its members were through it are gone."""
        with self.lock:
            del self.groups[id], self.members[id]
            self.roles.pop(id, None)
            for groups in self.app_groups.values():
                if id in groups:
                    groups.remove(id)

    def join(self, group: str, users: Iterable[str], now: float) -> None:
        with self.lock:
            self.members[group].update(dict.fromkeys(users))
            self.groups[group]["lastMembershipUpdated"] = published(now)

    def leave(self, group: str, user: str, now: float) -> None:
        with self.lock:
            del self.members[group][user]
            self.groups[group]["lastMembershipUpdated"] = published(now)

    def assign_role(
        self, assignee: str, type: str, now: float, *, custom_role: str = "", resource_set: str = ""
    ) -> Json:
        """To a user, a group or a client, by its id; CUSTOM names the custom role and the resource set."""
        with self.lock:
            assignment = "USER" if assignee in self.users else "GROUP" if assignee in self.groups else "CLIENT"
            if type == "CUSTOM":
                label = self.custom_roles[custom_role]["label"]
                role = shapes.custom_role_assignment(
                    self.new_id("irb"), label, custom_role, resource_set or self.new_id("iam"), assignment, now
                )
            else:
                role = shapes.role_assignment(self.new_id("ra1"), type, assignment, now)
            role["_links"] = {"assignee": {"href": shapes.assignee_path(assignment, assignee)}}
            self.roles.setdefault(assignee, []).append(role)
            return role

    def revoke_role(self, assignee: str, role_id: str) -> None:
        with self.lock:
            kept = [role for role in self.roles.get(assignee, []) if role["id"] != role_id]
            if len(kept) == len(self.roles.get(assignee, [])):
                raise KeyError(role_id)
            self.roles[assignee] = kept

    def add_custom_role(self, label: str, permissions: Iterable[str], now: float) -> Json:
        with self.lock:
            role = shapes.custom_role(self.new_id("cr0"), label, now)
            self.custom_roles[role["id"]] = role
            self.permissions[role["id"]] = [shapes.permission(role["id"], label, now) for label in permissions]
            return role

    def add_factor(self, user: str, type: str, now: float, *, name: str = "", status: str = "ACTIVE") -> Json:
        with self.lock:
            factor = shapes.factor(self.new_id("opf"), user, type, name, status, now)
            self.factors.setdefault(user, []).append(factor)
            return factor

    def add_service_app(self, client_id: str, label: str, now: float, *, role: str = "") -> Json:
        """An API Services app; its id is its client id, as Okta has it."""
        with self.lock:
            app = shapes.oidc_app(client_id, label, "service", now)
            self.apps[client_id] = app
            if role:
                self.assign_role(client_id, role, now)
            return app

    def roles_of_user(self, id: str) -> List[Json]:
        """The user's own, then those of the groups: each role once (the same role twice is two assignments)."""
        with self.lock:
            found = list(self.roles.get(id, []))
            for group in self.groups_with_roles():
                if id in self.members[group]:
                    found += self.roles[group]
            return found

    def groups_with_roles(self) -> List[str]:
        with self.lock:
            return [group for group in self.groups if self.roles.get(group)]

    def administrators(self, through_groups: bool = True) -> Set[str]:
        """User ids; without `through_groups` only those who were given a role themselves."""
        with self.lock:
            found = {id for id in self.users if self.roles.get(id)}
            if through_groups:
                found.update(*(self.members[group] for group in self.groups_with_roles()))
            return found
