"""Shared machines: one device token and fingerprint, many people, short sessions, signed out after each."""

from __future__ import annotations

from typing import Iterator

from lab.okta import applications, ids
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening, Seat, happen
from lab.okta.life.workday import phone_line
from lab.okta.rates import RATES
from lab.okta.sign_in import sign_in


def events(day: Day) -> Iterator[Happening]:
    for person in day.organisation.with_habit("kiosk"):
        work = day.working_day(person)
        if work is None:
            continue
        rng = day.rng("kiosk", person.number)
        for at in work.moments(rng, round(RATES["kiosk"].value)):
            session = ids.session_id(rng, day.organisation.cookie_prefix)
            seat = Seat(person.actor, day.organisation.kiosk, work.sitting_at(at).line, session)
            yield from sign_in(rng, day, person, seat, at, phone_line(day, person, at))
            for _ in range(2):
                at += rng.uniform(1, 4) * MINUTE
                yield from applications.use(rng, day, person, seat, at)
            yield happen(rng, at + 90, "user.session.end", seat, uri="/login/signout")
