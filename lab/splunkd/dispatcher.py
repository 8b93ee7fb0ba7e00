"""Saved searches dispatched, by the scheduler or over REST: their jobs, their triggered alerts, their throttling."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Callable

from lab.schedule.dispatch import Act, Job, dispatch, dispatch_scheduled
from lab.schedule.memory import ScheduleMemory
from lab.schedule.saved_search import SavedSearch
from lab.schedule.scheduler import Scheduler, scheduled_moments
from lab.schedule.search_head import SearchHead
from lab.schedule.throttle import Throttle
from lab.schedule.window import Window, scheduled_window
from lab.splunkd.fired_alerts import FiredAlert, FiredAlerts
from lab.splunkd.jobs import Jobs, SearchJob


class Dispatcher:
    """Of one instance; `memory` is the file that outlives a restart."""

    def __init__(
        self, head: Callable[[], SearchHead], act: Act, jobs: Jobs, memory: Path, now: Callable[[], float]
    ) -> None:
        self._head = head
        self._act = act
        self._jobs = jobs
        self._memory = ScheduleMemory(memory)
        self._throttle = Throttle(self._memory)
        self._fired = FiredAlerts()
        self._now = now

    def scheduler(self, searches: list[SavedSearch]) -> Scheduler:
        """A scheduler of those that are enabled: from now on, or from where it stood before a restart."""
        return Scheduler(searches, self.run, self._now(), self._memory)

    def run(self, saved: SavedSearch, moment: float) -> Job:
        """Dispatch a saved search as the scheduler does at `moment`; its job stays, for whoever follows a results
        link."""
        last = self._memory.runs.get(saved.key)
        previous = None if last is None else last.count
        done = dispatch_scheduled(saved, moment, self._head(), self._act, self._throttle, previous)
        _take_over(self._jobs.add(self._job(saved, done.sid, done.window)), done)
        self._fired.note(done)
        return done

    def dispatch(self, saved: SavedSearch, now: float, with_actions: bool) -> SearchJob:
        """Dispatch it as a REST call does, in a thread of its own; its actions run only if that was asked for."""
        window = scheduled_window(saved, now)
        job = self._jobs.add(self._job(saved, self._jobs.new_sid(), window))
        asked = saved if with_actions else replace(saved, actions={})

        def run() -> None:
            try:
                _take_over(job, dispatch(asked, window, self._head(), self._act, self._throttle, job.sid))
            finally:
                if not job.done:
                    job.fail("splunkd stopped this search")

        threading.Thread(target=run, daemon=True).start()
        return job

    def moments(self, saved: SavedSearch, earliest: float, latest: float) -> list[float]:
        """When the scheduler would run it in this time."""
        return scheduled_moments(saved, earliest, latest)

    # ---- alerts

    def fired_alerts(self) -> list[FiredAlert]:
        """The triggered alerts that are tracked, the newest first."""
        return self._fired.at(self._now())

    def asleep(self, saved: SavedSearch) -> float:
        """For how many seconds a throttled alert sleeps still."""
        return max(self._memory.asleep_until.get(saved.key, 0.0) - self._now(), 0.0)

    def put_to_sleep(self, saved: SavedSearch, seconds: float) -> None:
        self._memory.asleep_until[saved.key] = self._now() + seconds
        self._memory.save()

    def _job(self, saved: SavedSearch, sid: str, window: Window) -> SearchJob:
        return SearchJob(sid, saved.owner, saved.app, saved.search, window, self._now(), saved=saved.title)


def _take_over(job: SearchJob, done: Job) -> None:
    """What dispatch has found, as the job's own."""
    for text in done.messages:
        job.say(text)
    if done.error is not None:
        job.fail(done.error)
    else:
        job.transforming = True
        job.finish(done.rows, done.columns)
