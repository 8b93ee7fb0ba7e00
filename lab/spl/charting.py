"""Rows and series: what chart and timechart make of a statistics list (Search Reference: chart, timechart).

Each value of the column split is a series. The ten largest by their sum stay (`limit`, or a `where`
clause says otherwise), the rest are counted together as OTHER, rows without the field as NULL. Series
stand in the order of their names, OTHER and NULL last.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from lab.spl.aggregations import Group, Statistics, accumulator, is_function
from lab.spl.context import Context, Row
from lab.spl.values import Number, as_number, as_text, scalars

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_RANK = re.compile(r"(top|bottom)?\s*(\d+)", re.IGNORECASE)
_COMPARISONS: Dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Series:
    """Which series are shown, and under what names."""

    count: int = 10  # 0: all
    lowest: bool = False  # the smallest instead of the largest
    function: str = "sum"  # by which series are ranked, over their cells
    inverted: bool = False  # those outside the rank
    threshold: Optional[Tuple[str, float]] = None  # `> 10` in place of a rank
    useother: bool = True
    usenull: bool = True
    otherstr: str = "OTHER"
    nullstr: str = "NULL"
    format: str = "$AGG$: $VAL$"


def read_series(args: Arguments) -> Dict[str, Any]:
    """The options that say which series are shown; keyword arguments of `Series`."""
    found: Dict[str, Any] = {
        "useother": args.option_bool("useother", default=True),
        "usenull": args.option_bool("usenull", default=True),
        "otherstr": args.option("otherstr", default="OTHER"),
        "nullstr": args.option("nullstr", default="NULL"),
    }
    separator = args.option("sep", default=": ")
    found["format"] = args.option("format", default=f"$AGG${separator}$VAL$")
    limit = args.option("limit")
    if limit is not None:
        found["lowest"], found["count"] = _rank(limit, args)
    if args.option("agg") is not None:
        raise args.unsupported("agg")
    return found


def read_where(args: Arguments) -> Dict[str, Any]:
    """`where max in top5`, `where sum notin bottom3`, `where avg > 10`, if it stands here."""
    if not args.keyword("where"):
        return {}
    at = args.peek()
    function = args.field("a statistical function").partition("(")[0].lower()
    if not is_function(function):
        raise args.error(f"the statistical function '{function}' does not exist here", at)
    word = args.keyword("in", "notin")
    if word:
        text = args.word("top or bottom and a number")
        if text.lower() in ("top", "bottom"):
            text += str(args.integer())
        lowest, count = _rank(text, args)
        return {"function": function, "inverted": word == "notin", "lowest": lowest, "count": count}
    for sign in ("<=", ">=", "<", ">"):
        if args.operator(sign):
            return {"function": function, "threshold": (sign, args.number())}
    raise args.error("expected IN, NOTIN, < or >", args.peek())


def _rank(text: str, args: Arguments) -> Tuple[bool, int]:
    found = _RANK.fullmatch(text.strip())
    if found is None:
        raise args.error(f"expected a number, or top or bottom and a number, not {text}")
    return (found.group(1) or "top").lower() == "bottom", int(found.group(2))


Finish = Callable[[int, Any], Any]  # (position in the statistics list, result) → what is shown
Cells = Dict[Tuple[Any, str], Group]  # by row key and series


def pivot(
    entries: Iterable[Tuple[Any, Row]],
    keys: Sequence[Any],
    split: Optional[str],
    statistics: Statistics,
    series: Series,
    context: Context,
    finish: Finish,
) -> Tuple[List[str], List[Tuple[Any, Row]]]:
    """The columns, and for each of `keys` its cells; `entries` say which rows belong to which key."""
    entries = list(entries)
    if split is None:
        groups = {key: statistics.group() for key in keys}
        for key, row in entries:
            statistics.add(groups[key], row)
        return statistics.names, [(key, _cells(statistics, groups[key], finish)) for key in keys]
    placed = [(key, name, row) for key, row in entries for name in _series_of(row, split, series)]
    cells = _filled(placed, statistics)
    shown = _shown(cells, Counter(name for _, name, _ in placed), statistics, series, context)
    if any(name not in shown for _, name, _ in placed):
        kept = [(key, name if name in shown else series.otherstr, row) for key, name, row in placed]
        kept = [(key, name, row) for key, name, row in kept if series.useother or name in shown]
        cells = _filled(kept, statistics)
        shown = [*shown, *([series.otherstr] if series.useother and series.otherstr not in shown else [])]
    columns = [_name(one, name, statistics, series) for one in statistics.names for name in shown]
    table: List[Tuple[Any, Row]] = []
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


def _series_of(row: Row, split: str, series: Series) -> List[str]:
    values = scalars(row.get(split))
    if not values:
        return [series.nullstr] if series.usenull else []
    return [as_text(value) for value in values]


def _filled(placed: Iterable[Tuple[Any, str, Row]], statistics: Statistics) -> Cells:
    cells: Cells = {}
    for key, name, row in placed:
        group = cells.get((key, name))
        if group is None:
            group = cells[key, name] = statistics.group()
        statistics.add(group, row)
    return cells


def _shown(
    cells: Cells, frequencies: Dict[str, int], statistics: Statistics, series: Series, context: Context
) -> List[str]:
    """The series that keep their own column, in order. With several statistics the most frequent are
    the largest; of series that rank alike the first by name is taken."""
    scores: Dict[str, Number] = dict(frequencies)
    if len(statistics.names) == 1:
        make = accumulator(series.function, context)
        ranking = {name: make() for name in frequencies}
        for (_, name), group in cells.items():
            value = statistics.results(group)[0]
            if value is not None:
                ranking[name].add(value, None)
        scores = {name: as_number(member.result()) or 0 for name, member in ranking.items()}
    names = sorted(name for name in scores if name != series.nullstr)
    if series.threshold is not None:
        sign, bound = series.threshold
        names = [name for name in names if _COMPARISONS[sign](scores[name], bound)]
    elif series.count:
        ranked = sorted(names, key=lambda name: scores[name], reverse=not series.lowest)
        inside = set(ranked[: series.count])
        names = [name for name in names if (name in inside) != series.inverted]
    return [*names, *([series.nullstr] if series.nullstr in scores else [])]


def _name(aggregation: str, name: str, statistics: Statistics, series: Series) -> str:
    if len(statistics.names) == 1:
        return name
    return series.format.replace("$AGG$", aggregation).replace("$VAL$", name)
