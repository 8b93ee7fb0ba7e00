"""chart: statistics as a table of rows and series (Search Reference: chart).

`chart count over host by action` and `chart count by host action` are the same. A row split that is
put into buckets gets the empty ones between too, unless `cont=false`. Bin options belong to the field
they stand after; before all fields, to the row split.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import is_pattern
from lab.spl.statistics.aggregations import Statistics
from lab.spl.statistics.bucketing import Bucketing
from lab.spl.statistics.charting import Series, Split, pivot, read_series, read_split, read_where
from lab.spl.statistics.spans import NumberSpan, Span, TimeSpan, buckets
from lab.spl.statistics.statistics_lists import (
    check_aggregations,
    check_no_wildcards,
    check_split_fields,
    fields_read,
    tokens_ahead,
    without_wildcards,
)
from lab.spl.values import as_number, as_text, scalars, sort_key

_BINS = 300  # the page's "Bin options"


class Chart(Command):
    name = "chart"

    def __init__(self, args: Arguments) -> None:
        options = read_series(args)
        self.continuous = args.option_bool("cont", default=True)
        ahead = tokens_ahead(args)
        head = args.part_before("over", "by")
        self.bucketing = Bucketing(head, _BINS)
        self.aggregations = head.aggregations(until=("where",))
        head.done()
        splits = self._splits(args)
        if len(splits) > 1:
            options.update(read_where(args))  # it chooses series: it stands after a column split
        args.done()
        names = [field for field, _ in splits]
        self.row_split, self.column_split = (*names, None, None)[:2]
        self.column_bucketing = splits[1][1] if len(splits) > 1 else None
        if splits and (splits[0][1].given or splits[0][1].align is not None):
            self.bucketing = splits[0][1]
        self.series = Series(**options)
        self.found_columns: Optional[List[str]] = None
        check_no_wildcards(args, names, ahead)
        check_aggregations(args, self.aggregations, names, nameless=bool(splits), nested=("eval", "sparkline"))
        check_split_fields(args, self.aggregations, names)
        if self.row_split is not None:
            self.bucketing.check(self.row_split, args)
        elif self.bucketing.given:
            raise args.error("bin options need a field to split the rows by")

    def _splits(self, args: Arguments) -> List[Tuple[str, Bucketing]]:
        """The fields after OVER and BY, each with its own bin options."""
        over = args.keyword("over")
        found = [read_split(args, _BINS)] if over else []
        if over and args.peek() is not None and not args.peek().is_word("by", "where"):
            raise args.error("OVER takes one field", args.peek())
        if args.keyword("by"):
            while len(found) < 2 and args.peek() is not None and not args.peek().is_word("where"):
                found.append(read_split(args, _BINS))
            if len(found) == (1 if over else 0):
                raise args.error("a field is missing after BY")
            if args.peek() is not None and not args.peek().is_word("where"):
                raise args.error("a chart has one row split and one column split", args.peek())
        return found

    def needs(self, wanted: Fields) -> Fields:
        fields = (self.row_split, self.column_split, self.series.field)
        return fields_read(self.aggregations, [field for field in fields if field])

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """Those of a column split and of wildcards are known once it has run."""
        if self.column_split is not None or any(is_pattern(item.name) for item in self.aggregations):
            return self.found_columns
        return [*([self.row_split] if self.row_split else []), *(item.name for item in self.aggregations)]

    def run(self, rows: Rows, context: Context) -> Rows:
        rows = list(rows)
        fields = [field for field in (self.row_split, self.column_split) if field]
        statistics = Statistics(without_wildcards(self.aggregations, rows, frozenset(fields)), context)
        entries, keys = self._entries(rows, context)
        split = None
        if self.column_split is not None and self.column_bucketing is not None:
            split = Split(self.column_split, self.column_bucketing, self.series, rows, context)
        columns, table = pivot(entries, keys, split, statistics, context, lambda index, value: value)
        self.found_columns = [*fields[:1], *columns]
        if self.row_split is None:
            return [cells for _, cells in table]
        return [{self.row_split: key, **cells} for key, cells in table]

    def _entries(self, rows: List[Row], context: Context) -> Tuple[List[Tuple[Any, Row]], List[Any]]:
        """Each row with its row key, and the keys in their order."""
        field = self.row_split
        if field is None:
            return [(None, row) for row in rows], [None]
        distinct = dict.fromkeys if self.series.distinct else list
        values = [(value, row) for row in rows for value in distinct(scalars(row.get(field)))]
        if self.bucketing.given or (field == "_time" and values):
            values = [(value, row) for value, row in values if self.bucketing.inside(value)]
            span = self.bucketing.span_for(field, [value for value, _ in values])
            place = self.bucketing.placer(span, context)
            placed = [(place(value), value, row) for value, row in values]
            starts = {key: as_number(value) for key, value, _ in placed}
            return [(key, row) for key, _, row in placed], self._bucket_keys(span, starts, context)
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
