"""Rows and series: what chart and timechart make of a statistics list (Search Reference: chart, timechart).

Each value of the column split is a series. The ten largest by their sum stay (`limit`, or a `where`
clause says otherwise), the rest are counted together as OTHER, rows without the field as NULL. Series
stand in the order of their names, those of buckets by size, NULL and OTHER last.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from lab.spl.context import Context, Row
from lab.spl.statistics.aggregations import Group, Statistics, accumulator, is_function
from lab.spl.statistics.bucketing import Bucketing
from lab.spl.values import Number, as_number, as_text, scalars

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_RANK = re.compile(r"(top|bottom)?\s*(\d+)", re.IGNORECASE)
_COMPARISONS: Dict[str, Callable[[Any, Any], bool]] = {">": operator.gt, "<": operator.lt}


@dataclass(frozen=True)
class Series:
    """Which series are shown, and under what names."""

    count: int = 10  # 0: all
    lowest: bool = False  # the smallest instead of the largest
    function: Optional[str] = None  # by which a where clause ranks series
    field: Optional[str] = None  # of that function, over the series' rows; None: over its cells
    inverted: bool = False  # those outside the rank
    threshold: Optional[Tuple[str, float]] = None  # `> 10` in place of a rank
    useother: bool = True
    usenull: bool = True
    otherstr: str = "OTHER"
    nullstr: str = "NULL"
    format: str = "$AGG$: $VAL$"
    distinct: bool = False  # a value repeated in a multivalue counts once


def read_series(args: Arguments) -> Dict[str, Any]:
    """The options that say which series are shown; keyword arguments of `Series`."""
    found: Dict[str, Any] = {
        "useother": args.option_bool("useother", default=True),
        "usenull": args.option_bool("usenull", default=True),
        "otherstr": args.option("otherstr", default="OTHER"),
        "nullstr": args.option("nullstr", default="NULL"),
        "distinct": args.option_bool("dedup_splitvals", "dedup_splitval", default=False),
    }
    separator = args.option("sep", default=": ")
    found["format"] = args.option("format", default=f"$AGG${separator}$VAL$")
    limit = args.option_token("limit")
    if limit is not None:
        found["lowest"], found["count"] = _rank(limit.value, args)
    agg = args.option_token("agg")
    if agg is not None:
        raise args.unsupported("agg", agg)
    return found


def read_where(args: Arguments) -> Dict[str, Any]:
    """`where max in top5`, `where sum notin bottom3`, `where avg > 10`, if it stands here."""
    if not args.keyword("where"):
        return {}
    at = args.peek()
    function, _, field = args.field("a statistical function").partition("(")
    function = function.lower()
    if not is_function(function):
        raise args.error(f"the statistical function '{function}' does not exist here", at)
    found: Dict[str, Any] = {"function": function, "field": field.rstrip(")").strip().strip("\"'") or None}
    word = args.keyword("in", "notin")
    if word:
        text = args.word("top or bottom and a number")
        if text.lower() in ("top", "bottom"):
            text += str(args.integer())
        lowest, count = _rank(text, args)
        return {**found, "inverted": word == "notin", "lowest": lowest, "count": count}
    for sign in _COMPARISONS:
        if args.operator(sign):
            return {**found, "threshold": (sign, args.number())}
    raise args.error("expected IN, NOTIN, < or >", args.peek())


def read_split(args: Arguments, bins: int) -> Tuple[str, Bucketing]:
    """A field to split by, and the bin options that stand right after it."""
    field = args.field("a field to split by")
    options = args.leading_options()
    bucketing = Bucketing(options, bins)
    options.done()
    bucketing.check(field, args)
    args.operator(",")
    return field, bucketing


def _rank(text: str, args: Arguments) -> Tuple[bool, int]:
    found = _RANK.fullmatch(text.strip())
    if found is None:
        raise args.error(f"expected a number, or top or bottom and a number, not {text}")
    return (found.group(1) or "top").lower() == "bottom", int(found.group(2))


Entry = Tuple[Any, Row]  # row key, row
Finish = Callable[[int, Any], Any]  # (position in the statistics list, result) → what is shown
Cells = Dict[Tuple[Any, str], Group]  # by row key and series


class Split:
    """The series of a chart: which of them a row belongs to, and the order they stand in."""

    def __init__(self, field: str, bucketing: Bucketing, series: Series, rows: Iterable[Row], context: Context) -> None:
        self.field = field
        self.series = series
        self._starts: Dict[str, Number] = {}  # of series that are buckets
        self._inside = bucketing.inside
        self._place: Optional[Callable[[Any], Any]] = None
        if bucketing.given:
            values = [value for row in rows for value in scalars(row.get(field))] if bucketing.needs_values else []
            self._place = bucketing.placer(bucketing.span_for(field, values), context)

    def names(self, row: Row) -> List[str]:
        values = scalars(row.get(self.field))
        if not values:
            return [self.series.nullstr] if self.series.usenull else []
        if self._place is not None:
            return [self._bucket(value) for value in values if self._inside(value)]
        if self.series.distinct:
            values = list(dict.fromkeys(values))
        return [_shown_name(as_text(value)) for value in values]

    def order(self, name: str) -> Any:
        start = self._starts.get(name)
        return (0, start, "") if start is not None else (1, 0, name)

    def _bucket(self, value: Any) -> str:
        assert self._place is not None
        name = _shown_name(as_text(self._place(value)))
        number = as_number(value)
        if number is not None:
            self._starts[name] = min(number, self._starts.get(name, number))
        return name


def _shown_name(value: str) -> str:
    """A column that began with an underscore would be an internal field (timechart: "Prepending VALUE")."""
    return "VALUE" + value if value.startswith("_") else value


def pivot(
    entries: Iterable[Entry],
    keys: Sequence[Any],
    split: Optional[Split],
    statistics: Statistics,
    context: Context,
    finish: Finish,
) -> Tuple[List[str], List[Entry]]:
    """The columns, and for each of `keys` its cells; `entries` say which rows belong to which key."""
    entries = list(entries)
    if split is None:
        groups = {key: statistics.group() for key in keys}
        for key, row in entries:
            statistics.add(groups[key], row)
        return statistics.names, [(key, _cells(statistics, groups[key], finish)) for key in keys]
    series = split.series
    placed = [(key, name, row) for key, row in entries for name in split.names(row)]
    cells = _filled(placed, statistics)
    shown = _shown(split, placed, cells, statistics, context)
    columns_kept = frozenset(shown)
    if any(name not in columns_kept for _, name, _ in placed):
        kept = [(key, name if name in columns_kept else series.otherstr, row) for key, name, row in placed]
        kept = [(key, name, row) for key, name, row in kept if series.useother or name in columns_kept]
        cells = _filled(kept, statistics)
        shown = [*shown, *([series.otherstr] if series.useother and series.otherstr not in shown else [])]
    columns = [_name(one, name, statistics, series) for one in statistics.names for name in shown]
    table: List[Entry] = []
    for key in keys:
        by_name = {name: _cells(statistics, cells.get((key, name)) or statistics.group(), finish) for name in shown}
        found = [(one, name) for one in statistics.names for name in shown]
        row = {column: by_name[name].get(one) for column, (one, name) in zip(columns, found)}
        table.append((key, {column: value for column, value in row.items() if value is not None}))
    return columns, table


def _cells(statistics: Statistics, group: Group, finish: Finish) -> Row:
    found = zip(statistics.names, statistics.results(group))
    shown = {name: finish(index, value) for index, (name, value) in enumerate(found)}
    return {name: value for name, value in shown.items() if value is not None}


def _filled(placed: Iterable[Tuple[Any, str, Row]], statistics: Statistics) -> Cells:
    cells: Cells = {}
    for key, name, row in placed:
        group = cells.get((key, name))
        if group is None:
            group = cells[key, name] = statistics.group()
        statistics.add(group, row)
    return cells


def _shown(
    split: Split, placed: Sequence[Tuple[Any, str, Row]], cells: Cells, statistics: Statistics, context: Context
) -> List[str]:
    """The series that keep their own column, in order; of series that rank alike the first by name is taken
    (timechart: limit)."""
    series = split.series
    scores = _scores(series, placed, cells, statistics, context)
    names = sorted(name for name in scores if name != series.nullstr)
    if series.threshold is not None:
        sign, bound = series.threshold
        names = [name for name in names if _COMPARISONS[sign](scores[name], bound)]
    elif series.count:
        ranked = sorted(names, key=lambda name: scores[name], reverse=not series.lowest)
        inside = set(ranked[: series.count])
        names = [name for name in names if (name in inside) != series.inverted]
    return [*sorted(names, key=split.order), *([series.nullstr] if series.nullstr in scores else [])]


def _scores(
    series: Series, placed: Sequence[Tuple[Any, str, Row]], cells: Cells, statistics: Statistics, context: Context
) -> Dict[str, Number]:
    """By what series are ranked: how often they occur where there are several statistics or a where clause
    counts, else a function of their cells, or of a field of their rows."""
    frequencies = Counter(name for _, name, _ in placed)
    several = len(statistics.names) > 1
    if series.function in ("count", "c") and series.field is None or (several and series.function is None):
        return dict(frequencies)
    make = accumulator(series.function or "sum", context)
    ranking = {name: make() for name in frequencies}
    if series.field is not None:
        for _, name, row in placed:
            for value in scalars(row.get(series.field)):
                ranking[name].add(value, as_number(row.get("_time")))
    else:
        for (_, name), group in cells.items():
            value = statistics.results(group)[0]
            if value is not None:
                ranking[name].add(value, None)
    return {name: as_number(member.result()) or 0 for name, member in ranking.items()}


def _name(aggregation: str, name: str, statistics: Statistics, series: Series) -> str:
    if len(statistics.names) == 1:
        return name
    return series.format.replace("$AGG$", aggregation).replace("$VAL$", name)
