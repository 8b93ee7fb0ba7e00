"""The past of the log, from the start date to where the live log began, in bounded windows by several workers.

A bounded request (`since` and `until`) goes by `published` and ends. Okta promises no completeness for
what is young ("Some events may be delayed"), so the newest day is read a second time when the rest is
done: the sweep. What the live log has already brought is known by its uuid (WrittenHours).
"""

from __future__ import annotations

import threading
import time
from typing import Iterable, List, NamedTuple, Optional

from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError
from okta_itdr.collect.delivery import Closed
from okta_itdr.collect.log_page import KEPT_DAYS, PATH, SIZE, LogPage, name_odd_events, reader
from okta_itdr.collect.moments import iso
from okta_itdr.collect.page import LogEvent
from okta_itdr.collect.recent import RecentUuids
from okta_itdr.collect.run import Run
from okta_itdr.collect.windows import SPLIT_PAGES, Window, Windows
from okta_itdr.okta.errors import CursorRefused, ServerTrouble
from okta_itdr.trouble import Trouble

WORKERS = 6
SEAM_SECONDS = 15 * 60  # read beyond the beginning of the live log
SWEPT_SECONDS = 24 * 3600  # the newest part, read twice
SWEEP_AFTER_SECONDS = 3600  # since the beginning of the live log: by then Okta has what was delayed

BACKFILL = "backfill"  # the part of the checkpoint
WINDOWS, SWEEP, DONE = "windows", "sweep", "done"  # phases


class _Progress(NamedTuple):
    """Where a run began, for the estimate."""

    at: float
    fraction: float


