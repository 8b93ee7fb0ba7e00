"""Phones: a session of their own, the home's line by night, the carrier's addresses and cities by day.

Carrier NAT gives one phone several addresses, and several cities, within the hour.
"""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import applications, ids
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, Seat, happen, judgement
from lab.okta.people import Person
from lab.okta.places import Line
from lab.okta.rates import RATES
from lab.okta.sign_in import evaluation, proof, verified


def events(day: Day) -> Iterator[Happening]:
    for person in day.pick("phones", day.organisation.people):
        yield from _one(day, person)


def _one(day: Day, person: Person) -> Iterator[Happening]:
    rng = day.rng("phones", person.number)
    session = ids.session_id(rng, day.organisation.cookie_prefix)
    wake = day.local(person.site.place, 6.5 + rng.random())
    home = person.home_v6 if person.home_v6 and day.wants("dual_stack") else person.home
    seat = Seat(person.actor, person.phone, home, session)
    organisation = day.organisation
    yield evaluation(rng, wake, seat, organisation.dashboard, "CHALLENGE", organisation.policy)
    yield proof(rng, wake + 3, person, seat, "SIGNED_NONCE")
    yield evaluation(rng, wake + 3.3, seat, organisation.dashboard, "ALLOW", organisation.policy, debug=judgement())
    yield happen(rng, wake + 3.5, "user.session.start", seat, uri="/idp/idx/challenge/answer", debug=judgement())
    yield verified(rng, wake + 3.6, seat)
    for at in sorted(rng.uniform(wake + 60, wake + 14 * HOUR) for _ in range(round(RATES["phone_sso"].value))):
        at_home = at < wake + HOUR or at > wake + 12 * HOUR
        line: Line = home if at_home else _on_the_way(rng, day, person)
        yield from applications.sign_on(rng, day, seat.on(line), rng.choice(organisation.apps[:8]), at)


def _on_the_way(rng: Random, day: Day, person: Person) -> Line:
    if rng.random() < 0.3 and day.wants("moving"):
        return person.site.office.line(person.number // 20)
    at_home = [place for place in person.carrier.places if place.country == person.site.place.country]
    abroad = person.has("border") or rng.random() < RATES["carrier_abroad"].value
    place = rng.choice(person.carrier.places if abroad else at_home)
    if day.wants("dual_stack") and rng.random() < RATES["dual_stack"].value:
        return person.carrier.line(16 * person.number + rng.randrange(16), place, v6=True)
    return person.carrier.line(rng.randrange(14), place)  # carrier NAT: shared with everybody
