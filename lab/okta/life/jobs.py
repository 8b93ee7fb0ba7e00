"""Okta at work by itself: jobs without any client, and now and then an event with hundreds of targets."""

from __future__ import annotations

from typing import Iterator

from lab.okta import ids
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, happen, system, thing


def events(day: Day) -> Iterator[Happening]:
    """Directory imports: the client block is null, the actor is system@okta.com."""
    rng = day.rng("system_jobs")
    organisation = day.organisation
    app = organisation.apps[1]
    for _ in range(day.count("system_jobs", 24 * len(organisation.people) / 10)):
        at = day.start + rng.uniform(0, 24) * HOUR
        user = rng.choice(organisation.people).actor
        member = thing("AppUser", ids.object_id(rng, "0ua"), user.display_name, user.alternate_id)
        yield happen(rng, at, "app.user_management", system(), target=[member, app.target])


def large_events(day: Day) -> Iterator[Happening]:
    """An import's end with 300 targets: some 40 kB in one event."""
    rng = day.rng("large_events")
    organisation = day.organisation
    for _ in range(day.count("large_events")):
        at = day.start + rng.uniform(1, 23) * HOUR
        job = {"importTrigger": "MANUAL", "addedObjects": "0", "updatedObjects": "300"}
        app = organisation.apps[3].target
        yield happen(rng, at, "system.import.start", system(), target=[app], debug={"importTrigger": "MANUAL"})
        targets = [app]
        for number in range(300):
            user = organisation.people[number % len(organisation.people)].actor
            targets.append(thing("AppUser", ids.object_id(rng, "0ua"), user.display_name, user.alternate_id))
        yield happen(rng, at + 240, "system.import.complete", system(), target=targets, debug=job)
