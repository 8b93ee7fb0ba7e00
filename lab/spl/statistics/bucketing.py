"""The bin options that bin, chart and timechart share: which bucket a value falls into (Search Reference, bin).

A time becomes the start of its bucket, a number the text `start-end`; what is no number stays. Without
a span it follows from the values: for `_time` a usual length of time, else a power of ten, so that
there are at most `bins` buckets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional

from lab.spl.context import Context
from lab.spl.errors import SearchError
from lab.spl.statistics.spans import (
    LogSpan,
    Span,
    TimeSpan,
    automatic_number_span,
    automatic_time_span,
    span_option,
    time_span,
)
from lab.spl.times import time_of
from lab.spl.values import as_number

if TYPE_CHECKING:
    from lab.spl.command import Arguments


class Bucketing:
    """The options as written; `given` tells whether there were any that make buckets. `bins` is how many
    there are at most where nothing says otherwise."""

    def __init__(self, args: Arguments, bins: int = 100) -> None:
        self.span: Optional[Span] = span_option(args, "span")
        self.smallest = span_option(args, "minspan")
        most = args.option_int("bins", minimum=2)
        self.low = args.option_number("start")
        self.high = args.option_number("end")
        self.align = args.option("aligntime")
        options = (self.span, self.smallest, most, self.low, self.high)
        self.given = any(found is not None for found in options)
        self.bins = most or bins

    def check(self, field: str, args: Arguments) -> None:
        """Raise where the span does not suit the field."""
        try:
            if field == "_time" and self.span is not None:
                time_span(self.span)
        except SearchError as error:
            raise args.error(error.reason) from None

    @property
    def needs_values(self) -> bool:
        """Whether all values must be seen before the first can be placed."""
        return self.span is None

    def inside(self, value: Any) -> bool:
        """Whether a value lies from start= to end=; chart and timechart leave out what does not."""
        number = as_number(value) if self.low is not None or self.high is not None else None
        if number is None:
            return True
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)

    def span_for(self, field: str, values: Iterable[Any]) -> Span:
        if self.span is not None:
            return time_span(self.span) if field == "_time" else self.span
        numbers = [number for number in map(as_number, values) if number is not None]
        lowest = min([*numbers, *([self.low] if self.low is not None else [])], default=0)
        end = [] if self.high is None else [self.high - abs(self.high) * 1e-9]  # the end itself is outside
        highest = max([*numbers, *end], default=0)
        if field == "_time" or isinstance(self.smallest, TimeSpan):
            smallest = time_span(self.smallest) if self.smallest is not None else None
            return automatic_time_span(lowest, highest, self.bins, smallest)
        return automatic_number_span(lowest, highest, self.bins, self.smallest)

    def placer(self, span: Span, context: Context) -> Callable[[Any], Any]:
        """What puts a value into its bucket."""
        align = self.alignment(context)

        def place(value: Any) -> Any:
            number = as_number(value)
            if number is None or (isinstance(span, LogSpan) and number <= 0):
                return value
            if isinstance(span, TimeSpan):
                return span.start(number, context.timezone, align)
            return span.label(number)

        return place

    def alignment(self, context: Context) -> Optional[float]:
        """The time that buckets of time count from; None: epoch 0."""
        if self.align is None:
            return None
        if self.align.lower() in ("earliest", "latest"):
            latest = context.latest if math.isfinite(context.latest) else context.now
            return context.earliest if self.align.lower() == "earliest" else latest
        return time_of(self.align, context.now, context.timezone)
