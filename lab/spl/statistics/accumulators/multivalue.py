"""Search Reference, "Multivalue stats and chart functions": values and list."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any, Callable, List, Optional

from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.statistics.accumulators.counts import DistinctCount
from lab.spl.values import Number, as_text, from_list


class Values(DistinctCount):
    """The different values, in the order of their UTF-8 bytes; limits.conf [stats] maxvalues (0: all)."""

    __slots__ = ("limit", "ordered")

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.ordered: Optional[List[str]] = None  # kept in order once a result was asked for

    def add(self, value: Any, time: Optional[Number]) -> None:
        text = value if value.__class__ is str else as_text(value)
        if self.ordered is not None and text not in self.counts:
            insort(self.ordered, text)
        self.counts[text] = self.counts.get(text, 0) + 1

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        super().remove(value, time)
        text = as_text(value)
        if self.ordered is not None and text not in self.counts:
            del self.ordered[bisect_left(self.ordered, text)]
        return True

    def result(self) -> Any:
        if self.ordered is None:
            self.ordered = sorted(self.counts)
        return from_list(self.ordered[: self.limit] if self.limit else list(self.ordered))


class ListOfValues(Accumulator):
    """The values in the order of the rows, the first 100 (limits.conf [stats] list_maxsize)."""

    __slots__ = ("limit", "warn", "values", "truncated")

    def __init__(self, limit: int, warn: Callable[[str], None]) -> None:
        self.limit = limit
        self.warn = warn
        self.values: List[Any] = []
        self.truncated = False

    def add(self, value: Any, time: Optional[Number]) -> None:
        if len(self.values) < self.limit:
            self.values.append(value)
        elif not self.truncated:
            self.truncated = True
            self.warn(
                f"list() keeps the first {self.limit} values of a group (limits.conf [stats|sistats] list_maxsize)"
            )

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        if self.truncated:
            return False
        self.values.pop(0)
        return True

    def result(self) -> Any:
        return from_list(list(self.values))
