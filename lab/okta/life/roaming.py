"""Okta says of an administrator's session that it roams: it was the company's egress, or the phone's network.

Both in the same city. Okta names VPNs and proxy agents as the usual false alarm (facts/okta-log 3, Session and device).
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import places
from lab.okta.day import Day
from lab.okta.event import Happening, happen


def events(day: Day) -> Iterator[Happening]:
    for work in day.some("roaming", day.console_workers(), len(day.organisation.administrators)):
        rng = day.rng("roaming", work.person.number)
        for at in work.moments(rng, 5)[:1]:
            seat = work.seat(rng, at)
            if seat:
                place = work.person.site.place
                network = places.EGRESS if rng.random() < 0.5 else work.person.carrier
                there = seat.on(network.line(rng.randrange(6), place))
                yield happen(rng, at, "security.session.detect_client_roaming", there, target=[seat.actor.block])
