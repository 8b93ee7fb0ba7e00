"""Search jobs: a search dispatched over REST, its states, its results for as long as they are kept.

A job runs in a thread of its own: QUEUED, PARSING, RUNNING, then DONE or FAILED; PAUSED and FINALIZING by control (REST
API Reference, "search/jobs/{search_id}", dispatchState). Its results are kept for `ttl` seconds of the lab's clock.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from lab.schedule.search_head import SearchHead
from lab.schedule.window import Window
from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.search import Search

DEFAULT_TTL = 600  # limits.conf.spec [search] ttl
_SECONDS_TO_STOP = 5.0
_FINISHED = ("DONE", "FAILED")
_TYPES = ("INFO", "WARN", "ERROR", "FATAL", "DEBUG")
# Search Reference, "Command types": with one of these a search gives a table, not events.
_TRANSFORMING = frozenset(
    [
        "chart",
        "timechart",
        "stats",
        "top",
        "rare",
        "tstats",
        "table",
        "fieldsummary",
        "makecontinuous",
        "transpose",
        "xyseries",
        "untable",
        "addcoltotals",
        "contingency",
    ]
)


class NoSuchJob(Exception):
    """A search id of no job, or of one whose results are no longer kept."""


@dataclass
class SearchJob:
    """One search and what has come of it so far."""

    sid: str
    owner: str
    app: str
    search: str
    window: Window
    created: float
    ttl: float = DEFAULT_TTL
    label: str = ""
    saved: str = ""  # the title of the saved search it comes from
    custom: Mapping[str, str] = field(default_factory=dict)
    max_count: int = 500_000
    priority: int = 5
    state: str = "QUEUED"
    finalized: bool = False
    preview: bool = True
    transforming: bool = False
    events: int = 0  # that the base search found
    rows: list[Row] = field(default_factory=list, repr=False)
    columns: list[str] = field(default_factory=list, repr=False)
    messages: list[tuple[str, str]] = field(default_factory=list)  # (type, text)

    def __post_init__(self) -> None:
        self._touched = self.created
        self._ended = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._stop = False

    # ---- what it is

    @property
    def commands(self) -> str:
        """The search as REST takes it: it begins with a command, `search` among them. Only Splunk's search bar and
        saved searches put `search` before a text (REST API Reference, "search/jobs": search)."""
        return self.search if self.search.lstrip().startswith("|") else f"| {self.search}"

    @property
    def done(self) -> bool:
        return self.state in _FINISHED

    @property
    def failed(self) -> bool:
        return self.state == "FAILED"

    @property
    def error(self) -> str:
        """Why it failed."""
        return next((text for kind, text in self.messages if kind == "FATAL"), "")

    def expired(self, now: float) -> bool:
        return self.done and now > self._touched + self.ttl

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or so long."""
        self._ended.wait(seconds)

    def say(self, text: str) -> None:
        """A message beside the result; `WARN` unless it begins with a type."""
        kind, colon, rest = text.partition(": ")
        self.messages.append((kind, rest) if colon and kind in _TYPES else ("WARN", text))

    # ---- control

    def touch(self, now: float) -> None:
        self._touched = now

    def pause(self) -> None:
        if self.state == "RUNNING":
            self.state = "PAUSED"
            self._running.clear()

    def unpause(self) -> None:
        if self.state == "PAUSED":
            self.state = "RUNNING"
            self._running.set()

    def finalize(self) -> None:
        """Stop and keep what has been found."""
        if not self.done:
            self.state, self.finalized, self._stop = "FINALIZING", True, True
        self._running.set()

    def cancel(self) -> None:
        self._stop = True
        self._running.set()

    # ---- running

    def run(self, head: SearchHead) -> None:
        """Carry the search out; whatever happens, the job ends in DONE or FAILED."""
        try:
            self.state = "PARSING"
            context = head.context(self.window, self.app, self.say, self.sid, self.owner)
            search = head.parsed(self.commands, context, self.app, self.owner)
            self.transforming = is_transforming(search)
            self.state = "RUNNING"
            self._collect(search, context)
            self.state = "DONE"
        except SearchError as error:
            self.fail(error.message)
        except Exception as defect:
            self.fail(f"the lab's own defect: {defect!r}")
            raise
        finally:
            self._ended.set()

    def fail(self, text: str) -> None:
        self.messages.append(("FATAL", text))
        self.state = "FAILED"
        self._ended.set()

    def finish(self, rows: list[Row], columns: list[str]) -> None:
        """The results of a search that something else carried out."""
        self.rows, self.columns, self.state = rows, columns, "DONE"
        self._ended.set()

    def _collect(self, search: Search, context: Context) -> None:
        events = context.events

        def counted(request: Any) -> Iterator[Row]:
            for row in events(request):
                self.events += 1
                yield row

        context.events = counted  # type: ignore[method-assign]
        rows = search.rows(context)
        for row in rows:
            self._running.wait()
            if self._stop:
                rows.close()  # type: ignore[attr-defined]
                break
            self.rows.append(row)
            if len(self.rows) == self.max_count:
                if next(iter(rows), None) is not None:
                    self.say(f"The result was cut at max_count = {self.max_count} rows.")
                break
        self.columns = search.columns_of(self.rows)


def is_transforming(search: Search) -> bool:
    """Whether its results are a table and not events."""
    return search.base is None or any(command.name in _TRANSFORMING for command in search.commands)


class Jobs:
    """The jobs of an instance. `head()` gives the knowledge and the events as they are now."""

    def __init__(self, head: Callable[[], SearchHead], now: Callable[[], float]) -> None:
        self._head = head
        self._now = now
        self._jobs: dict[str, SearchJob] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new_sid(self) -> str:
        return f"{int(self._now())}.{next(self._numbers)}"

    def check(self, text: str, app: str, owner: str) -> Search:
        """The search parsed, as a job would; raises `SearchError`."""
        head = self._head()
        context = head.context(Window(self._now()), app, lambda message: None, None, owner)
        return head.parsed(text, context, app, owner)

    def start(self, job: SearchJob) -> SearchJob:
        """Run it in a thread of its own."""
        self.add(job)
        threading.Thread(target=job.run, args=(self._head(),), daemon=True).start()
        return job

    def add(self, job: SearchJob) -> SearchJob:
        with self._lock:
            self._purge()
            self._jobs[job.sid] = job
        return job

    def get(self, sid: str) -> SearchJob:
        with self._lock:
            self._purge()
            try:
                return self._jobs[sid]
            except KeyError:
                raise NoSuchJob(sid) from None

    def all(self) -> list[SearchJob]:
        """The newest first."""
        with self._lock:
            self._purge()
            return list(self._jobs.values())[::-1]

    def remove(self, sid: str) -> None:
        with self._lock:
            job = self._jobs.pop(sid, None)
        if job is not None:
            job.cancel()

    def stop(self) -> None:
        """End what still runs, and give it a moment to do so."""
        running = [job for job in self.all() if not job.done]
        for job in running:
            job.cancel()
        for job in running:
            job.wait(_SECONDS_TO_STOP)

    def _purge(self) -> None:
        now = self._now()
        for sid in [sid for sid, job in self._jobs.items() if job.expired(now)]:
            del self._jobs[sid]
