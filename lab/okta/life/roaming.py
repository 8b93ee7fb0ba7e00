"""Okta says of an administrator's session that it roams, and it was the VPN: the company's own egress.

Okta names VPNs and proxy agents as the usual false alarm (facts/okta-log 3, Session and device).
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import places
from lab.okta.day import Day
from lab.okta.event import Happening, happen


def events(day: Day) -> Iterator[Happening]:
    works = day.console_workers()
    wanted = day.times("roaming", len(day.organisation.administrators))
    for work in day.rng("roaming", "who").sample(works, min(len(works), wanted)):
        rng = day.rng("roaming", work.person.number)
        for at in work.moments(rng, 5)[:1]:
            seat = work.seat(rng, at)
            if seat:
                region = places.ASHBURN if work.person.site is places.SITES[1] else places.FRANKFURT
                egress = seat.on(places.EGRESS.line(work.person.number, region))
                yield happen(rng, at, "security.session.detect_client_roaming", egress, target=[seat.actor.block])
