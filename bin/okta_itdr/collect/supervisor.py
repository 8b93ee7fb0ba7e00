"""One run of an input: its work in a thread, so that a stop waits for no answer of Okta's, and its reports."""

from __future__ import annotations

import threading
import time
from typing import Callable, List, Optional, Protocol, Sequence

from okta_itdr.collect.delivery import Closed
from okta_itdr.collect.health import EVERY_SECONDS, SOURCETYPE
from okta_itdr.collect.run import Run
from okta_itdr.trouble import Trouble

PAGE_IN_HAND_SECONDS = 8  # given to finish it when asked to stop


class Beside(Protocol):
    """Other work with threads of its own, begun by the run's."""

    def join(self, seconds: float) -> None:
        """Wait for the page in hand."""


def supervise(run: Run, work: Callable[[], None], report: Callable[[], None], beside: Sequence[Beside] = ()) -> None:
    """Do `work` until it ends or a stop is asked for; `report` once a minute. Raises what the work raised."""
    failures: List[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except Closed:
            return
        except BaseException as failure:
            failures.append(failure)

    working = threading.Thread(target=guarded, name="work", daemon=True)
    working.start()
    reported = time.monotonic()
    while working.is_alive() and not run.stop.requested:
        working.join(0.1)
        if time.monotonic() - reported >= EVERY_SECONDS:
            report()
            reported = time.monotonic()
    run.stop.request()  # whatever is left ends with the page in hand
    until = time.monotonic() + PAGE_IN_HAND_SECONDS
    working.join(PAGE_IN_HAND_SECONDS)
    for other in beside:
        other.join(max(until - time.monotonic(), 0))
    if failures:
        raise failures[0]


def tell_health(run: Run, trouble: Optional[Trouble] = None) -> None:
    """The input's state as an event; `trouble`: what ends the run."""
    now = run.now()
    run.delivery.say(SOURCETYPE, {run.health.report(now, trouble): now})
