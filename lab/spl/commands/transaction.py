"""transaction: group events that belong together into one (Search Reference: transaction).

Events come newest first and are followed backwards in time: an event joins the open transaction whose
values it shares and contradicts nowhere, unless `maxspan`, `maxpause` or `maxevents` forbid it. An
event that matches `endswith` opens one, an event that matches `startswith` closes it. Transactions
that a condition left incomplete are evicted: dropped, unless `keepevicted=true`.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.expression import Expression, parse_expression
from lab.spl.field_patterns import columns_of
from lab.spl.search_expression import parse_search_expression, predicate
from lab.spl.spans import parse_span, time_span
from lab.spl.values import Number, as_number, as_text, from_list, scalars, tidy

Condition = Callable[[Row], bool]
_MADE = ("duration", "eventcount", "closed_txn")


class Transaction(Command):
    name = "transaction"
    aliases = ("transam",)

    def __init__(self, args: Arguments) -> None:
        self.maxspan = _seconds(args, "maxspan")
        self.maxpause = _seconds(args, "maxpause")
        self.maxevents = args.option_int("maxevents", default=1000)
        self.starts = _condition(args, "startswith")
        self.ends = _condition(args, "endswith")
        self.connected = args.option_bool("connected", default=True)
        self.keepevicted = args.option_bool("keepevicted", default=False)
        self.keeporphans = args.option_bool("keeporphans", default=False)
        mvlist = args.option("mvlist", default="f")  # true, false, or the fields it holds for
        self.all_lists = mvlist.lower() in ("t", "true", "1")
        self.lists = mvlist.replace(",", " ").split()
        self.nullstr = args.option("nullstr", default="NULL")
        self.mvraw = args.option_bool("mvraw", default=False)
        self.delimiter = args.option("delim", default=" ")
        for name in ("name", "unifyends", "maxopentxn", "maxopenevents"):
            if args.option(name) is not None:
                raise args.unsupported(name)
        self.fields = args.field_list()
        args.done()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        starts = self.starts(context) if self.starts else None
        ends = self.ends(context) if self.ends else None
        opened = _OpenOnes(self)
        orphans: List[Row] = []
        for row in rows:
            time = as_number(row.get("_time"))
            if time is None:
                raise SearchError("transaction needs _time in every row")
            mine = {field: _values(row[field]) for field in self.fields if field in row}
            if self.fields and not mine:
                orphans.append(row)
                continue
            found = opened.find(mine, time)
            if ends is not None and ends(row):
                if found is not None:
                    opened.finish(found)
                found = _Open(ended=True)
            elif found is None:
                found = _Open(ended=ends is None)
            found.add(row, time, mine)
            opened.keep(found)
            if starts is not None and starts(row):
                found.started = True
                opened.finish(found)
            elif 0 < self.maxevents <= len(found.rows):
                opened.finish(found)
        results = [
            (one.latest, self._row(one, complete))
            for one in opened.all()
            for complete in [one.ended and (starts is None or one.started)]
            if complete or self.keepevicted
        ]
        if self.keeporphans:
            results += [(as_number(row["_time"]) or 0, {**row, "_txn_orphan": 1}) for row in orphans]
        return [row for _, row in sorted(results, key=lambda pair: pair[0], reverse=True)]

    def joins(self, one: _Open, mine: Dict[str, Tuple[str, ...]], time: Number) -> bool:
        """Whether an event of that time with those values belongs to the transaction."""
        if self.maxspan is not None and one.latest - time > self.maxspan:
            return False
        if self.maxpause is not None and one.earliest - time > self.maxpause:
            return False
        if not self.fields:
            return True
        shared = [field for field in mine if field in one.values]
        if any(mine[field] != one.values[field] for field in shared):
            return False
        return bool(shared) or not self.connected

    def _row(self, one: _Open, complete: bool) -> Row:
        """The events as one row, oldest first."""
        members = one.rows[::-1]
        found: Row = {}
        for field in columns_of(members):
            if field in ("_time", "_raw"):
                continue
            if self.all_lists or field in self.lists:
                texts = [as_text(value) for row in members for value in scalars(row.get(field, self.nullstr))]
            else:
                texts = sorted({as_text(value) for row in members for value in scalars(row.get(field))})
            value = from_list(texts)
            if value is not None:
                found[field] = value
        raws = [as_text(row["_raw"]) for row in members if "_raw" in row]
        if raws:
            found["_raw"] = from_list(raws) if self.mvraw else "\n".join(raws)  # type: ignore[assignment]
        found["_time"] = tidy(one.earliest)
        found.update(zip(_MADE, (tidy(one.latest - one.earliest), len(members), int(complete))))
        return found


class _Open:
    """A transaction that may still grow towards the past."""

    def __init__(self, ended: bool) -> None:
        self.ended = ended  # an event that matches endswith opened it, or there is no such condition
        self.started = False  # an event that matches startswith closed it
        self.rows: List[Row] = []  # newest first
        self.values: Dict[str, Tuple[str, ...]] = {}
        self.latest: Number = 0
        self.earliest: Number = 0

    def add(self, row: Row, time: Number, mine: Dict[str, Tuple[str, ...]]) -> None:
        if self.rows and time > self.earliest:
            raise SearchError("transaction needs events newest first")
        if not self.rows:
            self.latest = time
        self.earliest = time
        self.rows.append(row)
        self.values.update(mine)


class _OpenOnes:
    """The open transactions, those with a value for every field found by their values at once."""

    def __init__(self, command: Transaction) -> None:
        self.command = command
        self.by_values: Dict[Tuple[Tuple[str, ...], ...], _Open] = {}
        self.partial: List[_Open] = []  # some field still without a value
        self.finished: List[_Open] = []

    def find(self, mine: Dict[str, Tuple[str, ...]], time: Number) -> Optional[_Open]:
        """The open transaction that an event belongs to; one with its values that it is too old for is
        finished."""
        if len(mine) == len(self.command.fields):
            one = self.by_values.get(self._key(mine))
            if one is not None:
                if self.command.joins(one, mine, time):
                    return one
                self.finish(one)
            candidates = self.partial
        else:
            candidates = [*self.partial, *self.by_values.values()]
        return next((one for one in candidates if self.command.joins(one, mine, time)), None)

    def keep(self, one: _Open) -> None:
        """It is open, with the values it now has."""
        if len(one.values) == len(self.command.fields):
            if one in self.partial:
                self.partial.remove(one)
            self.by_values[self._key(one.values)] = one
        elif one not in self.partial:
            self.partial.append(one)

    def finish(self, one: _Open) -> None:
        """Nothing joins it any more."""
        if one in self.partial:
            self.partial.remove(one)
        else:
            del self.by_values[self._key(one.values)]
        self.finished.append(one)

    def all(self) -> List[_Open]:
        return [*self.finished, *self.partial, *self.by_values.values()]

    def _key(self, values: Dict[str, Tuple[str, ...]]) -> Tuple[Tuple[str, ...], ...]:
        return tuple(values[field] for field in self.command.fields)


def _values(value: Any) -> Tuple[str, ...]:
    return tuple(map(as_text, scalars(value)))


def _seconds(args: Arguments, name: str) -> Optional[float]:
    """A length of time; -1, like nothing, is no limit."""
    text = args.option(name)
    if text is None or text == "-1":
        return None
    try:
        span = time_span(parse_span(text))
    except SearchError as error:
        raise args.error(error.message) from None
    if span.seconds is None and span.unit != "d":
        raise args.error(f"{name} takes seconds, minutes, hours or days, not {text}")
    return span.about


def _condition(args: Arguments, name: str) -> Optional[Callable[[Context], Condition]]:
    found = args.option_filter(name)
    if found is None:
        return None
    kind, text = found
    if kind == "eval":
        expression: Expression = parse_expression(text).require_boolean()
        return expression.condition
    return lambda context: predicate(parse_search_expression(text, context), context)
