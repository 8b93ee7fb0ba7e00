"""The scheduler: which saved search is due when (savedsearches.conf.spec, cron_schedule and realtime_schedule).

It knows no clock: `run_due(now)` runs what has come due, `next_due()` says when to come again. Cron
expressions are read in UTC, as a Splunk server in UTC does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Callable

from cronsim import CronSim, CronSimError

from lab.schedule.dispatch import Job
from lab.schedule.memory import LastRun, ScheduleMemory
from lab.schedule.saved_search import PRIORITIES, SavedSearch, SavedSearchError

# splunkd looks for due searches every few seconds; a real-time scheduled search whose moment is
# further back than this was missed while splunkd was down, and is skipped.
_LATE_SECONDS = 60


class Scheduler:
    """Runs each enabled, scheduled search of `searches` at its moments after `since`, or after its last run where
    `memory` knows one: what continuous scheduling missed during an outage is caught up.

    `run(saved, moment)` dispatches one with `moment` as its *now*: the scheduled time, also when it
    runs later, so that a missed window is caught up as if nothing had happened.
    """

    def __init__(
        self,
        searches: Iterable[SavedSearch],
        run: Callable[[SavedSearch, float], Job],
        since: float,
        memory: ScheduleMemory | None = None,
    ) -> None:
        self._run = run
        self._memory = memory or ScheduleMemory()
        due = [saved for saved in searches if saved.scheduled and not saved.disabled]
        known = {saved.key for saved in due}
        for key in [key for key in self._memory.runs if key not in known]:
            del self._memory.runs[key]  # switched off since: it starts anew when it is switched on
        self._timetables = [_Timetable(saved, self._since(saved, since)) for saved in due]

    def _since(self, saved: SavedSearch, since: float) -> float:
        last = self._memory.runs.get(saved.key)
        caught_up = last is not None and last.cron == saved.cron_schedule and not saved.realtime_schedule
        return last.moment if last is not None and caught_up else since

    def next_due(self) -> float | None:
        return min((timetable.due for timetable in self._timetables if timetable.due is not None), default=None)

    def run_due(self, now: float) -> list[Job]:
        """Run all that is due at `now`, in the order of their moments."""
        runs: list[tuple[float, bool, int, str, str, SavedSearch]] = []
        for timetable in self._timetables:
            saved = timetable.saved
            # At one moment real-time scheduled searches go first, then by priority (savedsearches.conf.spec,
            # schedule_priority); then by name, for the same order always.
            order = (not saved.realtime_schedule, PRIORITIES.index(saved.priority), saved.app, saved.title)
            runs += [(at, *order, saved) for at in timetable.take(now)]
        runs.sort(key=lambda run: run[:5])
        return [self._dispatch(run[5], run[0]) for run in runs]

    def _dispatch(self, saved: SavedSearch, moment: float) -> Job:
        job = self._run(saved, moment)
        self._memory.runs[saved.key] = LastRun(moment, saved.cron_schedule, job.count)
        self._memory.save()
        return job


@dataclass
class _Timetable:
    saved: SavedSearch
    since: float
    due: float | None = field(init=False)
    _moments: Iterator[datetime] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            self._moments = CronSim(self.saved.cron_schedule, datetime.fromtimestamp(self.since, timezone.utc))
        except CronSimError as error:
            raise SavedSearchError(
                f"[{self.saved.title}] cron_schedule = {self.saved.cron_schedule}: not a cron expression ({error})"
            ) from None
        self._advance()

    def take(self, now: float) -> list[float]:
        """The moments to run at `now`; continuous scheduling keeps every one, real-time only the latest, if fresh."""
        moments = self.take_all(now)
        if not self.saved.realtime_schedule:
            return moments
        return [moment for moment in moments[-1:] if now - moment < _LATE_SECONDS]

    def take_all(self, until: float) -> list[float]:
        """Every moment up to `until`."""
        moments: list[float] = []
        while self.due is not None and self.due <= until:
            moments.append(self.due)
            self._advance()
        return moments

    def _advance(self) -> None:
        moment = next(self._moments, None)
        self.due = None if moment is None else moment.timestamp()


def scheduled_moments(saved: SavedSearch, earliest: float, latest: float) -> list[float]:
    """When `saved` is due after `earliest` and not after `latest`; never, where it is not scheduled."""
    if not saved.scheduled or saved.disabled:
        return []
    return _Timetable(saved, earliest).take_all(latest)
