"""Travel by plane: morning at home, an hour on the plane's network, a hotel in another country.

The laptop, its cookies and its session stay; at the hotel the policy asks for the factor again, on the
plane it does so half of the time. Hours lie between the countries, as they do.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import applications, ids, places
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, Seat
from lab.okta.life.workday import phone_line
from lab.okta.sign_in import sign_in


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("travel")
    organisation = day.organisation
    for person in day.travellers:
        session = ids.session_id(rng, organisation.cookie_prefix)
        morning = day.local(person.site.place, 6.5 + rng.random())
        at_home = Seat(person.actor, person.laptop, person.home, session)
        yield from sign_in(rng, day, person, at_home, morning, phone_line(day, person, morning))
        yield from applications.use(rng, day, person, at_home, morning + 0.5 * HOUR)
        take_off = morning + 3.5 * HOUR
        on_board = at_home.on(places.PLANE.line(rng.randrange(6)))
        if rng.random() < 0.5:
            yield from applications.step_up(rng, day, person, on_board, rng.choice(organisation.apps), take_off)
        yield from applications.sign_on(rng, day, on_board, rng.choice(organisation.apps), take_off + 0.6 * HOUR)
        elsewhere = [place for place in places.HOTEL.places if place.country != person.town.country]
        hotel = at_home.on(places.HOTEL.line(rng.randrange(6), rng.choice(elsewhere)))
        arrival = take_off + 4 * HOUR
        yield from applications.step_up(rng, day, person, hotel, rng.choice(organisation.apps), arrival)
        for hour in (0.4, 1.1, 2.3):
            yield from applications.sign_on(rng, day, hotel, rng.choice(organisation.apps), arrival + hour * HOUR)
