"""The past of a log as a set of windows that several workers read, each place kept: pure bookkeeping.

All times are whole milliseconds since 1970, as finely as Okta's log tells time. Windows are half open,
[since, until): every moment belongs to exactly one, so what two answers both hold is written once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Dict, List, Optional

SPLIT_PAGES = 10  # a window that needs more is shared out
PAGES_WANTED = 8  # in a window: the size of the next one follows from the last
SMALLEST = 1_000  # ms
LARGEST = 24 * 3600 * 1000
FIRST = 3600 * 1000


@dataclass
class Window:
    """What is left of a window. `next`: Okta's link to its next page, empty before the first.

    `edge`: digests (hex) of the events written that were published exactly at `since`, should Okta have to be
    asked again from there.
    """

    since: int
    until: int
    next: str = ""
    edge: List[str] = field(default_factory=list)
    pages: int = 0  # read of it


class Windows:
    """[start, end) of the log: [start, floor) not begun yet, `open` begun and not finished, the rest done.

    The newest is read first: it is what an incident responder needs first.
    """

    def __init__(self, start: int, end: int, floor: Optional[int] = None, size: int = FIRST) -> None:
        self.start = start
        self.end = max(end, start)
        self.floor = self.end if floor is None else floor
        self.size = size
        self.open: List[Window] = []
        self._taken: List[Window] = []

    @property
    def done(self) -> bool:
        return self.floor <= self.start and not self.open

    @property
    def fraction(self) -> float:
        """How much of the time is read, 0…1."""
        left = max(self.floor - self.start, 0) + sum(window.until - window.since for window in self.open)
        return 1 - left / (self.end - self.start) if self.end > self.start else 1.0

    def take(self) -> Optional[Window]:
        """A window that nobody reads, from now on the taker's; None when there is none at the moment."""
        idle = [window for window in self.open if not any(window is taken for taken in self._taken)]
        if idle:
            window = max(idle, key=lambda each: each.since)
        elif self.floor > self.start:
            since = max(self.start, self.floor - self.size)
            window = Window(since, self.floor)
            self.floor = since
            self.open.append(window)
        else:
            return None
        self._taken.append(window)
        return window

    def release(self, window: Window) -> None:
        """Give a window back unfinished: another worker, or a later run, goes on with it."""
        self._taken = [taken for taken in self._taken if taken is not window]

    def finish(self, window: Window) -> None:
        """The window is read to its end."""
        self.release(window)
        self.open = [other for other in self.open if other is not window]
        grown = self.size * PAGES_WANTED // max(window.pages, 1)
        self.size = int(min(max(grown, self.size // 4, SMALLEST), self.size * 4, LARGEST))

    def split(self, window: Window) -> None:
        """Leave the later half of what is left of a window to others."""
        middle = (window.since + window.until) // 2
        if middle - window.since >= SMALLEST:
            self.open.append(Window(middle, window.until))
            window.until = middle

    def record(self) -> Dict[str, str]:
        """For the checkpoint."""
        windows = [{name: value for name, value in asdict(window).items() if value} for window in self.open]
        return {
            "start": str(self.start),
            "end": str(self.end),
            "floor": str(self.floor),
            "size": str(self.size),
            "open": json.dumps(windows),
        }

    @classmethod
    def read(cls, record: Dict[str, str]) -> Windows:
        """Of an earlier `record()`. Raises ValueError, KeyError or TypeError when it is none."""
        windows = cls(*(int(record[name]) for name in ("start", "end", "floor", "size")))
        windows.open = [Window(**window) for window in json.loads(record["open"])]
        return windows
