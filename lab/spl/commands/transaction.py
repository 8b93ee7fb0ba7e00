"""transaction: group events that belong together into one (Search Reference: transaction).

Events come newest first and are followed backwards in time: an event joins the open transaction whose
values it shares and contradicts nowhere, unless `maxspan`, `maxpause` or `maxevents` forbid it. An
event that matches `endswith` opens one, an event that matches `startswith` closes it. Transactions
that lack the end or the start asked for, and those for which there was no room, are evicted: dropped,
unless `keepevicted=true`. `closed_txn` is 1 where a condition closed the transaction, 0 where it was
evicted or still open when the events ended.
"""

from __future__ import annotations

import re
from typing import Callable, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.delimiters import set_delimiter
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import Expression, parse_expression
from lab.spl.field_patterns import columns_of
from lab.spl.open_transactions import Bounds, OpenTransaction, OpenTransactions
from lab.spl.search_expression.expression import parse_search_expression, predicate
from lab.spl.statistics.spans import parse_span, time_span
from lab.spl.syntax.tokens import Token
from lab.spl.values import as_number, as_text, from_list, scalars, tidy

Condition = Callable[[Row], bool]
_NEGATIVE = re.compile(r"-\d+[a-z]*", re.IGNORECASE)
_DATES = "date_hour date_mday date_minute date_month date_second date_wday date_year date_zone"
_DATE_FIELDS = frozenset(_DATES.split())  # of the earliest event only


class Transaction(Command):
    name = "transaction"
    aliases = ("transam",)

    def __init__(self, args: Arguments) -> None:
        self.maxspan = _seconds(args, "maxspan")
        self.maxpause = _seconds(args, "maxpause")
        self.maxevents = args.option_int("maxevents", default=1000)
        self.maxopentxn = args.option_int("maxopentxn")
        self.maxopenevents = args.option_int("maxopenevents")
        self.starts = _condition(args, "startswith")
        self.ends = _condition(args, "endswith")
        self.connected = args.option_bool("connected", default=True)
        self.unifyends = args.option_bool("unifyends", default=False)
        self.keepevicted = args.option_bool("keepevicted", default=False)
        self.keeporphans = args.option_bool("keeporphans", default=False)
        args.option_choice("match", choices=("closest",))  # its only value
        mvlist = args.option("mvlist", default="f")  # true, false, or the fields it holds for
        self.all_lists = mvlist.lower() in ("t", "true", "1")
        self.lists = mvlist.replace(",", " ").split()
        self.nullstr = args.option("nullstr", default="NULL")
        self.mvraw = args.option_bool("mvraw", default=False)
        self.delimiter = args.option("delim")
        named = args.option_token("name")
        if named is not None:
            raise args.unsupported("name (a transaction type of transactiontypes.conf)", named)
        fields = args.option("fields", default="")  # the older form of the list
        self.fields = list(dict.fromkeys([*args.field_list(), *fields.replace(",", " ").split()]))
        args.done()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        starts = self.starts(context) if self.starts else None
        ends = self.ends(context) if self.ends else None
        opened = OpenTransactions(self.fields, self.connected, self._bounds(context))
        orphans: List[Row] = []
        for row in rows:
            time = as_number(row.get("_time"))
            if time is None:
                raise SearchError("every row needs its _time")
            opened.advance(time)
            mine = {field: _values(row[field]) for field in self.fields if field in row}
            is_end = ends is not None and ends(row)
            is_start = starts is not None and starts(row)
            if self.fields and not mine:
                if self.unifyends or not (is_start or is_end):
                    orphans.append(row)
                    continue
                found = opened.latest_used()  # an end or a start need not share a field
            else:
                found = opened.find(mine)
            if is_end:
                if found is not None:
                    opened.finish(found)
                found = OpenTransaction(ended=True)
            elif found is None:
                found = OpenTransaction(ended=ends is None)
            opened.add(found, row, time, mine)
            if is_start:
                found.started = True
                opened.finish(found)
            elif 0 < self.maxevents <= len(found.rows):
                opened.finish(found)
            opened.make_room()
        if opened.evictions:
            context.warn(f"transaction: {opened.evictions} transactions were evicted, too many were open at a time")
        return self._results(opened, starts is not None, orphans)

    def _bounds(self, context: Context) -> Bounds:
        return Bounds(
            maxspan=self.maxspan,
            maxpause=self.maxpause,
            maxopentxn=_bound(self.maxopentxn, "maxopentxn", context),
            maxopenevents=_bound(self.maxopenevents, "maxopenevents", context),
        )

    def _results(self, opened: OpenTransactions, needs_start: bool, orphans: List[Row]) -> Rows:
        """The transactions as rows, newest `_time` first."""
        results = [
            (one.earliest, self._row(one, complete))
            for one in opened.all()
            for complete in [one.ended and not one.evicted and (one.started or not needs_start)]
            if complete or self.keepevicted
        ]
        if self.keeporphans:
            results += [(as_number(row["_time"]) or 0, {**row, "_txn_orphan": 1}) for row in orphans]
        return [row for _, row in sorted(results, key=lambda pair: pair[0], reverse=True)]

    def _row(self, one: OpenTransaction, complete: bool) -> Row:
        """The events as one row, oldest first."""
        members = one.rows[::-1]
        found: Row = {}
        for field in columns_of(members):
            if field in ("_time", "_raw"):
                continue
            if field in _DATE_FIELDS:
                value = members[0].get(field)
            elif self.all_lists or field in self.lists:
                value = from_list([as_text(text) for row in members for text in scalars(row.get(field, self.nullstr))])
            else:
                value = from_list(sorted({as_text(text) for row in members for text in scalars(row.get(field))}))
            if value is not None:
                found[field] = value
        raws = [as_text(row["_raw"]) for row in members if "_raw" in row]
        if raws:
            found["_raw"] = from_list(raws) if self.mvraw else "\n".join(raws)  # type: ignore[assignment]
        if self.delimiter is not None:
            set_delimiter(found, list(found), self.delimiter)
        found["_time"] = tidy(one.earliest)
        found["duration"] = tidy(round(one.latest - one.earliest, 6))
        found["eventcount"] = len(members)
        found["closed_txn"] = int(complete and one.closed)
        return found


