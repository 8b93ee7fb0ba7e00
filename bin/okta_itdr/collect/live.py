"""The log as it grows, by Okta's polling cursor.

`since` once, then every answer's next link for ever; never `until`. Asked so, Okta goes by the time it
*stored* an event and gives each one, the late ones too, and a next link even with an empty page
(System Log query guide, "Transferring data to a separate system").
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from typing import Callable, Iterable, List, Optional

from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError
from okta_itdr.collect.health import LATE_SECONDS
from okta_itdr.collect.log_page import KEPT_DAYS, PATH, SIZE, LogPage, name_odd_events, reader
from okta_itdr.collect.moments import epoch, iso
from okta_itdr.collect.page import LogEvent
from okta_itdr.collect.recent import RecentUuids
from okta_itdr.collect.run import Run
from okta_itdr.okta.errors import CursorRefused

OVERLAP_SECONDS = 15 * 60  # read again when the cursor is lost: events come to the log minutes late


@dataclass(frozen=True)
class Place:
    """The record of the live log: where it began, where it goes on, what was written last."""

    since: str  # Okta's time at the first run: everything stored from then on is the live log's
    next: str  # the URL to ask next
    hw: str = ""  # the high-water mark: the latest `published` written
    uuids: str = ""  # of the events written last (RecentUuids)
    seam: str = ""  # published until then: may have been written before, by the backfill or before a lost cursor
    filter: str = ""  # with which `next` was made
    generation: str = ""  # of the input: another one begins again


class Live:
    """The live log of one input. `collect()` reads it to its end; only one thread may call it."""

    def __init__(self, run: Run, checkpoint: Checkpoint, place: Place) -> None:
        """`place`: where it stands, as the checkpoint has it. Raises CheckpointError."""
        self._run = run
        self._checkpoint = checkpoint
        self._read = reader(run.client.origin)
        try:
            self._recent = RecentUuids(place.uuids)
        except ValueError as error:
            raise _unusable(error) from None
        self._place = place
        self._high_water = epoch(place.hw) or 0.0
        # Shows before anything is written that the place after it can be kept: a page written again
        # every minute because the disk is full would cost more than one that waits.
        checkpoint.save(asdict(place))

    def collect(self) -> bool:
        """Write everything new; True when the log was read to its end, False when asked to stop before."""
        if self._place.filter != self._run.filter:
            self._anchor("The input's filter was changed")
        ahead = self._ask(self._place.next)
        while True:
            page = self._answer(ahead)
            if page is None:
                return False
            before = self._place.next
            ended = not page.events or page.next in (None, before)
            if not ended:
                ahead = self._ask(page.next)  # comes while this page is written
            self._deliver(page)
            if ended:
                self._run.health.state(lag_seconds=0, high_water=self._place.hw or None)
                return True  # a page with events but no way on is asked again next time
            if self._run.stop.requested:
                return False
            self._tell_lag()

    def _ask(self, url: str) -> _Ahead:
        return _Ahead(lambda: self._run.fetch(url, self._read))

    def _answer(self, ahead: _Ahead) -> Optional[LogPage]:
        try:
            return ahead.get()
        except CursorRefused as refused:
            self._anchor(str(refused))
            return self._ask(self._place.next).get()

    def _anchor(self, why: str) -> None:
        """Ask anew from a little before the high-water mark: what comes again by it is known by its uuid."""
        last = max(self._high_water, epoch(self._place.since) or 0.0)
        oldest = self._run.now() - KEPT_DAYS * 24 * 3600
        since = iso(max(last - OVERLAP_SECONDS, oldest))
        seam = iso(max(last, epoch(self._place.seam) or 0.0))
        self._keep(replace(self._place, next=first_url(self._run, since), seam=seam, filter=self._run.filter))
        text = f"{why}. The log is read again from {since} on; what was written before is not written again."
        if last < oldest:
            text += f" Okta keeps its log for {KEPT_DAYS} days: what it stored from {iso(last)} until then is gone."
        self._run.log.warning("%s", text)
        self._run.health.state(anchored=since, anchored_because=text)

    def _deliver(self, page: LogPage) -> None:
        name_odd_events(page, self._run.log)
        # Late events are why the cursor is followed: published well before what came earlier.
        bound = self._high_water - LATE_SECONDS
        written = self._run.delivery.page(page.events, self._fresh, lambda: self._keep(self._after(page)))
        self._run.health.count(
            pages=1,
            events=len(written),
            duplicates=len(page.events) - len(written),
            late=sum(1 for event in written if event.time is not None and event.time < bound),
        )

    def _fresh(self, events: Iterable[LogEvent]) -> List[LogEvent]:
        fresh = self._recent.fresh(events)
        # What is older than the newest may have been written longer ago than the recent ones reach back.
        bound = max(epoch(self._place.seam) or 0.0, self._high_water - LATE_SECONDS)
        return self._run.delivery.hours.unknown(fresh, until=bound)

    def _after(self, page: LogPage) -> Place:
        # A date to come, by somebody's wrong clock, must not be where a lost cursor is taken up again.
        now = self._run.now() + LATE_SECONDS
        dated = (event for event in page.events if event.time is not None and event.time <= now)
        latest = max(dated, key=lambda event: event.time, default=None)
        hw = self._place.hw
        if latest is not None and latest.time > self._high_water:
            self._high_water, hw = latest.time, latest.published
        return replace(self._place, next=page.next or self._place.next, hw=hw, uuids=str(self._recent))

    def _keep(self, place: Place) -> None:
        if place != self._place:
            self._checkpoint.save(asdict(place))
            self._place = place

    def _tell_lag(self) -> None:
        now = self._run.client.now()
        if now is not None and self._high_water:
            self._run.health.state(lag_seconds=round(max(now - self._high_water, 0)), high_water=self._place.hw)


class _Ahead:
    """Something asked for by a thread of its own, which no stop waits for."""

    def __init__(self, ask: Callable[[], Optional[LogPage]]) -> None:
        self._ask = ask
        self._page: Optional[LogPage] = None
        self._failure: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, name="live page", daemon=True)
        self._thread.start()

    def get(self) -> Optional[LogPage]:
        """The answer, or what went wrong instead, raised."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._page

    def _run(self) -> None:
        try:
            self._page = self._ask()
        except BaseException as failure:
            self._failure = failure


def first_url(run: Run, since: str) -> str:
    """Polling from `since` on."""
    return run.client.url(PATH, since=since, limit=SIZE, sortOrder="ASCENDING", filter=run.filter)


def read_place(checkpoint: Checkpoint) -> Optional[Place]:
    """The place as saved. Raises CheckpointError."""
    record = checkpoint.load()
    if record is None:
        return None
    try:
        return Place(**record)
    except TypeError as error:
        raise _unusable(error) from None


def _unusable(error: Exception) -> CheckpointError:
    return CheckpointError(
        f"The checkpoint of the live log cannot be used ({error}): begin again on the Inputs page, or restore it. "
        "Collection stops until then."
    )
