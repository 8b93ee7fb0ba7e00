"""Counting (Search Reference, "Aggregate functions"): count, distinct_count, estdc, estdc_error, mode.

Values are told apart by their text: 1 and 1.0 are two.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.values import Number, as_text


class Count(Accumulator):
    """How many values: of a multivalue each counts."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def add(self, value: Any, time: Optional[Number]) -> None:
        self.count += 1

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        self.count -= 1
        return True

    def result(self) -> int:
        return self.count


class DistinctCount(Accumulator):
    """How many different values, by their text."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Dict[str, int] = {}

    def add(self, value: Any, time: Optional[Number]) -> None:
        text = value if value.__class__ is str else as_text(value)
        self.counts[text] = self.counts.get(text, 0) + 1

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        text = as_text(value)
        left = self.counts[text] - 1
        if left:
            self.counts[text] = left
        else:
            del self.counts[text]
        return True

    def result(self) -> Any:
        return len(self.counts)


class DistinctCountError(DistinctCount):
    """The theoretical error of estdc: none, since the lab counts exactly."""

    __slots__ = ()

    def result(self) -> Any:
        return 0


class Mode(Accumulator):
    """The most frequent value; of several the one seen first."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Dict[str, int] = {}

    def add(self, value: Any, time: Optional[Number]) -> None:
        text = as_text(value)
        self.counts[text] = self.counts.get(text, 0) + 1

    def result(self) -> Any:
        return max(self.counts, key=self.counts.__getitem__) if self.counts else None
