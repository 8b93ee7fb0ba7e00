"""The one way from a page to splunkd: write, remember, keep the place; one page at a time, whoever read it."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Callable, Collection, Iterable, List, Mapping, Tuple

from okta_itdr.collect.output import Output
from okta_itdr.collect.page import LogEvent
from okta_itdr.collect.written_hours import WrittenHours

LOG = "OktaIM2:log"  # the official add-on's sourcetype
_TOLD_AT_ONCE = 1000
_PATIENCE = 3.0  # seconds that splunkd, with a full queue, may take for the page in hand when we want to end

Fresh = Callable[[Iterable[LogEvent]], List[LogEvent]]


class Closed(Exception):
    """The input is about to end: nothing is written any more."""


class Delivery:
    """To `output`, for all threads of an input. `ingested(sourcetype, n)` tells UCC's monitoring page what went out."""

    def __init__(self, output: Output, hours: WrittenHours, ingested: Callable[[str, int], None]) -> None:
        self.hours = hours
        self._output = output
        self._ingested = ingested
        self._objects: Counter[str] = Counter()  # written and not told of yet, by sourcetype
        self._lock = threading.Lock()
        self._closed = False

    def page(self, events: List[LogEvent], fresh: Fresh, save: Callable[[], None]) -> List[LogEvent]:
        """Write those of the page that `fresh` chooses, then `save()` the place after it; returns what was written.

        All or nothing up to a kill: killed after writing and before saving, this one page comes once more.
        Raises Closed, CheckpointError, and OSError when splunkd has closed the pipe.
        """
        with self._lock:
            if self._closed:
                raise Closed
            written = fresh(events)
            if written:
                clean = not any(event.odd for event in written)
                self._output.write(LOG, [(event.raw, event.time) for event in written], clean)
                self.hours.add(written)
            save()
            if written:
                self._ingested(LOG, len(written))
            return written

    def objects(self, sourcetype: str, objects: Collection[Tuple[str, float]], save: Callable[[], None]) -> None:
        """Write (text, epoch seconds) that are no events of the log, then `save()` the place after them.

        Killed between the two, they come once more. Raises as `page`.
        """
        with self._lock:
            if self._closed:
                raise Closed
            if objects:
                self._output.write(sourcetype, objects)
                self._objects[sourcetype] += len(objects)
            save()
            if sum(self._objects.values()) >= _TOLD_AT_ONCE:
                self._tell_objects()

    def say(self, sourcetype: str, texts: Mapping[str, float]) -> None:
        """Write events of our own, text → epoch seconds; left out while splunkd takes nothing."""
        if self._lock.acquire(timeout=_PATIENCE):
            try:
                if not self._closed:
                    self._output.write(sourcetype, texts.items())
            finally:
                self._lock.release()

    def close(self) -> bool:
        """End the stream once the page in hand is delivered; False when splunkd does not take it."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return False
        try:
            if not self._closed:
                self._closed = True
                self._output.close()
                self._tell_objects()
            return True
        finally:
            self._lock.release()

    def _tell_objects(self) -> None:
        """They come a few with each answer: told one by one they would fill the log."""
        for sourcetype, count in self._objects.items():
            self._ingested(sourcetype, count)
        self._objects.clear()
