"""Dispatch: run one saved search over one window, see whether it triggers, and start its actions.

The scheduler, a hunt and a REST call all come through here, so that a finding does not depend on who asked.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Callable

from lab.schedule.condition import counted, triggers
from lab.schedule.saved_search import SavedSearch
from lab.schedule.search_head import SearchHead
from lab.schedule.throttle import Throttle
from lab.schedule.window import Window, scheduled_window
from lab.spl.context import Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search import commands_over

_run_numbers = itertools.count(1)


@dataclass(frozen=True)
class Alert:
    """What an action is started with: all rows in digest mode, one row per result otherwise."""

    saved: SavedSearch
    sid: str
    window: Window
    rows: list[Row]
    columns: list[str]
    result_number: int = 0  # of the first row among the results, from 0


class ActionError(Exception):
    """An action did not do what it was started for; the message says which and why."""


Act = Callable[[str, Alert], None]  # an action's name and what it is given; raises ActionError


@dataclass
class Job:
    """A search that ran: its results, what Splunk would show beside them, and what came of its actions."""

    saved: SavedSearch
    window: Window
    sid: str
    rows: list[Row] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)  # limits that truncated, as warnings
    error: str | None = None  # the search itself failed
    failed_actions: list[str] = field(default_factory=list)  # one message each
    count: int = 0  # what the alert's condition counts
    triggered: bool = False
    alerted: list[Row] = field(default_factory=list)  # the results that no throttle held back from actions and tracking

    @property
    def done(self) -> bool:
        """The search ran and so did every action."""
        return self.error is None and not self.failed_actions


def dispatch_scheduled(
    saved: SavedSearch,
    moment: float,
    head: SearchHead,
    act: Act,
    throttle: Throttle | None = None,
    previous: int | None = None,
) -> Job:
    """Run `saved` as at its scheduled `moment`, over the window that its dispatch settings say; `previous` is what
    its last run counted."""
    try:
        window = scheduled_window(saved, moment)
    except SearchError as error:
        return Job(saved, Window(moment), _sid(saved, moment), error=f"{saved.title}: its window: {error}")
    return dispatch(saved, window, head, act, throttle, previous=previous)


def dispatch(
    saved: SavedSearch,
    window: Window,
    head: SearchHead,
    act: Act,
    throttle: Throttle | None = None,
    sid: str | None = None,
    previous: int | None = None,
) -> Job:
    """Run `saved` over `window` and start its actions by `act`; a failing search or action is said in the job."""
    job = Job(saved, window, sid or _sid(saved, window.now))
    try:
        context = head.context(window, saved.app, job.messages.append, job.sid, saved.owner)
        result = head.parsed(saved.search, context, saved.app, saved.owner).run(context)
    except SearchError as error:
        job.error = f"{saved.title}: {error}"
        return job
    job.rows, job.columns = result.rows, result.columns
    if len(job.rows) > saved.max_count:
        del job.rows[saved.max_count :]
        job.messages.append(f"The result was cut at dispatch.max_count = {saved.max_count} rows.")
    job.count = counted(saved, job.rows)

    def count_after(commands: str, rows: Sequence[Row]) -> int:
        return len(commands_over(commands, rows, job.columns, context).rows)

    try:
        watched = bool(saved.actions) or saved.track
        job.triggered = watched and triggers(saved, job.rows, previous, count_after)
    except SearchError as error:
        job.error = f"{saved.title}: its alert_condition: {error}"
        return job
    if job.triggered:
        job.alerted = job.rows if throttle is None else throttle.passes(saved, job.rows, job.window.now)
        # what a throttle holds back whole has not triggered; an alert without results may (relation = less than)
        job.triggered = job.alerted is job.rows or bool(job.alerted)
    if job.triggered and saved.actions:
        _start_actions(job, act, context.limit("scheduler", "max_per_result_alerts"))
    return job


def _start_actions(job: Job, act: Act, most: int) -> None:
    """In digest mode one alert; else one for each result, `most` of them (limits.conf, max_per_result_alerts)."""
    saved = job.saved
    if saved.digest_mode:
        alerts = [Alert(saved, job.sid, job.window, job.alerted, job.columns)]
    else:
        passed = {id(row) for row in job.alerted}
        alerts = [
            Alert(saved, job.sid, job.window, [row], job.columns, number)
            for number, row in enumerate(job.rows)
            if id(row) in passed
        ]
        if len(alerts) > most:
            job.messages.append(f"The alert acts on {most} of {len(alerts)} results (max_per_result_alerts).")
            del alerts[most:]
    for alert in alerts:
        for action in saved.actions:
            try:
                act(action, alert)
            except (ActionError, Unsupported) as error:
                job.failed_actions.append(f"{saved.title}: {error}")


def _sid(saved: SavedSearch, now: float) -> str:
    """A search id of Splunk's shape for scheduled searches; the number makes it unique."""
    digest = hashlib.md5(saved.title.encode()).hexdigest()[:16]
    return f"scheduler__{saved.owner}__{saved.app}__RMD5{digest}_at_{int(now)}_{next(_run_numbers)}"
