"""Replay: the clock stepped through every moment at which Splunk would start something."""

from __future__ import annotations

from typing import Callable, Protocol

from lab.clock import Clock
from lab.schedule.dispatch import Job
from lab.schedule.scheduler import Scheduler


class Inputs(Protocol):
    """Inputs with their intervals (`lab.splunkd.inputs.Inputs`)."""

    def next_due(self) -> float | None: ...

    def run_due(self, now: float) -> object: ...


def replay(
    scheduler: Scheduler,
    clock: Clock,
    until: float,
    each_tick: Callable[[float, list[Job]], None] = lambda moment, jobs: None,
    inputs: Inputs | None = None,
) -> None:
    """Step `clock` to `until`; at each due moment the inputs run first, then the searches.

    `each_tick(moment, jobs)` is called after each moment with the searches that ran there.
    """
    while True:
        dues = [scheduler.next_due(), inputs.next_due() if inputs is not None else None]
        moment = min((due for due in dues if due is not None), default=None)
        if moment is None or moment > until:
            break
        now = max(moment, clock.now())
        clock.set(now)
        if inputs is not None:
            inputs.run_due(now)
        each_tick(now, scheduler.run_due(now))
    clock.set(max(until, clock.now()))
