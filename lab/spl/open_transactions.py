"""The transactions that are still open while their events come in, newest first (Search Reference: transaction).

`OpenTransactions.find` says which of them an event belongs to, `keep` holds one open, `finish` closes it.
One that has become too long (`maxspan`) or has waited too long (`maxpause`) closes as soon as an event
shows it. Past `maxopentxn` or `maxopenevents` the one that was used longest ago is evicted.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.values import Number

Values = Dict[str, Tuple[str, ...]]  # a unifying field → the event's values of it


class OpenTransaction:
    """Events that belong together, newest first; it may still grow towards the past."""

    def __init__(self, ended: bool) -> None:
        self.ended = ended  # an event that matches endswith opened it, or there is no such condition
        self.started = False  # an event that matches startswith closed it
        self.closed = False  # a condition closed it, rather than the end of the events
        self.evicted = False  # for want of room
        self.rows: List[Row] = []
        self.values: Values = {}
        self.latest: Number = 0
        self.earliest: Number = 0

    def add(self, row: Row, time: Number, values: Values) -> None:
        if not self.rows:
            self.latest = time
        self.earliest = time
        self.rows.append(row)
        self.values.update(values)


@dataclass(frozen=True)
class Bounds:
    """What closes or evicts a transaction; None is no bound."""

    maxspan: Optional[float]
    maxpause: Optional[float]
    maxopentxn: Optional[int]
    maxopenevents: Optional[int]


class OpenTransactions:
    """All of a search. Those with a value for every field are found by their values at once."""

    def __init__(self, fields: List[str], connected: bool, bounds: Bounds) -> None:
        self.fields = fields
        self.connected = connected
        self.bounds = bounds
        self.finished: List[OpenTransaction] = []
        self.evictions = 0
        self._by_values: Dict[Tuple[Tuple[str, ...], ...], OpenTransaction] = {}
        self._opened: OrderedDict[OpenTransaction, None] = OrderedDict()  # in the order of their latest event
        self._used: OrderedDict[OpenTransaction, None] = OrderedDict()  # in the order of their earliest one
        self._partial: OrderedDict[OpenTransaction, None] = OrderedDict()  # used, with no value yet for some field
        self._events = 0
        self._time: Optional[Number] = None

    def advance(self, time: Number) -> None:
        """The next event is of that time: close what is now too old for any further event."""
        if self._time is not None and time > self._time:
            raise SearchError("the events must come newest first, in descending order of _time")
        self._time = time
        maxspan, maxpause = self.bounds.maxspan, self.bounds.maxpause
        while maxspan is not None and self._opened:
            oldest = next(iter(self._opened))
            if oldest.latest - time <= maxspan:
                break
            self.finish(oldest)
        while maxpause is not None and self._used:
            oldest = next(iter(self._used))
            if oldest.earliest - time <= maxpause:
                break
            self.finish(oldest)

    def find(self, values: Values) -> Optional[OpenTransaction]:
        """The transaction an event with those values belongs to; of several the closest in time."""
        if len(values) == len(self.fields):
            exact = self._by_values.get(self._key(values))
            if exact is not None:
                return exact
            candidates = self._partial
        else:
            candidates = self._used
        return next((one for one in reversed(candidates) if self._joins(one, values)), None)

    def latest_used(self) -> Optional[OpenTransaction]:
        return next(reversed(self._used), None)

    def _joins(self, one: OpenTransaction, values: Values) -> bool:
        """Whether they contradict nowhere, and share a value where the transaction must be connected."""
        shared = [field for field in values if field in one.values]
        if any(values[field] != one.values[field] for field in shared):
            return False
        return bool(shared) or not self.connected

    def add(self, one: OpenTransaction, row: Row, time: Number, values: Values) -> None:
        """The event is one more of the transaction's, which stays open with the values it now has."""
        one.add(row, time, values)
        self._events += 1
        self._opened.setdefault(one)
        self._used[one] = None
        self._used.move_to_end(one)
        if len(one.values) == len(self.fields):
            self._partial.pop(one, None)
            self._by_values[self._key(one.values)] = one
        else:
            self._partial[one] = None
            self._partial.move_to_end(one)

    def finish(self, one: OpenTransaction) -> None:
        """A condition closed it: nothing joins it any more."""
        one.closed = True
        self._drop(one)

    def make_room(self) -> None:
        """Evict the least recently used while there are too many."""
        transactions, events = self.bounds.maxopentxn, self.bounds.maxopenevents
        while (transactions is not None and len(self._used) > transactions) or (
            events is not None and self._events > events and self._used
        ):
            one = next(iter(self._used))
            one.evicted = True
            self.evictions += 1
            self._drop(one)

    def all(self) -> List[OpenTransaction]:
        return [*self.finished, *self._used]

    def _drop(self, one: OpenTransaction) -> None:
        del self._opened[one], self._used[one]
        self._events -= len(one.rows)
        if self._partial.pop(one, self) is self:
            key = self._key(one.values)
            if self._by_values.get(key) is one:
                del self._by_values[key]
        self.finished.append(one)

    def _key(self, values: Values) -> Tuple[Tuple[str, ...], ...]:
        return tuple(values[field] for field in self.fields)
