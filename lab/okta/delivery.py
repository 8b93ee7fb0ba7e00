"""How the log itself behaves: events are persisted after they are published, some late, some twice,
and a third of them without AS and proxy.

In: a day's happenings. Out: `Logged` records. What befalls an event depends on its uuid alone.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from struct import Struct
from typing import Iterable, Iterator, NamedTuple

import orjson

from lab.okta.day import HOUR, MINUTE, Day
from lab.okta.event import ALWAYS_ENRICHED, NO_SECURITY, Happening
from lab.okta.rates import RATES


class Logged(NamedTuple):
    """One event as Okta's log holds it; sorts in the order of persistence. Times are epoch seconds."""

    persisted: float
    published: float
    uuid: str
    raw: bytes


_SIX = Struct("<6I")


class _Fate(NamedTuple):
    """Numbers in [0, 1) that an event always draws, each for one purpose."""

    enrichment: float
    delay: float
    late: float
    how_late: float
    twice: float
    again: float

    @classmethod
    def of(cls, uuid: str) -> _Fate:
        return cls(*(number / 2**32 for number in _SIX.unpack(blake2b(uuid.encode(), digest_size=24).digest())))


def deliver(day: Day, happenings: Iterable[Happening]) -> Iterator[Logged]:
    unenriched, late, twice = (day.wants(kind) for kind in ("unenriched", "late", "twice"))
    for at, body, delay, again in happenings:
        uuid = body["uuid"]
        event_type = body["eventType"]
        fate = _Fate.of(uuid)
        if delay is None:
            if unenriched and event_type not in ALWAYS_ENRICHED and fate.enrichment < RATES["unenriched"].value:
                body["securityContext"] = NO_SECURITY
            delay = 0.3 - 1.2 * math.log(1 - fate.delay)  # a second or two
            if late and event_type == "user.session.start" and fate.late < RATES["late_session_start"].value:
                delay = 2 * MINUTE + 20 * MINUTE * fate.how_late
            elif late and fate.late < RATES["late"].value:
                delay = MINUTE + (HOUR - 2 * MINUTE) * fate.how_late
        published = round(at, 3)
        raw = bytes(memoryview(orjson.dumps(body)))  # the copy drops orjson's buffer, three times as large
        yield Logged(round(published + delay, 3), published, uuid, raw)
        if again is None and twice and fate.twice < RATES["twice"].value:
            again = delay + 600 * fate.again
        if again is not None:
            yield Logged(round(published + again, 3), published, uuid, raw)