class Backfill:
    """The backfill of one input: its plan, its record, its workers."""

    def __init__(self, run: Run, checkpoint: Checkpoint) -> None:
        """Raises CheckpointError."""
        self._run = run
        self._checkpoint = checkpoint
        self._read = reader(run.client.origin)
        self._lock = threading.Lock()
        self._threads: List[threading.Thread] = []
        self._failure: Optional[BaseException] = None
        record = checkpoint.load() or {"phase": DONE}
        self._phase = record.get("phase", "")
        run.health.state(backfill=self._phase)
        if self._phase == DONE:
            return
        try:
            self._seam = int(record["seam"])
            self._windows = Windows.read(record)
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"The checkpoint of the backfill cannot be used ({error}): begin again on the Inputs page, or restore "
                "it. Collection stops until then."
            ) from None
        self._began = _Progress(time.monotonic(), self._windows.fraction)
        self._newest = self._live_since - SWEPT_SECONDS
        run.delivery.hours.keep(BACKFILL, self._newest)

    @property
    def pending(self) -> bool:
        """Whether there is work now or later."""
        return self._phase != DONE

    @property
    def working(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin what is due and not yet running; raises what ended a worker."""
        if self._failure is not None:
            raise self._failure
        if not self.pending or self.working:
            return
        if self._phase == WINDOWS and self._windows.done:
            self._plan_sweep()
        if self._phase == SWEEP:
            if self._windows.done:
                self._finish()
                return
            if not self._sweep_due:
                self._tell()
                return
        self._threads = [
            threading.Thread(target=self._work, name=f"backfill {number}", daemon=True) for number in range(WORKERS)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def due(self) -> bool:
        """Whether there is something to do at this moment."""
        return self.pending and (self.working or self._phase == WINDOWS or self._sweep_due)

    @property
    def _live_since(self) -> float:
        return self._seam / 1000 - SEAM_SECONDS

    @property
    def _sweep_due(self) -> bool:
        return self._run.now() >= self._live_since + SWEEP_AFTER_SECONDS

    def join(self, seconds: float) -> None:
        """Wait for the workers to finish the page in hand."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))

    # Phases

    def _plan_sweep(self) -> None:
        start = max(self._windows.start, round((self._live_since - SWEPT_SECONDS) * 1000))
        self._windows = Windows(start, self._windows.end)
        self._phase = SWEEP
        self._began = _Progress(time.monotonic(), 0.0)
        self._save()
        self._run.log.info("The past is read; its newest part is read once more for what Okta had delayed.")

    def _finish(self) -> None:
        self._phase = DONE
        self._checkpoint.save({"phase": DONE})
        self._run.delivery.hours.keep(BACKFILL, None)
        self._tell()
        self._run.log.info("The backfill is complete.")

    def _save(self) -> None:
        self._checkpoint.save({"phase": self._phase, "seam": str(self._seam), **self._windows.record()})

    # Workers

    def _work(self) -> None:
        try:
            while not self._run.stop.requested and self._failure is None:
                with self._lock:
                    window, done = self._windows.take(), self._windows.done
                if window is None:
                    if done or not self._run.stop.sleep(0.1):
                        return
                    continue  # what the others read may yet be shared out
                try:
                    self._window(window)
                finally:
                    with self._lock:
                        self._windows.release(window)
        except Closed:
            return
        except BaseException as failure:
            self._failure = failure

    def _window(self, window: Window) -> None:
        """Read a window to its end, or until asked to stop."""
        recent = RecentUuids()
        troubles = 0
        while not self._run.stop.requested:
            try:
                page = self._run.fetch(window.next or self._url(window), self._read, backfill=True)
            except CursorRefused:
                window.next = ""  # from `since` on, which every page moves
                continue
            except Trouble as trouble:
                if not trouble.transient:
                    raise
                troubles += 1
                self._run.health.trouble(trouble)
                if isinstance(trouble, ServerTrouble) and not window.next:
                    with self._lock:
                        self._windows.split(window)  # a query that takes Okta too long
                if troubles >= 2:
                    return  # the others' turn
                continue
            if page is None:
                return
            troubles = 0
            if self._deliver(window, page, recent):
                return

    def _url(self, window: Window) -> str:
        """A millisecond wider on both sides than the window: whether bounds are inclusive is then all the same."""
        return self._run.client.url(
            PATH,
            since=iso((window.since - 1) / 1000),
            until=iso((window.until + 1) / 1000),
            limit=SIZE,
            sortOrder="ASCENDING",
            filter=self._run.filter,
        )

    def _deliver(self, window: Window, page: LogPage, recent: RecentUuids) -> bool:
        """Write a page of a window; True when it was its last."""
        name_odd_events(page, self._run.log)
        inside = [event for event in page.events if event.time is None or window.since <= _ms(event) < window.until]
        last = max((_ms(event) for event in page.events if event.time is not None), default=window.since)
        ended = page.next is None or not page.events or last >= window.until

        def save() -> None:
            with self._lock:
                window.pages += 1
                if ended:
                    self._windows.finish(window)
                else:
                    _move(window, page, last)
                    if window.pages % SPLIT_PAGES == 0:
                        self._windows.split(window)
                self._save()

        edge = set(window.edge)

        def fresh(events: Iterable[LogEvent]) -> List[LogEvent]:
            new = [event for event in recent.fresh(events) if not event.digest or event.digest.hex() not in edge]
            # Only the newest part can hold what the live log, or the first reading, has written.
            return self._run.delivery.hours.unknown(new, since=self._newest)

        written = self._run.delivery.page(inside, fresh, save)
        self._run.health.count(pages=1, events=len(written), duplicates=len(inside) - len(written))
        if self._phase == SWEEP and written:
            self._run.log.info("The sweep found %d events that Okta had delayed.", len(written))
        self._tell()
        return ended

    def _tell(self) -> None:
        """How far it is, and how long it will take at the pace of this run."""
        if not self.pending:
            self._run.health.state(backfill="done", backfill_percent=None, backfill_seconds_left=None)
            return
        with self._lock:
            fraction = self._windows.fraction
        passed, gained = time.monotonic() - self._began.at, fraction - self._began.fraction
        left = round(passed * (1 - fraction) / gained) if gained > 0 and passed > 1 else None
        self._run.health.state(
            backfill=self._phase, backfill_percent=round(100 * fraction, 1), backfill_seconds_left=left
        )


def plan(run: Run, checkpoint: Checkpoint, start: float, live_since: float) -> None:
    """Make the record of a backfill from `start` to where the live log begins; none where nothing lies between."""
    if start >= live_since:
        checkpoint.save({"phase": DONE})
        return
    oldest = live_since - KEPT_DAYS * 24 * 3600
    if start < oldest:
        run.log.warning(
            "Okta keeps its log for %d days: what was before %s is gone and cannot be collected. The backfill begins "
            "there.",
            KEPT_DAYS,
            iso(oldest),
        )
        start = oldest
    seam = round((live_since + SEAM_SECONDS) * 1000)
    checkpoint.save({"phase": WINDOWS, "seam": str(seam), **Windows(round(start * 1000), seam).record()})


def _move(window: Window, page: LogPage, last: int) -> None:
    """The window goes on after this page."""
    window.next = page.next or ""
    if last > window.since:
        window.edge = []
    window.since = max(window.since, last)
    at_edge = (event for event in page.events if event.digest and event.time is not None and _ms(event) == last)
    window.edge = list(dict.fromkeys([*window.edge, *(event.digest.hex() for event in at_edge)]))


def _ms(event: LogEvent) -> int:
    return round(event.time * 1000)
