"""The audit: hours that have ended are read once more, compared with what was written of them, and made whole.

Some hours after its end an hour at Okta no longer changes. Its uuids are compared with those remembered as
written (WrittenHours); what is missing is written; and one event (FIELDS) tells Splunk how many there are and what
their sum is, so that a search can prove that the index has them all. What Splunk itself has lost since, an admin
tells us to collect again, hour by hour.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Dict, Iterable, List, Optional

from okta_itdr.collect.asked_hours import AskedHours, cannot_be_had
from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError, Record
from okta_itdr.collect.delivery import Closed, Fresh
from okta_itdr.collect.hour import SECONDS, HourCount, hour_pages
from okta_itdr.collect.log_page import KEPT_DAYS, reader
from okta_itdr.collect.moments import iso
from okta_itdr.collect.output import compact
from okta_itdr.collect.page import LogEvent
from okta_itdr.collect.recent import RecentUuids
from okta_itdr.okta.errors import CursorRefused
from okta_itdr.trouble import Trouble

if TYPE_CHECKING:
    from okta_itdr.collect.run import Run

AUDIT = "audit"  # the part of the checkpoint
SOURCETYPE = "okta_itdr:audit"
AFTER_SECONDS = 3 * 3600  # since the end of an hour: by then Okta has what was delayed
REMEMBERED_HOURS = 48  # in which a late event makes an hour be audited once more
REST_SECONDS = 60  # after trouble that may pass

FIELDS = {
    "hour": "the hour's beginning; also the time of the event",
    "audited": "Okta's time of the comparison",
    "tenant": "the tenant's host, as of the log's events",
    "account": "the account of the input",
    "input": "the input's name",
    "count": "how many events Okta has that were published in the hour",
    "digest": "the sum of the first 32 bits of the SHA-256 of each uuid",
    "added": "how many of them had not been written before, and were now",
    "repeated": "how many the input has written more than once, as far as it remembers",
    "again": "whether an admin had asked to collect the hour again; then `added` is all that was written",
    "filter": "the input's filter, if it has one: then all this is of what passes it",
    "error": "why the hour could not be read",
}


@dataclass
class _State:
    """The record. `on`: whether the audit was switched on. Hours are counted from 1970, as all hours here.

    `first`: where it began, `next`: the first one not audited yet; both 0 until Okta has told its time. `added`: what
    was added to the one in hand before a kill. `known`: of the last ones audited, how many events had been written of
    each and when it was audited.
    """

    generation: str
    on: bool
    first: int = 0
    next: int = 0
    added: int = 0
    known: Dict[int, List[float]] = field(default_factory=dict)
    asked: AskedHours = field(default_factory=AskedHours)

    def record(self) -> Record:
        return {
            "generation": self.generation,
            "on": str(int(self.on)),
            "first": str(self.first),
            "next": str(self.next),
            "added": str(self.added),
            "known": json.dumps(self.known),
            "asked": json.dumps(asdict(self.asked)),
        }

    @classmethod
    def read(cls, record: Record) -> _State:
        """Raises ValueError, KeyError or TypeError when it is none."""
        return cls(
            record["generation"],
            record["on"] == "1",
            int(record["first"]),
            int(record["next"]),
            int(record["added"]),
            {int(hour): list(known) for hour, known in json.loads(record["known"]).items()},
            AskedHours(**json.loads(record["asked"])),
        )


class Audit:
    """The audit of one input, in a thread of its own. Begins with the first whole hour after it is switched on."""

    def __init__(self, run: Run, checkpoint: Checkpoint) -> None:
        """Raises CheckpointError."""
        self._run = run
        self._checkpoint = checkpoint
        self._read = reader(run.client.origin)
        self._thread: Optional[threading.Thread] = None
        self._failure: Optional[BaseException] = None
        self._rests_until = 0.0
        on = run.is_on("audit")
        self._state = self._load()
        switched = self._state.on != on
        if switched:
            self._state = replace(self._state, on=on, first=0, next=0, known={})  # nothing was kept while it was off
        if self._state.asked.request(run.settings.get("collect_again") or "") or switched:
            self._save()
        self._keep_hours()

    def start(self) -> None:
        """Begin what is due and not yet running; raises what ended it."""
        if self._failure is not None:
            raise self._failure
        if self.due and not self._working:
            self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
            self._thread.start()

    @property
    def due(self) -> bool:
        """Whether there is something to do at this moment."""
        return self._working or (time.monotonic() >= self._rests_until and self._due() is not None)

    def join(self, seconds: float) -> None:
        """Wait for the page in hand."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def _working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    # What is due

    def _due(self) -> Optional[int]:
        """An hour that is to be read now; asked once Okta's time is known."""
        if self._state.asked.hours:
            return self._state.asked.hours[0]
        if not self._state.on:
            return None
        now = self._run.now()
        if not self._state.next or self._state.next > now // SECONDS + 1:
            self._begin(int(now // SECONDS) + 1)
        settled = now - AFTER_SECONDS
        if (self._state.next + 1) * SECONDS <= settled:
            return self._state.next
        return next((hour for hour in self._state.known if self._has_grown(hour, settled)), None)

    def _has_grown(self, hour: int, settled: float) -> bool:
        written, audited = self._state.known[hour]
        return audited <= settled and self._run.delivery.hours.written(hour) > written

    def _begin(self, next_hour: int) -> None:
        """From the next hour on; where a clock had jumped ahead and is right again, once more through the last days."""
        state = self._state
        state.first = min(state.first or next_hour, next_hour)
        state.next = max(state.first, next_hour - REMEMBERED_HOURS)
        state.known = {}
        self._save()
        self._keep_hours()

    def _keep_hours(self) -> None:
        """What is not audited yet, and what may be once more, is remembered as long as that takes."""
        if self._state.next:
            self._run.delivery.hours.keep(AUDIT, min([self._state.next, *self._state.known]) * SECONDS)

    # The work

    def _work(self) -> None:
        try:
            while not self._run.stop.requested:
                hour = self._due()
                if hour is None:
                    return
                try:
                    self._collect_again(hour) if self._state.asked.hours else self._audit(hour)
                except CursorRefused:
                    continue  # from its beginning
        except Closed:
            return
        except Trouble as trouble:
            if not trouble.transient:
                self._failure = trouble
            self._run.health.trouble(trouble)
            self._rests_until = time.monotonic() + REST_SECONDS
        except BaseException as failure:
            self._failure = failure

    def _audit(self, hour: int) -> None:
        """Compare one hour, write what is missing, tell the outcome."""
        oldest = int(self._run.now() // SECONDS) - KEPT_DAYS * 24
        if hour < oldest:
            self._run.log.warning(
                "Okta keeps its log for %d days: the hours from %s to %s can no longer be compared.",
                KEPT_DAYS,
                _iso(hour),
                _iso(oldest),
            )
            self._state.next = oldest
            self._save()
            return
        hours = self._run.delivery.hours
        before, count, added = hours.written(hour), HourCount(), 0

        def missing(events: Iterable[LogEvent]) -> List[LogEvent]:
            nonlocal added
            new = hours.unknown(events)
            added += len(new)
            self._state.added += len(new)
            return new

        for events, _ in hour_pages(self._run, self._read, hour):
            count.add(events)
            self._deliver(events, missing)
        if self._state.added:
            self._run.log.warning(
                "%d events of the hour %s had not been collected and were now.", self._state.added, _iso(hour)
            )
        outcome = {**count.told(), "added": self._state.added, "repeated": hours.repeated(hour), "again": False}
        self._state.added = 0
        self._state.next = max(self._state.next, hour + 1)
        # What the live log wrote meanwhile is not in it: then the hour has grown, and comes once more.
        self._state.known[hour] = [before + added, self._run.now()]
        for old in [old for old in self._state.known if old < self._state.next - REMEMBERED_HOURS]:
            del self._state.known[old]
        self._tell(hour, outcome)
        self._keep_hours()

    def _collect_again(self, hour: int) -> None:
        """Write a whole hour once more, whatever is remembered of it, then count it."""
        wrong = cannot_be_had(hour, self._run.now())
        if wrong:
            self._run.log.warning("The hour %s cannot be collected again: %s", _iso(hour), wrong)
            self._state.asked.done()
            self._tell(hour, {"again": True, "error": wrong})
            return
        asked, recent = self._state.asked, RecentUuids()
        try:
            for events, link in hour_pages(self._run, self._read, hour, asked.link):
                new = recent.fresh(events)
                asked.link, asked.written = link, asked.written + len(new)
                self._deliver(new, list)
        except CursorRefused:
            asked.link = None
            raise
        # Counted in a second reading: the first may have been cut off and gone on in another run.
        count = HourCount()
        for events, _ in hour_pages(self._run, self._read, hour):
            count.add(events)
        added, hours = asked.written, self._run.delivery.hours
        self._run.log.info("The hour %s was collected again: %d events.", _iso(hour), added)
        asked.done()
        if hour in self._state.known:
            self._state.known[hour] = [hours.written(hour), self._run.now()]
        self._tell(hour, {**count.told(), "added": added, "repeated": hours.repeated(hour), "again": True})

    def _deliver(self, events: List[LogEvent], fresh: Fresh) -> None:
        written = self._run.delivery.page(events, fresh, self._save)
        self._run.health.count(pages=1, events=len(written))

    def _tell(self, hour: int, outcome: Dict[str, object]) -> None:
        about = {"hour": _iso(hour), "audited": iso(self._run.now()), **self._run.health.about, **outcome}
        if self._run.filter:
            about["filter"] = self._run.filter
        assert about.keys() <= FIELDS.keys()
        self._run.delivery.objects(SOURCETYPE, [(compact(about), hour * SECONDS)], self._save)
        self._run.health.state(audited=_iso(hour))

    # The record

    def _load(self) -> _State:
        record = self._checkpoint.load()
        try:
            state = None if record is None else _State.read(record)
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"The checkpoint of the audit cannot be used ({error}): begin again on the Inputs page, or restore it. "
                "Collection stops until then."
            ) from None
        if state is None or state.generation != self._run.generation:
            return _State(self._run.generation, on=True)
        return state

    def _save(self) -> None:
        self._checkpoint.save(self._state.record())


def _iso(hour: int) -> str:
    return iso(hour * SECONDS)
