"""The working day: a sign-in, apps from wherever the laptop is, sometimes a sign-out.

Home, office and hotspot share one session; a push is answered on the phone in the same session; a
browser that updates itself goes on in its session with the next version; a session that is older than
the log has no sign-in in it.
"""

from __future__ import annotations

from typing import Iterator, Optional

from lab.okta import applications, places
from lab.okta.day import Day, WorkingDay
from lab.okta.event import Happening, happen
from lab.okta.people import Person
from lab.okta.places import Line
from lab.okta.rates import RATES
from lab.okta.sign_in import sign_in


def events(day: Day) -> Iterator[Happening]:
    for work in day.at_work():
        if not (work.person.has("kiosk") and day.wants("kiosk")):
            yield from _one(day, work)


def _one(day: Day, work: WorkingDay) -> Iterator[Happening]:
    person = work.person
    rng = day.rng("workday", person.number)
    signed_in_before = person.has("stays_signed_in") and day.wants("old_sessions")
    for session in [] if signed_in_before else work.sessions:
        seat = work.seat(rng, session.start)
        if seat:
            yield from sign_in(rng, day, person, seat, session.start, phone_line(day, person, session.start))
    weight = RATES["sso"].value
    for at in work.moments(rng, max(3, round(rng.gauss(weight, weight / 3)))):
        seat = work.seat(rng, at)
        if seat:
            yield from applications.use(rng, day, person, seat, at)
    last = work.sessions[-1]
    seat = work.seat(rng, last.end - 1)
    if seat and not signed_in_before and rng.random() < RATES["sign_out"].value:
        yield happen(rng, last.end, "user.session.end", seat, uri="/login/signout")


def phone_line(day: Day, person: Person, at: float) -> Optional[Line]:
    """Where the phone is when a push comes: its carrier, now and then by an exit abroad."""
    if not day.wants("push_on_phone"):
        return None
    rng = day.rng("phone", person.number, int(at))
    if rng.random() < RATES["carrier_abroad"].value:
        abroad = places.FRANKFURT if person.town.country != "Germany" else places.LONDON
        return person.carrier.line(person.number, abroad)
    return person.carrier.line(person.number, v6=rng.random() < 0.5)
