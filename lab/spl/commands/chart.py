"""chart: statistics as a table of rows and series (Search Reference: chart).

`chart count over host by action` and `chart count by host action` are the same. A row split that is
put into buckets gets the empty ones between too, unless `cont=false`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from lab.spl.aggregations import Statistics, check_aggregations, fields_read
from lab.spl.bucketing import Bucketing
from lab.spl.charting import Series, pivot, read_series, read_where
from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import is_pattern
from lab.spl.spans import NumberSpan, Span, TimeSpan, buckets
from lab.spl.values import as_number, as_text, scalars, sort_key


class Chart(Command):
    name = "chart"

    def __init__(self, args: Arguments) -> None:
        options = read_series(args)
        self.bucketing = Bucketing(args)
        self.continuous = args.option_bool("cont", default=True)
        self.aggregations = args.aggregations()
        over = args.keyword("over")
        splits = args.field_list(required=True, until=("by", "where")) if over else []
        if len(splits) > 1:
            raise args.error("OVER takes one field")
        splits += args.by_clause(until=("where",))
        if len(splits) > 2:
            raise args.error("a chart has one row split and one column split")
        options.update(read_where(args))
        args.done()
        self.row_split = splits[0] if splits else None
        self.column_split = splits[1] if len(splits) > 1 else None
        self.series = Series(**options)
        self.found_columns: Optional[List[str]] = None
        check_aggregations(args, self.aggregations, splits)
        for item in self.aggregations:
            if item.field is not None and is_pattern(item.field):
                raise args.unsupported("a wildcard in a statistics list", item)
        if self.row_split is not None:
            self.bucketing.check(self.row_split, args)

    def needs(self, wanted: Fields) -> Fields:
        return fields_read(self.aggregations, [field for field in (self.row_split, self.column_split) if field])

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """Those of a column split are known once it has run."""
        if self.column_split is not None:
            return self.found_columns
        return [*([self.row_split] if self.row_split else []), *(item.name for item in self.aggregations)]

    def run(self, rows: Rows, context: Context) -> Rows:
        statistics = Statistics(self.aggregations, context)
        entries, keys = self._entries(list(rows), context)
        columns, table = pivot(
            entries, keys, self.column_split, statistics, self.series, context, lambda index, value: value
        )
        if self.row_split is None:
            return [cells for _, cells in table]
        self.found_columns = [self.row_split, *columns]
        return [{self.row_split: key, **cells} for key, cells in table]

    def _entries(self, rows: List[Row], context: Context) -> Tuple[List[Tuple[Any, Row]], List[Any]]:
        """Each row with its row key, and the keys in their order."""
        field = self.row_split
        if field is None:
            return [(None, row) for row in rows], [None]
        values = [(value, row) for row in rows for value in scalars(row.get(field))]
        if self.bucketing.given or (field == "_time" and values):
            span = self.bucketing.span_for(field, [value for value, _ in values])
            place = self.bucketing.placer(span, context)
            starts = {place(value): as_number(value) for value, _ in values}
            entries = [(place(value), row) for value, row in values]
            return entries, self._bucket_keys(span, starts, context)
        known: Dict[str, Any] = {}
        entries = [(known.setdefault(as_text(value), value), row) for value, row in values]
        return entries, sorted(known.values(), key=sort_key)

    def _bucket_keys(self, span: Span, starts: Dict[Any, Any], context: Context) -> List[Any]:
        """The buckets, with the empty ones between; what is no number comes last."""
        texts = sorted(key for key, number in starts.items() if number is None)
        numbers = {key: number for key, number in starts.items() if number is not None}
        if not numbers or not self.continuous:
            return [*sorted(numbers, key=numbers.__getitem__), *texts]
        limit = context.limit("discretize", "maxbins")
        if isinstance(span, TimeSpan):
            return [*buckets(min(numbers), max(numbers), span, context.timezone, limit), *texts]
        if isinstance(span, NumberSpan):
            first, last = span.start(min(numbers.values())), span.start(max(numbers.values()))
            count = min(limit, round((last - first) / span.size) + 1)
            return [*(span.label(first + (step + 0.5) * span.size) for step in range(count)), *texts]
        return [*sorted(numbers, key=numbers.__getitem__), *texts]
