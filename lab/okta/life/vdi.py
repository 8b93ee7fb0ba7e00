"""Virtual desktops: some work in a cloud provider's network beside their own laptop, in a session of its own."""

from __future__ import annotations

from typing import Iterator

from lab.okta import applications, ids, places
from lab.okta.day import Day
from lab.okta.event import Happening, Seat
from lab.okta.life.workday import phone_line
from lab.okta.sign_in import sign_in


def events(day: Day) -> Iterator[Happening]:
    for person in day.organisation.with_habit("vdi"):
        work = day.working_day(person)
        if work is None or person.virtual is None:
            continue
        rng = day.rng("vdi", person.number)
        region = places.ASHBURN if person.site is places.SITES[1] else places.FRANKFURT
        line = places.VDI.line(rng.randrange(12), region)  # whichever host is free
        seat = Seat(person.actor, person.virtual, line, ids.session_id(rng, day.organisation.cookie_prefix))
        for number, at in enumerate(work.moments(rng, 6)):
            if number == 0:
                yield from sign_in(rng, day, person, seat, at - 45, phone_line(day, person, at))
            yield from applications.use(rng, day, person, seat, at)
