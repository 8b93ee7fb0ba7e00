"""Limits of time within a search expression (Search Reference, "Time modifiers"; search, "Time options").

`earliest`, `latest` and their companions of the index time; the older modifiers (`starttime`, `daysago`,
`endhoursago` …) are the same two limits, written otherwise.
"""

from __future__ import annotations

import math
import operator
from datetime import timezone
from typing import TYPE_CHECKING, Callable, Optional, Tuple

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search_expression.tree import And, Node, Or, Predicate
from lab.spl.time_format import parse_time
from lab.spl.times import relative_time, time_of
from lab.spl.values import as_number

if TYPE_CHECKING:
    from lab.spl.command import Fields
    from lab.spl.syntax.source import Source

TIMEFORMAT = "%m/%d/%Y:%H:%M:%S"  # of starttime and endtime, where `timeformat` says nothing else
_FIELDS = {"earliest": "_time", "latest": "_time", "_index_earliest": "_indextime", "_index_latest": "_indextime"}
_SIGNS = {"earliest": ("=", ">=", ">"), "latest": ("=", "<", "<=")}
_BEYOND = (">", "<=")  # the limit itself is out, or in: the next moment is the limit
_AGO = {  # how many of a unit before now
    f"{prefix}{unit}ago": (limit, letter)
    for prefix, limit in (("", "earliest"), ("start", "earliest"), ("end", "latest"))
    for unit, letter in (("minutes", "m"), ("hours", "h"), ("days", "d"), ("months", "mon"))
}
_EPOCHS = {"starttimeu": "earliest", "endtimeu": "latest"}
_FORMATTED = {"starttime": "earliest", "endtime": "latest"}
_UNSUPPORTED = ("searchtimespandays", "searchtimespanhours", "searchtimespanminutes", "searchtimespanmonths")
NAMES = frozenset((*_FIELDS, *_AGO, *_EPOCHS, *_FORMATTED, *_UNSUPPORTED))

_Moment = Callable[[Context], float]
_Where = Tuple["Source", int, int]


class TimeLimit(Node):
    """A limit on the event's time or index time, the earliest one included, the latest one not; `name` is
    one of the four of today's language."""

    def __init__(self, name: str, moment: _Moment, beyond: bool, where: _Where) -> None:
        self.name = name
        self._moment = moment
        self._beyond = beyond
        self._where = where

    def fields(self) -> Fields:
        return frozenset((_FIELDS[self.name],))

    def seconds(self, context: Context) -> float:
        try:
            seconds = self._moment(context)
        except SearchError as error:
            raise error.at(*self._where) from None
        return math.nextafter(seconds, math.inf) if self._beyond else seconds

    def compile(self, context: Context) -> Predicate:
        field, limit = _FIELDS[self.name], self.seconds(context)
        order = operator.ge if self.name.endswith("earliest") else operator.lt

        def within(row: Row) -> bool:
            number = as_number(row.get(field))
            return number is not None and order(number, limit)

        return within


def time_limit(name: str, sign: str, value: str, timeformat: str, where: _Where) -> TimeLimit:
    """The node of `name<sign>value`, `name` being one of `NAMES`; the value is checked now."""
    limit = _limit_of(name, where)
    signs = _SIGNS[limit.rpartition("_")[2]] if name in _FIELDS else ("=",)
    if sign not in signs:
        raise SearchError(f"the time modifier '{name}' takes {' or '.join(signs)}, not {sign}", *where)
    try:
        node = TimeLimit(limit, _moment(name, value, timeformat), sign in _BEYOND, where)
    except SearchError as error:
        raise error.at(*where) from None
    node.seconds(_ANY_DAY)  # type: ignore[arg-type]
    return node


def limit_of(node: Node, name: str, context: Context) -> Optional[float]:
    """The limit `name` that any event matching the node keeps to; None: none. Of alternatives it is the
    widest, and none where one of them has none."""
    if isinstance(node, TimeLimit):
        return node.seconds(context) if node.name == name else None
    if not isinstance(node, (And, Or)):
        return None
    found = [limit_of(term, name, context) for term in node.terms]
    limits = [limit for limit in found if limit is not None]
    if not limits or (isinstance(node, Or) and len(limits) < len(found)):
        return None
    highest = name.endswith("earliest") == isinstance(node, And)
    return max(limits) if highest else min(limits)


def _limit_of(name: str, where: _Where) -> str:
    """Which of today's limits the name stands for."""
    if name in _FIELDS:
        return name
    if name in _AGO:
        return _AGO[name][0]
    if name in _UNSUPPORTED:
        raise Unsupported(f"the time modifier '{name}' is not supported", *where)
    return _EPOCHS.get(name) or _FORMATTED[name]


def _moment(name: str, value: str, timeformat: str) -> _Moment:
    if name in _FIELDS:
        return lambda context: time_of(value, context.now, context.timezone)
    if name in _FORMATTED:
        return lambda context: _formatted(value, timeformat, context)
    if not value.isdecimal():
        raise SearchError(f"'{name}' must be a whole number, not '{value}'")
    if name in _EPOCHS:
        return lambda context: float(value)
    unit = _AGO[name][1]
    return lambda context: relative_time(context.now, f"-{value}{unit}", context.timezone)


def _formatted(value: str, timeformat: str, context: Context) -> float:
    seconds = parse_time(value, timeformat, context.timezone)
    if seconds is None:
        raise SearchError(f"'{value}' does not fit the timeformat {timeformat}")
    return seconds


class _Day:
    """Some time in some place: whether a modifier is well-formed depends on neither."""

    now = 1_600_000_000.0
    timezone = timezone.utc


_ANY_DAY = _Day()
