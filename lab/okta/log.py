"""The tenant's System Log as its API reads it: by persistence for polling, by `published` for a range.

In: the tenant's events in the order of persistence, taken lazily as the clock reaches them. The raw
events wait in a temporary file, so that a million of them cost some 40 bytes each in memory.
"""

from __future__ import annotations

import os
import tempfile
import threading
from array import array
from bisect import bisect_left, bisect_right
from typing import Iterable, Iterator, List, Optional, Tuple

from lab.okta.delivery import Logged

_Moment = Tuple[float, int]  # published, position: the order of a range


class EventLog:
    """Positions count events from 0 in the order of persistence; all methods may be called by threads."""

    def __init__(self, events: Iterable[Logged]) -> None:
        self._coming: Iterator[Logged] = iter(events)
        self._next: Optional[Logged] = next(self._coming, None)
        self._file = tempfile.TemporaryFile(prefix="okta-log-", buffering=0)  # noqa: SIM115  lives as long as the log
        self._ends = array("Q", [0])
        self._persisted = array("d")
        self._published = array("d")
        self._latest = 0.0  # the longest that an event was persisted after it was published
        self._lock = threading.Lock()

    def visible(self, now: float) -> int:
        """How many events Okta has persisted by then."""
        with self._lock:
            while self._next is not None and self._next.persisted <= now:
                event = self._next
                self._file.write(event.raw)
                self._ends.append(self._ends[-1] + len(event.raw))
                self._persisted.append(event.persisted)
                self._published.append(event.published)
                self._latest = max(self._latest, event.persisted - event.published)
                self._next = next(self._coming, None)
            return bisect_right(self._persisted, now)

    def since(self, persisted: float) -> int:
        """The position of the first event that was persisted at that time or later."""
        return bisect_left(self._persisted, persisted)

    def raw(self, position: int) -> bytes:
        start, end = self._ends[position], self._ends[position + 1]
        return os.pread(self._file.fileno(), end - start, start)

    def range(self, earliest: float, latest: float, visible: int) -> List[_Moment]:
        """The events published in [earliest, latest) among the first `visible`, in the order of `published`."""
        first = bisect_left(self._persisted, earliest)
        last = min(visible, bisect_right(self._persisted, latest + self._latest))
        moments = [(self._published[position], position) for position in range(first, last)]
        return sorted(moment for moment in moments if earliest <= moment[0] < latest)
