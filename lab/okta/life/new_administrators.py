"""A new administrator by the book: asked for, approved, granted by a super administrator in the console; others' ended.

Most get a small role, one in eight a large one; some by a group. `privilegeGranted` lists all that they then have.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import console, ids
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening, happen
from lab.okta.life.at_console import open_for
from lab.okta.people import ROLES

_ROLES = (
    ROLES["help_desk"], ROLES["report"], "Read only admin", "Group Membership administrator",
    "User administrator (all)",
    "Application administrator (all)", "Mobile administrator", ROLES["organisation"],
)  # fmt: skip


def events(day: Day) -> Iterator[Happening]:
    organisation = day.organisation
    rng = day.rng("new_administrators")
    for _ in range(day.times("new_administrators", len(organisation.administrators))):
        granter = open_for(rng, day, "super")
        if granter is None:
            return
        yield from granter.opening
        at, seat = granter.at, granter.seat
        chosen = rng.choice([one for one in organisation.people if one.actor is not seat.actor])
        roles = [rng.choice(_ROLES)]
        if chosen.role:
            roles = [ROLES[chosen.role], *(role for role in roles if role != ROLES[chosen.role])]
        request = ids.request_id(rng)
        if rng.random() < 0.3:
            group = rng.choice(organisation.groups[6:9])
            yield happen(
                rng, at, "group.privilege.grant", seat, uri=f"/api/internal/groups/{group.id}/roles",
                target=[group.target], debug={"privilegeGranted": roles[-1]},
            )  # fmt: skip
            yield console.add_to_group(rng, seat, at + 20, chosen.actor, group)
            yield console.grant_roles(rng, seat, at + 22, chosen.actor, roles, request)
            continue
        yield console.grant_roles(rng, seat, at, chosen.actor, roles, request)
        if rng.random() < 0.4:
            predecessor = rng.choice(organisation.guests)
            yield console.revoke_roles(rng, seat, at + 3 * MINUTE, predecessor)
