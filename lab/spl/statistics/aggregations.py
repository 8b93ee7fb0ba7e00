"""Statistics lists: the functions by name, and running a whole list over rows.

stats, eventstats, streamstats, chart, timechart and tstats share `Statistics`; `PAGES` names the page of
the Search Reference each function is documented on. `statistics_lists.py` checks and rewrites the lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, FrozenSet, List, Optional, Sequence, Tuple

from lab.spl.context import Context, Row
from lab.spl.field_patterns import fill_wildcards, is_pattern, wildcard_parts
from lab.spl.statistics.accumulators.base import Accumulator, AllNumbers
from lab.spl.statistics.accumulators.chronological import Earliest, EarliestTime, Latest, LatestTime, Rate
from lab.spl.statistics.accumulators.counts import Count, DistinctCount, DistinctCountError, Mode
from lab.spl.statistics.accumulators.event_order import First, FirstInWindow, Last
from lab.spl.statistics.accumulators.extremes import Maximum, Minimum, Percentile, Range
from lab.spl.statistics.accumulators.multivalue import ListOfValues, Values
from lab.spl.statistics.accumulators.nested import Computed, Family
from lab.spl.statistics.accumulators.sparkline import Drawing, Sparkline
from lab.spl.statistics.accumulators.sums import (
    Average,
    PopulationStandardDeviation,
    PopulationVariance,
    StandardDeviation,
    Sum,
    SumOfSquares,
    Variance,
)
from lab.spl.statistics.spans import parse_span, time_span
from lab.spl.values import Number, as_number

if TYPE_CHECKING:
    from lab.spl.command import Aggregation
    from lab.spl.eval_expression.expression import Expression

Reader = Callable[[Row], Any]
Factory = Callable[[], Accumulator]

_SIMPLE: Dict[str, Factory] = {
    "count": Count,
    "c": Count,
    "dc": DistinctCount,
    "distinct_count": DistinctCount,
    "estdc": DistinctCount,
    "estdc_error": DistinctCountError,
    "sum": Sum,
    "avg": Average,
    "mean": Average,
    "sumsq": SumOfSquares,
    "stdev": StandardDeviation,
    "stdevp": PopulationStandardDeviation,
    "var": Variance,
    "varp": PopulationVariance,
    "max": Maximum,
    "min": Minimum,
    "range": Range,
    "mode": Mode,
    "first": First,
    "last": Last,
    "earliest": Earliest,
    "latest": Latest,
    "earliest_time": EarliestTime,
    "latest_time": LatestTime,
    "rate": Rate,
}
_ORDERED = ("first", "last", "earliest", "latest", "earliest_time", "latest_time", "rate")
_LIMITED = ("list", "values")
_PERCENTILE = re.compile(r"(?:perc|p|percentile|exactperc|upperperc)(\d+(?:\.\d+)?)")
PER_TIME = {"per_second": 1, "per_minute": 60, "per_hour": 3600, "per_day": 86400}  # timechart's own
_PERCENTILES = ("median", "perc", "p", "percentile", "exactperc", "upperperc")
PAGES = {
    **dict.fromkeys((*(name for name in _SIMPLE if name not in _ORDERED), *_PERCENTILES), "Aggregate functions"),
    **dict.fromkeys(_ORDERED[:2], "Event order functions"),
    **dict.fromkeys(_LIMITED, "Multivalue stats and chart functions"),
    **dict.fromkeys((*_ORDERED[2:], *PER_TIME), "Time functions"),
}


def _percent(function: str) -> Optional[float]:
    if function == "median":
        return 50.0
    found = _PERCENTILE.fullmatch(function)
    percent = float(found.group(1)) if found else None
    return percent if percent is not None and percent <= 100 else None


def is_chronological(name: str) -> bool:
    return name in _SIMPLE and _SIMPLE[name]().chronological


def is_function(name: str) -> bool:
    return name in _SIMPLE or name in _LIMITED or _percent(name) is not None


def accumulator(function: str, context: Context, window: bool = False, allnum: bool = False) -> Factory:
    """What makes a fresh accumulator of a function; `window`: one whose old values leave again."""
    percent = _percent(function)
    if percent is not None:
        factory: Factory = lambda: Percentile(percent)  # noqa: E731
    elif function == "values":
        limit = context.limit("stats", "maxvalues")
        factory = lambda: Values(limit)  # noqa: E731
    elif function == "list":
        limit = context.limit("stats", "list_maxsize")
        warn = _once(context.warn)
        factory = lambda: ListOfValues(limit, warn)  # noqa: E731
    elif window and function == "first":
        factory = FirstInWindow
    elif function in PER_TIME:
        factory = Sum  # timechart divides it by the length of the bucket
    else:
        factory = _SIMPLE[function]
    if allnum and factory().numeric:
        return lambda: AllNumbers(factory())
    return factory


def _once(warn: Callable[[str], None]) -> Callable[[str], None]:
    """Says a thing the first time only, however many groups it holds for."""
    said = set()

    def warn_once(message: str) -> None:
        if message not in said:
            said.add(message)
            warn(message)

    return warn_once


Group = List[Accumulator]


class Statistics:
    """A statistics list made ready to run: groups of accumulators, fed by rows."""

    def __init__(
        self,
        aggregations: Sequence[Aggregation],
        context: Context,
        by: Sequence[str] = (),
        window: bool = False,
        allnum: bool = False,
    ) -> None:
        self.names = [item.name for item in aggregations]
        self._readers: List[Tuple[str, Optional[Reader]]] = []  # a plain field has no reader: it is quicker so
        self._factories: List[Factory] = []
        without = frozenset(by)
        for item in aggregations:
            reader, factory = _made(item, context, without, window, allnum)
            self._readers.append(("" if reader is not None else item.field or "", reader))
            self._factories.append(factory)
        self._timed = any(factory().chronological for factory in self._factories) or any(
            item.parts or is_pattern(item.field or "") for item in aggregations
        )

    def group(self) -> Group:
        return [factory() for factory in self._factories]

    def add(self, group: Group, row: Row) -> None:
        time = as_number(row.get("_time")) if self._timed else None
        for (field, read), member in zip(self._readers, group):
            value = row.get(field) if read is None else read(row)
            if value is None:
                continue
            if value.__class__ is list:
                for one in value:
                    member.add(one, time)
            else:
                member.add(value, time)

    def read(self, row: Row) -> Tuple[Optional[Number], List[Any]]:
        """What a row will contribute, to be kept while it is inside a window."""
        values = [row.get(field) if read is None else read(row) for field, read in self._readers]
        return as_number(row.get("_time")) if self._timed else None, values

    def add_contribution(self, group: Group, contribution: Tuple[Optional[Number], List[Any]]) -> None:
        time, values = contribution
        for value, member in zip(values, group):
            _feed(member, value, time)

    def remove_oldest(self, group: Group, window: Deque[Tuple[Optional[Number], List[Any]]]) -> None:
        """The oldest contribution leaves the window and its group."""
        time, values = window.popleft()
        for index, value in enumerate(values):
            if value is None:
                continue
            parts = value if value.__class__ is list else (value,)
            member = group[index]
            if all(member.remove(part, time) for part in parts):
                continue
            group[index] = fresh = self._factories[index]()
            for other_time, others in window:
                _feed(fresh, others[index], other_time)

    def results(self, group: Group) -> List[Any]:
        """The results in the order of the list; it must be without wildcards."""
        return [member.result() for member in group]

    def write(self, group: Group, row: Row) -> None:
        """The results into `row`; a null result removes what stood there."""
        for name, member in zip(self.names, group):
            if member.__class__ is Family:
                for field, one in member.members.items():
                    _set(row, field, one.result())
            else:
                _set(row, name, member.result())


def _feed(member: Accumulator, value: Any, time: Optional[Number]) -> None:
    if value is None:
        return
    for one in value if value.__class__ is list else (value,):
        member.add(one, time)


def _set(row: Row, name: str, value: Any) -> None:
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value


def _made(
    item: Aggregation, context: Context, without: FrozenSet[str], window: bool, allnum: bool
) -> Tuple[Optional[Reader], Factory]:
    """What reads an item's values from a row (None: a plain field) and what makes its accumulators."""
    if item.function == "sparkline":
        (part,) = item.parts
        reader, factory = _made(part, context, without, window, allnum)
        drawing = Drawing(
            time_span(parse_span(item.span)) if item.span else None,
            context.limit("stats", "sparkline_maxsize"),
            context,
        )
        field = part.field
        return reader or (lambda row: row.get(field)), lambda: Sparkline(drawing, factory)
    if item.parts:
        assert item.expression is not None
        parts = [(part.name, *_read_and_made(part, context, without, window, allnum)) for part in item.parts]
        evaluate = item.expression.compile(context)
        return dict, lambda: Computed(parts, lambda row: _storable(evaluate(row)))
    factory = accumulator(item.function, context, window, allnum)
    if item.field is not None and is_pattern(item.field):
        name = lambda field: None if field in without else wildcard_name(item, field)  # noqa: E731
        return dict, lambda: Family(name, factory)  # dict: a copy, since the row itself will get fields
    if item.expression is not None:
        return _evaluated(item.expression, context), factory
    return None if item.field is not None else _one, factory


def _read_and_made(part: Aggregation, *options: Any) -> Tuple[Reader, Factory]:
    reader, factory = _made(part, *options)
    return reader or (lambda row: row.get(part.field)), factory


def _one(row: Row) -> Any:
    """For a bare count 1 a row."""
    return 1


def wildcard_name(item: Aggregation, field: str) -> Optional[str]:
    """The output field of a field that the item's wildcard matches, None for another."""
    parts = wildcard_parts(item.field or "", field)
    if parts is None:
        return None
    return fill_wildcards(item.name, parts) if item.renamed else item.name.replace(item.field or "", field)


def _evaluated(expression: Expression, context: Context) -> Reader:
    """The values of `eval(…)`; of a condition 1 where it holds."""
    if expression.boolean:
        holds = expression.condition(context)
        return lambda row: 1 if holds(row) else None
    evaluate = expression.compile(context)
    return lambda row: _storable(evaluate(row))


def _storable(value: Any) -> Any:
    return 1 if value is True else None if value is False else value
