"""API tokens made for new integrations, and old ones exchanged for new ones, by super administrators in the console."""

from __future__ import annotations

from typing import Iterator

from lab.okta import configuration, ids
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening
from lab.okta.life.at_console import open_for

_NAMES = ("Backup job", "Inventory", "SIEM", "Ticket system", "Terraform 2")


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("api_tokens")
    for _ in range(day.times("api_tokens")):
        owner = open_for(rng, day, "super")
        if owner is None:
            return
        yield from owner.opening
        name = rng.choice(_NAMES)
        yield configuration.api_token(rng, owner.seat, owner.at, ids.object_id(rng, "00T"), name)
        if rng.random() < 0.6:
            later = owner.at + rng.uniform(5, 45) * MINUTE
            yield configuration.api_token(rng, owner.seat, later, ids.object_id(rng, "00T"), name, "revoke")
