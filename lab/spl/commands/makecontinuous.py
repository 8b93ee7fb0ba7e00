"""makecontinuous: rows for the buckets that have none (Search Reference: makecontinuous).

The field (`_time` where none is named) is put into buckets as bin does it; between the first and the last
bucket each one without a row gets a row with the field alone. Rows come in the order of the field; those
without a number or time in it come first, as they were.
"""

from __future__ import annotations

from typing import Any, Dict, List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.statistics.bucketing import Bucketing
from lab.spl.statistics.spans import LogSpan, NumberSpan, TimeSpan, buckets
from lab.spl.values import Number, as_number, tidy


class MakeContinuous(Command):
    name = "makecontinuous"

    def __init__(self, args: Arguments) -> None:
        self.bucketing = Bucketing(args)
        self.field = args.field() if args.peek() is not None else "_time"
        args.done()
        self.bucketing.check(self.field, args)

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        without: List[Row] = []
        placed: Dict[Number, List[Row]] = {}
        found = list(rows)
        span = self.bucketing.span_for(self.field, [row.get(self.field) for row in found])
        align = self.bucketing.alignment(context)
        for row in found:
            number = as_number(row.get(self.field))
            if number is None:
                without.append(row)
                continue
            start = self._start(number, span, align, context)
            row[self.field] = start
            placed.setdefault(start, []).append(row)
        yield from without
        if not placed:
            return
        limit = context.limit("discretize", "maxbins")
        for start in self._starts(min(placed), max(placed), span, context, limit):
            yield from placed.pop(start, None) or [{self.field: start}]

    def _start(self, number: Number, span: Any, align: Any, context: Context) -> Number:
        if isinstance(span, TimeSpan):
            return span.start(number, context.timezone, align)
        if isinstance(span, LogSpan) or span.start(number) != number:
            raise Unsupported(f"numbers of {self.field} between the buckets are not supported")
        return number

    def _starts(self, first: Number, last: Number, span: Any, context: Context, limit: int) -> List[Number]:
        if isinstance(span, TimeSpan):
            return buckets(first, last, span, context.timezone, limit)
        assert isinstance(span, NumberSpan)
        count = round((last - first) / span.size)
        if count >= limit:
            raise SearchError(f"the span is too small for the numbers: more than {limit} buckets")
        return [span.start(tidy(first + step * span.size)) for step in range(count + 1)]
