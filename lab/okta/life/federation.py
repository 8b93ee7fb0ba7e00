"""Identity providers and hooks kept in order by their owner, a super administrator: certificates, mappings, endpoints.

An ordinary company does this a few times a quarter; a new partner's identity provider is rarer still.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import configuration, ids
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening
from lab.okta.life.at_console import open_for
from lab.okta.people import IdentityProvider


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("federation")
    for _ in range(day.times("federation")):
        owners = [work for work in day.console_workers("super") if work.person.number in day.organisation.models]
        owner = open_for(rng, day, work=owners[-1]) if owners else None
        if owner is None:
            return
        yield from owner.opening
        at, seat = owner.at, owner.seat
        known = rng.choice(day.organisation.identity_providers)
        draw = rng.random()
        if draw < 0.35:
            yield configuration.add_idp_key(rng, seat, at, known)
            yield configuration.change_idp(rng, seat, at + 2 * MINUTE, known, "update")
        elif draw < 0.5:
            yield configuration.change_idp(rng, seat, at, known, "update")
        elif draw < 0.8:
            yield configuration.change_hook(rng, seat, at, "New users to the ticket system")
        elif draw < 0.9:
            yield configuration.change_log_stream(rng, seat, at, "Splunk")
        else:
            partner = IdentityProvider(ids.object_id(rng, "0oa"), "Joint venture")
            yield configuration.change_idp(rng, seat, at, partner, "create")
            yield configuration.change_idp(rng, seat, at + 9 * MINUTE, partner, "activate")
