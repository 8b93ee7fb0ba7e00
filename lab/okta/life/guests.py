"""Guests' accounts (contractors, partners, shared mailboxes): the HR system pushes their profiles at night."""

from __future__ import annotations

from typing import Iterator

from lab.okta import clients, console, places
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening
from lab.okta.life.automation import seat_of


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("guests")
    guests = day.organisation.guests
    at = day.start + 1 * HOUR
    for guest in rng.sample(guests, day.count("guests", len(guests))):
        at += rng.uniform(0.2, 4)
        seat = seat_of(rng, day, "hr", clients.HR_CONNECTOR, places.HR_SERVICE)
        yield console.update_profile(rng, seat, at, guest)
