"""The company's VPN asks Okta by RADIUS: the gateway's address, its agent, no session and no cookie."""

from __future__ import annotations

from typing import Iterator

from lab.okta import clients
from lab.okta.clients import Machine
from lab.okta.day import Day
from lab.okta.event import Happening, Seat, happen

_AGENT = clients.service("Okta RADIUS Server Agent/2.20.0")


def events(day: Day) -> Iterator[Happening]:
    works = [work for work in day.at_work() if not work.person.has("kiosk")]
    for work in day.pick("vpn_gateway", works):
        rng = day.rng("vpn_gateway", work.person.number)
        gateway = work.person.site.office.line(13)
        seat = Seat(work.person.actor, Machine(_AGENT, "", ""), gateway, None, cookies=False)
        at = work.start + rng.uniform(-300, 300)
        yield happen(
            rng, at, "user.authentication.auth_via_radius", seat, uri="/api/v1/radius", target=[seat.actor.block]
        )
