"""Who is administrator, of what role, and what a custom role may do (facts/okta-api 3)."""

from __future__ import annotations

from typing import List

from lab.okta.directory import pages
from lab.okta.directory.call import Call, Json

MOST_ASSIGNEES = 100
CUSTOM_ROLES_A_PAGE = 20  # the lab's figure: the endpoint takes no limit


def of_user(call: Call) -> List[Json]:
    """Through groups as well."""
    call.found(call.directory.users, "User")
    return call.directory.roles_of_user(call.ids[0])


def of_group(call: Call) -> List[Json]:
    call.found(call.directory.groups, "UserGroup")
    return call.directory.roles.get(call.ids[0], [])


def of_client(call: Call) -> List[Json]:
    clients = {app["credentials"].get("oauthClient", {}).get("client_id") for app in call.directory.apps.values()}
    call.found(dict.fromkeys(clients, {}), "PublicClientApp")
    return call.directory.roles.get(call.ids[0], [])


def assignees(call: Call) -> Json:
    directory = call.directory
    users = directory.administrators(directory.assignees_include_groups)
    listed = [
        {
            "id": id,
            "orn": f"orn:okta:directory:{directory.id}:users:{id}",
            "_links": {
                "self": {"href": f"/api/v1/users/{id}"},
                "roles": {"href": f"/api/v1/users/{id}/roles"},
            },
        }
        for id in users
    ]
    return pages.embedded(call, "value", listed, MOST_ASSIGNEES, MOST_ASSIGNEES)


def custom(call: Call) -> Json:
    roles = list(call.directory.custom_roles.values())
    return pages.embedded(call, "roles", roles, CUSTOM_ROLES_A_PAGE, CUSTOM_ROLES_A_PAGE)


def permissions(call: Call) -> Json:
    """On one page: the endpoint takes no parameter."""
    call.found(call.directory.custom_roles, "Role")
    return {"permissions": call.directory.permissions[call.ids[0]], "_links": {}}
