"""Statistics lists: the functions by name, and running a whole list over rows.

stats, eventstats, streamstats, chart, timechart and tstats share `Statistics`; `PAGES` names the page of
the Search Reference each function is documented on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, FrozenSet, List, Optional, Sequence, Tuple

from lab.spl.accumulators import (
    Accumulator,
    AllNumbers,
    Average,
    Count,
    DistinctCount,
    DistinctCountError,
    Earliest,
    EarliestTime,
    First,
    FirstInWindow,
    Last,
    Latest,
    LatestTime,
    ListOfValues,
    Maximum,
    Minimum,
    Mode,
    Percentile,
    PopulationStandardDeviation,
    PopulationVariance,
    Range,
    Rate,
    StandardDeviation,
    Sum,
    SumOfSquares,
    Values,
    Variance,
)
from lab.spl.context import Context, Row
from lab.spl.field_patterns import fill_wildcards, is_pattern, wildcard_parts
from lab.spl.values import Number, as_number

if TYPE_CHECKING:
    from lab.spl.command import Aggregation, Arguments, Fields

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
_PERCENTILE = re.compile(r"(?:perc|p|exactperc|upperperc)(\d+(?:\.\d+)?)")
PER_TIME = {"per_second": 1, "per_minute": 60, "per_hour": 3600, "per_day": 86400}  # timechart's own
_ELSEWHERE = ("rate_avg", "rate_sum", "sparkline")  # metric indexes and drawings: not in the lab
PAGES = {
    **dict.fromkeys(
        (*(name for name in _SIMPLE if name not in _ORDERED), "median", "perc", "p", "exactperc", "upperperc"),
        "Aggregate functions",
    ),
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


def check_aggregations(args: Arguments, aggregations: Sequence[Aggregation], by: Sequence[str] = ()) -> None:
    """Raise for a function that does not exist, and for what its arguments cannot be."""
    for item in aggregations:
        if item.function in _ELSEWHERE:
            raise args.unsupported(f"the function {item.function}", item)
        if not is_function(item.function):
            raise args.error(f"the statistical function '{item.function}' does not exist here", item)
        if item.field is None and item.expression is None and item.function not in ("count", "c"):
            raise args.error(f"{item.function} needs a field in parentheses", item)
        if item.expression is not None and item.expression.boolean and item.function not in ("count", "c"):
            raise args.error(f"{item.function} of a condition has no value: only count takes one", item)
        if item.field is not None and item.renamed and item.name.count("*") not in (0, item.field.count("*")):
            raise args.error("the wildcards before and after AS do not match", item)
        if item.field is not None and is_pattern(item.field) and item.renamed and not is_pattern(item.name):
            raise args.error("a name with as many wildcards is needed after AS", item)
        if item.name in by:
            raise args.error(f"the output field '{item.name}' cannot have the name of a group-by field", item)


class _Family(Accumulator):
    """A function over every field that a wildcard matches; its "values" are whole rows."""

    __slots__ = ("item", "factory", "without", "members", "names")

    def __init__(self, item: Aggregation, factory: Factory, without: FrozenSet[str]) -> None:
        self.item = item
        self.factory = factory
        self.without = without
        self.members: Dict[str, Accumulator] = {}
        self.names: Dict[str, Optional[str]] = {}  # field → output field, None where it does not match

    def add(self, value: Row, time: Optional[Number]) -> None:
        for field, values in value.items():
            name = self.names[field] if field in self.names else self._name(field)
            if name is None:
                continue
            member = self.members.get(name)
            if member is None:
                member = self.members[name] = self.factory()
            for one in values if values.__class__ is list else (values,):
                member.add(one, time)

    def _name(self, field: str) -> Optional[str]:
        parts = None if field in self.without else wildcard_parts(self.item.field or "", field)
        if parts is None:
            name = None
        elif self.item.renamed:
            name = fill_wildcards(self.item.name, parts)
        else:
            name = self.item.name.replace(self.item.field or "", field)
        self.names[field] = name
        return name

    def result(self) -> Any:
        return None


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
            factory = accumulator(item.function, context, window, allnum)
            if item.field is not None and is_pattern(item.field):
                self._readers.append(("", dict))  # a copy: the row itself will get fields
                self._factories.append(_family(item, factory, without))
            else:
                plain = item.expression is None and item.field is not None
                self._readers.append((item.field or "", None if plain else _reader(item, context)))
                self._factories.append(factory)
        self._timed = any(factory().chronological for factory in self._factories) or any(
            is_pattern(item.field or "") for item in aggregations
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
            if member.__class__ is _Family:
                for field, one in member.members.items():
                    _set(row, field, one.result())
            else:
                _set(row, name, member.result())


def _family(item: Aggregation, factory: Factory, without: FrozenSet[str]) -> Factory:
    return lambda: _Family(item, factory, without)


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


def _reader(item: Aggregation, context: Context) -> Reader:
    """For an expression its value; for a bare count 1 a row."""
    if item.expression is not None:
        if item.expression.boolean:
            holds = item.expression.condition(context)
            return lambda row: 1 if holds(row) else None
        evaluate = item.expression.compile(context)
        return lambda row: _storable(evaluate(row))
    return lambda row: 1


def _storable(value: Any) -> Any:
    return 1 if value is True else None if value is False else value


def fields_read(aggregations: Sequence[Aggregation], by: Sequence[str] = ()) -> Fields:
    """The fields a statistics list and its BY clause read; None (all) for a wildcard."""
    found = set(by)
    for item in aggregations:
        if item.expression is not None:
            fields = item.expression.fields()
            if fields is None:
                return None
            found |= fields
        elif item.field is not None:
            if is_pattern(item.field):
                return None
            found.add(item.field)
        if item.function in _SIMPLE and _SIMPLE[item.function]().chronological:
            found.add("_time")
    return frozenset(found)
