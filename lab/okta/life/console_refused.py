"""People the Admin Console refuses, and how it ends.

Their own laptop's check fails and they are in a minute later, or after more than 59 minutes; or they
try a computer that is not managed, and go back to their own, or give up and go home. Somebody who is no
administrator clicks the button too.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import clients, console, ids
from lab.okta.clients import Machine
from lab.okta.day import HOUR, MINUTE, Day
from lab.okta.event import Happening, Seat, judgement
from lab.okta.sign_in import sign_in

# Where it is tried, and when it works afterwards on the own laptop (None: gave up).
_ENDS = (("own", 1.5 * MINUTE), ("own", 59.5 * MINUTE), ("other", None), ("other", 3 * MINUTE))


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("console_refused")
    works = day.console_workers()
    refusals = max(2, day.count("denied_console", len(works)))
    for number, work in enumerate(rng.sample(works, min(len(works), refusals))):
        computer, wait = _ENDS[(day.index * 2 + number) % len(_ENDS)]
        at = work.start + rng.uniform(2, 4) * HOUR
        own = tried = work.seat(rng, at)
        if own is None:
            continue
        if computer == "other":
            machine = Machine(clients.WINDOWS_EDGE, ids.dt_hash(rng), ids.fingerprint(rng))
            session = ids.session_id(rng, day.organisation.cookie_prefix)
            tried = Seat(work.person.actor, machine, own.line, session)
            yield from sign_in(rng, day, work.person, tried, at - 60)
        yield from console.refused_console(rng, day, tried, at, debug=judgement(("New Device",)))
        if wait is not None:
            yield from console.open_console(rng, day, own, at + wait)
    visitors = [work for work in day.at_work() if not work.person.role and not work.person.has("kiosk")]
    if not visitors:  # a quiet Sunday
        return
    curious = rng.choice(visitors)
    at = curious.start + rng.uniform(1, 5) * HOUR
    seat = curious.seat(rng, at)
    if seat:
        yield from console.refused_console(rng, day, seat, at, by_policy=False)
