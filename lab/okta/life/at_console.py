"""An administrator who opens the console for one piece of work."""

from __future__ import annotations

from random import Random
from typing import Iterator, NamedTuple, Optional

from lab.okta import console
from lab.okta.day import HOUR, Day, WorkingDay
from lab.okta.event import Happening, Seat


class AtConsole(NamedTuple):
    """The work can begin at `at`; `opening` is how the console was opened."""

    at: float
    seat: Seat
    opening: Iterator[Happening]


def open_for(rng: Random, day: Day, *roles: str, work: Optional[WorkingDay] = None) -> Optional[AtConsole]:
    """Somebody of those roles (or whose `work` it is), some time within the working day; None where nobody can."""
    works = day.console_workers(*roles) if work is None else [work]
    for chosen in rng.sample(works, len(works)):
        at = chosen.start + rng.uniform(0.8, 6.5) * HOUR
        seat = chosen.seat(rng, at)
        if seat:
            return AtConsole(at, seat, console.open_console(rng, day, seat, at - 75))
    return None
