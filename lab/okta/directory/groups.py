"""Groups and who is in them (facts/okta-api 3)."""

from __future__ import annotations

from typing import List

from lab.okta.directory import pages
from lab.okta.directory.call import Call, Json, invalid
from lab.okta.directory.state import Directory

MOST = 10_000
MOST_MEMBERS = 1000


def listed(call: Call) -> List[Json]:
    expand = call.query.get("expand")
    if expand not in (None, "stats"):  # Okta has `app` too
        raise invalid("expand")
    page = pages.linked(call, list(call.directory.groups.values()), MOST, MOST)
    if expand:
        return [{**group, "_embedded": {"stats": _stats(call.directory, group["id"])}} for group in page]
    return page


def members(call: Call) -> List[Json]:
    call.found(call.directory.groups, "UserGroup")
    users = [call.directory.users[id] for id in call.directory.members[call.ids[0]]]
    return pages.linked(call, users, MOST_MEMBERS, MOST_MEMBERS)


def _stats(directory: Directory, id: str) -> Json:
    return {
        "usersCount": len(directory.members[id]),
        "appsCount": sum(id in groups for groups in directory.app_groups.values()),
        "groupPushMappingsCount": 0,
        "hasAdminPrivilege": bool(directory.roles.get(id)),
        "_links": {"self": {"href": f"/api/v1/groups/{id}/stats"}},
    }
