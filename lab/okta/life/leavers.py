"""People leave: the HR system closes their accounts, an administrator deletes them weeks later.

The leavers are guests' accounts, so that the company keeps its people.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import clients, console, places
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, happen, system
from lab.okta.life.at_console import open_for
from lab.okta.life.automation import seat_of


def events(day: Day) -> Iterator[Happening]:
    organisation = day.organisation
    rng = day.rng("leavers")
    at = day.start + 17 * HOUR
    for _ in range(day.times("leavers", len(organisation.people))):
        at += rng.uniform(2, 600)
        leaver = rng.choice(organisation.guests)
        seat = seat_of(rng, day, "hr", clients.HR_CONNECTOR, places.HR_SERVICE)
        uri = f"/api/v1/groups/{organisation.groups[-1].id}/users/{leaver.id}"
        target = [leaver.block, organisation.groups[-1].target]
        yield console.close_account(rng, seat, at, leaver)
        yield happen(rng, at + 0.6, "group.user_membership.remove", seat, uri=uri, target=target)
        yield happen(rng, at + 1, "user.session.clear", system(), target=[leaver.block])
    deleter = open_for(rng, day, "super", "organisation") if rng.random() < 0.3 or day.index == 0 else None
    if deleter:
        yield from deleter.opening
        at = deleter.at
        for _ in range(day.times("leavers", len(organisation.people))):
            gone = rng.choice(organisation.guests)
            at += rng.uniform(5, 60)
            uri = f"/api/v1/users/{gone.id}"
            yield happen(rng, at, "user.lifecycle.delete.initiated", deleter.seat, uri=uri, target=[gone.block])
            yield happen(rng, at + 3, "user.lifecycle.delete.completed", system(), target=[gone.block])
