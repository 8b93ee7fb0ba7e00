"""sparkline: a statistic over buckets of time, as a multivalue that begins with a mark (Search Reference,
stats: "Sparkline function options"; Search Manual, "Add sparklines to your search results").
"""

from __future__ import annotations

import math
from typing import Any, Callable, List, Optional, Tuple

from lab.spl.context import Context
from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.statistics.spans import TimeSpan, automatic_time_span, buckets
from lab.spl.values import Number

MARK = "##__SPARKLINE__##"


class Drawing:
    """What all groups of one sparkline share: the buckets through the search's time range, or where that is
    not bounded, through the time of all rows. At most `limit` buckets (limits.conf [stats] sparkline_maxsize)."""

    def __init__(self, span: Optional[TimeSpan], limit: int, context: Context) -> None:
        self.span = span
        self.limit = limit
        self.context = context
        self.first: Number = context.earliest if context.earliest > 0 else math.inf
        self.last: Number = context.latest if math.isfinite(context.latest) else -math.inf
        self._starts: Optional[Tuple[TimeSpan, List[Number]]] = None

    def saw(self, time: Number) -> None:
        if time < self.first:
            self.first = time
        if time > self.last:
            self.last = time

    def starts(self) -> Tuple[TimeSpan, List[Number]]:
        """The span, and the start of each bucket; asked for once all rows are seen."""
        if self._starts is None:
            zone = self.context.timezone
            last = self.last - 1e-6 if self.last == self.context.latest else self.last  # the end itself is outside
            span = self.span or automatic_time_span(self.first, last, self.limit)
            found = buckets(span.start(self.first, zone), span.start(last, zone), span, zone, 50_000)
            if len(found) > self.limit:
                shown = f"sparkline() shows the first {self.limit} of {len(found)} buckets"
                self.context.warn(f"{shown} (limits.conf [stats|sistats] sparkline_maxsize)")
            self._starts = span, found[: self.limit]
        return self._starts


class Sparkline(Accumulator):
    """One sparkline; a bucket without a value is drawn as 0."""

    __slots__ = ("drawing", "factory", "seen")

    chronological = True

    def __init__(self, drawing: Drawing, factory: Callable[[], Accumulator]) -> None:
        self.drawing = drawing
        self.factory = factory
        self.seen: List[Tuple[Number, Any]] = []

    def add(self, value: Any, time: Optional[Number]) -> None:
        if time is not None:
            self.drawing.saw(time)
            self.seen.append((time, value))

    def result(self) -> Any:
        if not self.seen:
            return None
        span, starts = self.drawing.starts()
        members = {start: self.factory() for start in starts}
        for time, value in self.seen:
            member = members.get(span.start(time, self.drawing.context.timezone))
            if member is not None:
                member.add(value, time)
        results = [member.result() for member in members.values()]
        return [MARK, *(0 if result is None else result for result in results)]
