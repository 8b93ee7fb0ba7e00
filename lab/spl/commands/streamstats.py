"""streamstats: running statistics, row by row (Search Reference: streamstats)."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.eval_expression.expression import Expression
from lab.spl.field_patterns import is_pattern
from lab.spl.statistics.aggregations import Group, Statistics
from lab.spl.statistics.groups import group_keys, key_text
from lab.spl.statistics.spans import TimeSpan, span_option
from lab.spl.statistics.statistics_lists import check_aggregations, fields_read, read_by
from lab.spl.values import Number, as_number

Key = Tuple[str, ...]
Contribution = Tuple[Optional[Number], List[Any]]


class StreamStats(Command):
    """Rows in, the same rows out, in order; a row without one of the BY fields gets nothing.

    Without a window everything since the last reset counts. `window=N` counts the last N rows, those
    of the row's own group among them (`global=true`) or of the group alone (`global=false`);
    `time_window` those nearer than that. A reset forgets all groups.
    """

    name = "streamstats"

    def __init__(self, args: Arguments) -> None:
        self.current = args.option_bool("current", default=True)
        self.window = args.option_int("window", default=0, minimum=0)
        self.one_window = args.option_bool("global", default=True)
        self.allnum = args.option_bool("allnum", default=False)
        self.reset_on_change = args.option_bool("reset_on_change", default=False)
        self.reset_before, self.reset_after = _condition(args, "reset_before"), _condition(args, "reset_after")
        self.seconds = _time_window(args)
        self.aggregations = args.aggregations()
        self.by = read_by(args)
        if self.reset_on_change and not self.by:
            raise args.error("reset_on_change needs a BY clause")
        check_aggregations(args, self.aggregations, self.by)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        read = fields_read(self.aggregations, self.by)
        conditions = [found for found in (self.reset_before, self.reset_after) if found is not None]
        if wanted is None or read is None or any(found.fields() is None for found in conditions):
            return None
        made = {item.name for item in self.aggregations}
        for found in conditions:
            read |= found.fields()
        if self.seconds is not None:
            read |= {"_time"}
        return wanted | read if self.by else (wanted - made) | read  # a row in no group keeps what it has

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or any(is_pattern(item.name) for item in self.aggregations):
            return None
        return list(dict.fromkeys([*before, *(item.name for item in self.aggregations)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        largest = context.limit("stats", "max_stream_window")
        if self.window > largest:
            raise SearchError(f"window={self.window} is above limits.conf max_stream_window, {largest}")
        windowed = bool(self.window or self.seconds is not None)
        statistics = Statistics(self.aggregations, context, self.by, window=windowed, allnum=self.allnum)
        state: Any = _Windows(statistics, self, context, largest) if windowed else _Running(statistics, self.current)
        resets_before = self.reset_before.condition(context) if self.reset_before else None
        resets_after = self.reset_after.condition(context) if self.reset_after else None
        keys_of = group_keys(self.by)
        previous: Optional[Key] = None
        for row in rows:
            keys = keys_of(row)
            if len(keys) > 1:
                raise Unsupported(f"a BY field with several values ({', '.join(self.by)}) is not supported")
            if resets_before is not None and resets_before(row):
                state.reset()
            if keys:
                key = key_text(keys[0])
                if self.reset_on_change:
                    if previous is not None and key != previous:
                        state.reset()
                    previous = key
                state.step(key, row)
            if resets_after is not None and resets_after(row):
                state.reset()
            yield row


def _condition(args: Arguments, name: str) -> Optional[Expression]:
    found = args.option_expression(name)
    return None if found is None else found.require_boolean()


def _time_window(args: Arguments) -> Optional[float]:
    """The length of time_window in seconds."""
    length = span_option(args, "time_window", of_time=True)
    if length is None:
        return None
    assert isinstance(length, TimeSpan)
    if length.unit in ("mon", "q", "y"):
        raise args.unsupported("a time_window of months, which have no one length,")
    return length.about


class _Running:
    """Everything since the last reset, group by group."""

    def __init__(self, statistics: Statistics, current: bool) -> None:
        self.statistics = statistics
        self.current = current
        self.groups: Dict[Key, Group] = {}

    def reset(self) -> None:
        self.groups.clear()

    def step(self, key: Key, row: Row) -> None:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = self.statistics.group()
        if self.current:
            self.statistics.add(group, row)
            self.statistics.write(group, row)
            return
        before = self.statistics.read(row)  # read first: the results may overwrite what they count
        self.statistics.write(group, row)
        self.statistics.add_contribution(group, before)


class _Windows:
    """The last rows, by number, by time, or both."""

    def __init__(self, statistics: Statistics, command: StreamStats, context: Context, largest: int) -> None:
        self.statistics = statistics
        self.current = command.current
        self.size = command.window or largest
        self.shared = command.one_window and bool(command.window)
        self.warning: Optional[Callable[[str], None]] = None if command.window else context.warn
        self.seconds = command.seconds
        self.boundary_counts = self.seconds is not None and context.reading("time_window boundary") == "included"
        self.direction = 0  # of time from row to row: -1, 1, or not known yet
        self.last_time: Optional[Number] = None
        self.reset()

    def reset(self) -> None:
        self.groups: Dict[Key, Group] = {}
        self.members: Dict[Key, Deque[Contribution]] = {}  # what a group has inside its window, oldest first
        self.windows: Dict[Optional[Key], Deque[Tuple[Key, Optional[Number]]]] = {}  # whose row, and when

    def step(self, key: Key, row: Row) -> None:
        if key not in self.groups:
            self.groups[key] = self.statistics.group()
            self.members[key] = deque()
        scope = None if self.shared else key
        window = self.windows.setdefault(scope, deque())
        time = self._time(row) if self.seconds is not None else None
        contribution = self.statistics.read(row)
        if self.current:
            self._enter(window, key, time, contribution)
        while window and self._is_past(window[0][1], time):
            self._leave(window)
        self.statistics.write(self.groups[key], row)
        if not self.current:
            self._enter(window, key, time, contribution)

    def _enter(
        self, window: Deque[Tuple[Key, Optional[Number]]], key: Key, time: Optional[Number], contribution: Contribution
    ) -> None:
        window.append((key, time))
        self.members[key].append(contribution)
        self.statistics.add_contribution(self.groups[key], contribution)
        if len(window) > self.size:
            self._leave(window)
            if self.warning is not None:
                self.warning(f"streamstats: time_window holds at most {self.size} rows (max_stream_window)")
                self.warning = None

    def _leave(self, window: Deque[Tuple[Key, Optional[Number]]]) -> None:
        key, _ = window.popleft()
        self.statistics.remove_oldest(self.groups[key], self.members[key])

    def _is_past(self, time: Optional[Number], now: Optional[Number]) -> bool:
        if time is None or now is None or self.seconds is None:
            return False
        distance = abs(now - time)
        return distance > self.seconds if self.boundary_counts else distance >= self.seconds

    def _time(self, row: Row) -> Number:
        time = as_number(row.get("_time"))
        if time is None:
            raise SearchError("time_window needs _time in every row")
        if self.last_time is not None and time != self.last_time:
            direction = 1 if time > self.last_time else -1
            if self.direction not in (0, direction):
                raise SearchError("time_window needs rows in the order of _time")
            self.direction = direction
        self.last_time = time
        return time
