"""timechart: statistics over buckets of time (Search Reference: timechart).

The buckets run through the search's time range where it is bounded (`fixedrange`), else from the first
row's to the last row's, the empty ones among them (`cont`). Without a span the usual one for the
range is taken, at most 100 buckets.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from lab.spl.aggregations import PER_TIME, Statistics, check_aggregations, fields_read
from lab.spl.bucketing import Bucketing
from lab.spl.charting import Series, pivot, read_series, read_where
from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import is_pattern
from lab.spl.spans import TimeSpan, buckets
from lab.spl.values import Number, as_number, tidy


class TimeChart(Command):
    name = "timechart"

    def __init__(self, args: Arguments) -> None:
        options = read_series(args)
        self.bucketing = Bucketing(args)
        self.continuous = args.option_bool("cont", default=True)
        self.fixed = args.option_bool("fixedrange", default=True)
        self.partial = args.option_bool("partial", default=True)
        items = args.aggregations()
        self.rates = {index: PER_TIME[item.function] for index, item in enumerate(items) if item.function in PER_TIME}
        self.aggregations = [replace(item, function="sum") if item.function in PER_TIME else item for item in items]
        split = args.by_clause(until=("where",))
        if len(split) > 1:
            raise args.error("a timechart is split by one field")
        options.update(read_where(args))
        args.done()
        self.split = split[0] if split else None
        self.series = Series(**options)
        self.found_columns: Optional[List[str]] = None
        check_aggregations(args, self.aggregations, ["_time", *split])
        for item in self.aggregations:
            if item.field is not None and is_pattern(item.field):
                raise args.unsupported("a wildcard in a statistics list", item)
        self.bucketing.check("_time", args)

    def needs(self, wanted: Fields) -> Fields:
        return fields_read(self.aggregations, ["_time", *([self.split] if self.split else [])])

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """Those of a split are known once it has run."""
        return self.found_columns if self.split is not None else ["_time", *(item.name for item in self.aggregations)]

    def run(self, rows: Rows, context: Context) -> Rows:
        timed = [(time, row) for time, row in ((as_number(row.get("_time")), row) for row in rows) if time is not None]
        if not timed:
            return []
        times = [time for time, _ in timed]
        first, last = self._range(times, context)
        span = self.bucketing.span_for("_time", (first, last))
        assert isinstance(span, TimeSpan)
        place = self.bucketing.placer(span, context)
        entries = [(place(time), row) for time, row in timed]
        keys = self._keys(entries, place(first), place(last), span, context)
        shown = set(keys)
        entries = [(key, row) for key, row in entries if key in shown]
        lengths = {index: seconds / span.about for index, seconds in self.rates.items()}

        def finish(index: int, value: Any) -> Any:
            return value if value is None or index not in lengths else tidy(value * lengths[index])

        statistics = Statistics(self.aggregations, context)
        columns, table = pivot(entries, keys, self.split, statistics, self.series, context, finish)
        self.found_columns = ["_time", *columns]
        return [{"_time": key, **cells} for key, cells in table]

    def _range(self, times: List[Number], context: Context) -> Tuple[Number, Number]:
        """The first and the last moment of the chart."""
        first, last = min(times), max(times)
        if self.fixed and self.continuous:
            if context.earliest > 0:
                first = min(first, context.earliest)
            if math.isfinite(context.latest):
                last = max(last, context.latest - 1e-6)  # the end itself is outside
        return first, last

    def _keys(
        self, entries: List[Tuple[Any, Row]], first: Number, last: Number, span: TimeSpan, context: Context
    ) -> List[Any]:
        if self.continuous:
            keys = buckets(first, last, span, context.timezone, context.limit("discretize", "maxbins"))
        else:
            keys = sorted(dict.fromkeys(key for key, _ in entries))
        if self.partial:
            return keys
        whole: Dict[Any, bool] = {
            key: key >= context.earliest and span.next(key, context.timezone) <= context.latest for key in keys
        }
        return [key for key in keys if whole[key]]
