"""timechart: statistics over buckets of time (Search Reference: timechart).

The buckets run through the search's time range where it is bounded (`fixedrange`), else from the first
row's to the last row's, the empty ones among them (`cont`). Without a span the usual one for the
range is taken, at most 100 buckets. Bin options after the split field are that field's.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import is_pattern
from lab.spl.statistics.aggregations import PER_TIME, Statistics
from lab.spl.statistics.bucketing import Bucketing
from lab.spl.statistics.charting import Series, Split, pivot, read_series, read_split, read_where
from lab.spl.statistics.spans import TimeSpan, buckets
from lab.spl.statistics.statistics_lists import (
    check_aggregations,
    check_no_wildcards,
    check_split_fields,
    fields_read,
    tokens_ahead,
    without_wildcards,
)
from lab.spl.values import Number, as_number, tidy

_BINS = 100  # the page's "bins and span arguments"


class TimeChart(Command):
    name = "timechart"

    def __init__(self, args: Arguments) -> None:
        options = read_series(args)
        self.continuous = args.option_bool("cont", default=True)
        self.fixed = args.option_bool("fixedrange", default=True)
        self.partial = args.option_bool("partial", default=True)
        ahead = tokens_ahead(args)
        head = args.part_before("by")
        self.bucketing = Bucketing(head, _BINS)
        self.aggregations = head.aggregations(until=("where",))
        head.done()
        self.split: Optional[str] = None
        self.split_bucketing: Optional[Bucketing] = None
        if args.keyword("by"):
            self.split, self.split_bucketing = read_split(args, _BINS)
            options.update(read_where(args))
            if args.peek() is not None:
                raise args.error("a timechart is split by one field", args.peek())
        self.series = Series(**options)
        self.found_columns: Optional[List[str]] = None
        splits = [self.split] if self.split is not None else []
        check_no_wildcards(args, splits, ahead)
        check_aggregations(
            args, self.aggregations, ["_time", *splits], nameless=bool(splits), nested=("eval",), rates=True
        )
        check_split_fields(args, self.aggregations, splits)
        for item in self.aggregations:
            if item.function == "eval" and self.split is None:
                raise args.error("an expression over statistics needs a split field (BY)", item)
        self.bucketing.check("_time", args)

    def needs(self, wanted: Fields) -> Fields:
        fields = ("_time", self.split, self.series.field)
        return fields_read(self.aggregations, [field for field in fields if field])

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """Those of a split and of wildcards are known once it has run."""
        if self.split is not None or any(is_pattern(item.name) for item in self.aggregations):
            return self.found_columns
        return ["_time", *(item.name for item in self.aggregations)]

    def run(self, rows: Rows, context: Context) -> Rows:
        timed = [(time, row) for time, row in ((as_number(row.get("_time")), row) for row in rows) if time is not None]
        timed = [(time, row) for time, row in timed if self.bucketing.inside(time)]
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
        split = None
        if self.split is not None and self.split_bucketing is not None:
            split = Split(self.split, self.split_bucketing, self.series, [row for _, row in entries], context)
        fields = frozenset((self.split,)) if self.split is not None else frozenset()
        aggregations = without_wildcards(self.aggregations, [row for _, row in entries], fields)
        rates = {index: PER_TIME.get(item.function) for index, item in enumerate(aggregations)}

        def finish(index: int, value: Any) -> Any:
            seconds = rates[index]
            return value if value is None or seconds is None else tidy(value * seconds / span.about)

        columns, table = pivot(entries, keys, split, Statistics(aggregations, context), context, finish)
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
