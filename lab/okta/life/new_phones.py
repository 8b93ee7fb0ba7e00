"""An administrator has a new phone, or a new laptop: the help desk resets the factors, the administrator enrols anew.

From the usual place and, with a new phone, on the usual laptop; a new laptop is another machine at the usual place.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Iterator, Optional, Tuple

from lab.okta import configuration, console, ids
from lab.okta.day import MINUTE, Day, WorkingDay
from lab.okta.event import Happening, Seat
from lab.okta.life.at_console import AtConsole, open_for
from lab.okta.sign_in import sign_in


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("new_phones")
    for _ in range(day.times("new_phones", len(day.organisation.administrators))):
        found = _two_who_meet(rng, day)
        if found is None:
            return
        desk, work, seat, back = found
        person = work.person
        yield from desk.opening
        yield from configuration.reset_all_factors(rng, desk.seat, desk.at, person.actor, (person.factor,))
        machine = person.laptop
        if rng.random() < 0.25:
            machine = replace(machine, dt_hash=ids.dt_hash(rng), fingerprint=ids.fingerprint(rng), lag=0.0)
        anew = replace(seat, machine=machine, session=ids.session_id(rng, day.organisation.cookie_prefix))
        yield from sign_in(rng, day, person, anew, back)
        yield console.enrol_factor(rng, anew, back + 60, person.factor)


def _two_who_meet(rng: Random, day: Day) -> Optional[Tuple[AtConsole, WorkingDay, Seat, float]]:
    """A help desk (or whoever stands in for it) and an administrator at work at the same hour."""
    works = day.console_workers()
    for role in ("help_desk", "organisation", "super"):
        for _ in range(6):
            desk = open_for(rng, day, role)
            if desk is None:
                break
            back = desk.at + rng.uniform(8, 50) * MINUTE
            for work in rng.sample(works, len(works)):
                seat = work.seat(rng, back)
                if seat and work.person.actor is not desk.seat.actor:
                    return desk, work, seat, back
    return None
