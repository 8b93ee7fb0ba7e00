"""Search Reference, "Time functions": what follows the rows' _time, whatever their order."""

from __future__ import annotations

from typing import Any, Optional

from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.values import Number, as_number, tidy


class _Chronological(Accumulator):
    """Base of functions that follow _time; a row without it counts for nothing."""

    __slots__ = ("time", "value")

    chronological = True

    def __init__(self) -> None:
        self.time: Optional[Number] = None
        self.value: Any = None

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        return time != self.time


class Earliest(_Chronological):
    """Of rows of the same second the one seen last, as events come newest first."""

    __slots__ = ()

    def add(self, value: Any, time: Optional[Number]) -> None:
        if time is not None and (self.time is None or time <= self.time):
            self.time, self.value = time, value

    def result(self) -> Any:
        return self.value


class Latest(_Chronological):
    __slots__ = ()

    def add(self, value: Any, time: Optional[Number]) -> None:
        if time is not None and (self.time is None or time > self.time):
            self.time, self.value = time, value

    def result(self) -> Any:
        return self.value


class EarliestTime(Earliest):
    __slots__ = ()

    def result(self) -> Any:
        return self.time


class LatestTime(Latest):
    __slots__ = ()

    def result(self) -> Any:
        return self.time


class Rate(Accumulator):
    """rate: (latest - earliest) / (latest_time - earliest_time)."""

    __slots__ = ("earliest", "latest")

    chronological = True

    def __init__(self) -> None:
        self.earliest = Earliest()
        self.latest = Latest()

    def add(self, value: Any, time: Optional[Number]) -> None:
        self.earliest.add(value, time)
        self.latest.add(value, time)

    def result(self) -> Any:
        first, last = as_number(self.earliest.value), as_number(self.latest.value)
        if first is None or last is None or self.latest.time == self.earliest.time:
            return None
        return tidy((last - first) / (self.latest.time - self.earliest.time))
