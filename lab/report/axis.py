"""A time axis that wastes no paper on hours in which nothing happened.

Between two moments lies as much room as time passes, up to a limit; a longer silence is cut to the limit and marked, so
that four events of an intruder in a session of three days still stand apart.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import datetime, timezone
from typing import List, NamedTuple, Sequence

from lab.report.moments import span

_SHARE = 12  # a silence takes at most this part of what is drawn (of a few events more) …
_LEAST = 600.0  # … or this many seconds, whichever is more
_STEPS = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800)
_TICKS = 9
_MARGIN = 2.0  # per cent left free at both ends


class Tick(NamedTuple):
    left: float  # per cent
    label: str


class Break(NamedTuple):
    """A silence that is drawn shorter than it was."""

    left: float
    width: float
    label: str


class Axis:
    """From 0 to 100 per cent over `moments` (epoch seconds, in any order, one at least)."""

    def __init__(self, moments: Sequence[float]) -> None:
        self._moments = sorted(set(moments))
        limit = _limit([after - before for before, after in zip(self._moments, self._moments[1:])])
        self._places = [0.0]
        self._cut: List[int] = []
        for number, (before, after) in enumerate(zip(self._moments, self._moments[1:])):
            gap = after - before
            if gap > limit:
                self._cut.append(number)
            self._places.append(self._places[-1] + min(gap, limit))

    def left(self, moment: float) -> float:
        """Where a moment lies, in per cent; what lies outside is drawn at the end it is nearer to."""
        place = bisect_right(self._moments, moment) - 1
        if place < 0:
            return self._scaled(0.0)
        if place >= len(self._moments) - 1:
            return self._scaled(self._places[-1])
        before, after = self._moments[place], self._moments[place + 1]
        share = (moment - before) / (after - before)
        return self._scaled(self._places[place] + share * (self._places[place + 1] - self._places[place]))

    def breaks(self) -> List[Break]:
        return [
            Break(
                self._scaled(self._places[number]),
                self._scaled(self._places[number + 1]) - self._scaled(self._places[number]),
                span(self._moments[number + 1] - self._moments[number]),
            )
            for number in self._cut
        ]

    def ticks(self) -> List[Tick]:
        """The first time and the last, and between them round ones that are far enough apart to be read, none in a
        silence that is cut."""
        whole = self._places[-1]
        first, last = self._moments[0], self._moments[-1]
        if not whole:
            return [Tick(self._scaled(0.0), _clock(first, 1, first, last))]
        step = next((step for step in _STEPS if whole / step <= _TICKS), _STEPS[-1])
        ticks = [Tick(self._scaled(0.0), _clock(first, 1 if whole < 60 else 60, first, last))]
        end = Tick(self._scaled(whole), _clock(last, 1 if whole < 60 else 60, first, last))
        apart = 100 / _TICKS if _day(first) == _day(last) else 200 / _TICKS  # labels with a day are longer
        cut = set(self._cut)
        for number, (before, after) in enumerate(zip(self._moments, self._moments[1:])):
            if number in cut:
                continue
            moment = math.ceil(before / step) * step
            while moment <= after:
                left = self.left(moment)
                if min(left - ticks[-1].left, end.left - left) >= apart:
                    ticks.append(Tick(left, _clock(moment, step, first, last)))
                moment += step
        return [*ticks, end]

    def _scaled(self, place: float) -> float:
        whole = self._places[-1]
        share = place / whole if whole else 0.5
        return round(_MARGIN + share * (100 - 2 * _MARGIN), 2)


def _limit(gaps: Sequence[float]) -> float:
    """How long a silence may be before it is cut: a part of what is then drawn, hence approached from above."""
    share = min(_SHARE, max(2.0, len(gaps) / 2))
    limit = sum(gaps) / share
    for _ in range(60):
        shorter = sum(min(gap, limit) for gap in gaps) / share
        if limit <= _LEAST or limit - shorter < 1.0:
            break
        limit = shorter
    return max(_LEAST, limit)


def _clock(moment: float, step: float, first: float, last: float) -> str:
    """The time of day, with the day where the axis has several."""
    day = "" if _day(first) == _day(last) else "%m-%d "
    return datetime.fromtimestamp(moment, timezone.utc).strftime(day + ("%H:%M:%S" if step < 60 else "%H:%M"))


def _day(moment: float) -> int:
    return int(moment // 86_400)