def _values(value: object) -> Tuple[str, ...]:
    return tuple(map(as_text, scalars(value)))


def _bound(given: Optional[int], key: str, context: Context) -> Optional[int]:
    """The option, else limits.conf [transactions]; nothing below 1 bounds."""
    bound = context.limit("transactions", key) if given is None else given
    return bound if bound > 0 else None


def _seconds(args: Arguments, name: str) -> Optional[float]:
    """A length of time; a negative one, like nothing, is no limit."""
    token = args.option_token(name)
    if token is None or _NEGATIVE.fullmatch(token.value):
        return None
    try:
        span = time_span(parse_span(token.value))
    except SearchError as error:
        raise args.error(error.reason, token) from None
    if span.seconds is None and span.unit != "d":
        raise args.error(f"{name} takes seconds, minutes, hours or days, not {token.text}", token)
    return span.about


def _condition(args: Arguments, name: str) -> Optional[Callable[[Context], Condition]]:
    found = args.option_filter(name)
    if found is None:
        return None
    kind, text, at = found
    if kind == "eval":
        try:
            expression: Expression = parse_expression(text).require_boolean()
        except SearchError as error:
            raise _at_option(error, args, at) from None
        return expression.condition

    def condition(context: Context) -> Condition:
        try:
            return predicate(parse_search_expression(text, context), context)
        except SearchError as error:
            raise _at_option(error, args, at) from None

    return condition


def _at_option(error: SearchError, args: Arguments, at: Token) -> SearchError:
    """The condition is a text of its own; what is wrong with it is wrong where the option stands."""
    return type(error)(f"{at.text}: {error.reason}", args.source, at.start, at.end)
