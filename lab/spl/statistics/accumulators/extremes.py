"""The value at a place in the order (Search Reference, "Aggregate functions"): max, min, range, percentiles."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from typing import Any, List, Optional

from lab.spl.statistics.accumulators.base import Accumulator, Numbers
from lab.spl.values import Number, as_number, as_text, tidy


class _Extreme(Accumulator):
    """Numbers by size, text by code point; where both occur numbers are below text. The value comes
    out as it came in."""

    __slots__ = ("number", "number_value", "text")

    def __init__(self) -> None:
        self.number: Optional[Number] = None
        self.number_value: Any = None
        self.text: Optional[str] = None

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        number = as_number(value)
        return number != self.number if number is not None else as_text(value) != self.text


class Maximum(_Extreme):
    __slots__ = ()

    def add(self, value: Any, time: Optional[Number]) -> None:
        number = as_number(value)
        if number is None:
            text = as_text(value)
            if self.text is None or text > self.text:
                self.text = text
        elif self.number is None or number > self.number:
            self.number, self.number_value = number, value

    def result(self) -> Any:
        return self.number_value if self.text is None else self.text


class Minimum(_Extreme):
    __slots__ = ()

    def add(self, value: Any, time: Optional[Number]) -> None:
        number = as_number(value)
        if number is None:
            text = as_text(value)
            if self.text is None or text < self.text:
                self.text = text
        elif self.number is None or number < self.number:
            self.number, self.number_value = number, value

    def result(self) -> Any:
        return self.text if self.number is None else self.number_value


class Range(Numbers):
    __slots__ = ("lowest", "highest")

    def __init__(self) -> None:
        self.lowest: Optional[Number] = None
        self.highest: Number = 0

    def add_number(self, number: Number) -> None:
        if self.lowest is None:
            self.lowest = self.highest = number
        elif number < self.lowest:
            self.lowest = number
        elif number > self.highest:
            self.highest = number

    def result(self) -> Any:
        return None if self.lowest is None else tidy(self.highest - self.lowest)


class Percentile(Numbers):
    """Nearest rank, as limits.conf [stats] perc_method has it: the value at the rank
    floor(percent / 100 * count), counted from 0."""

    __slots__ = ("percent", "numbers", "ordered")

    def __init__(self, percent: float) -> None:
        self.percent = percent
        self.numbers: List[Number] = []
        self.ordered = False  # kept in order once a result was asked for

    def add_number(self, number: Number) -> None:
        if self.ordered:
            insort(self.numbers, number)
        else:
            self.numbers.append(number)

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        number = as_number(value)
        if number is not None:
            self._order()
            del self.numbers[bisect_left(self.numbers, number)]
        return True

    def result(self) -> Any:
        if not self.numbers:
            return None
        self._order()
        count = len(self.numbers)
        return tidy(self.numbers[min(count - 1, math.floor(self.percent * count / 100))])

    def _order(self) -> None:
        if not self.ordered:
            self.numbers.sort()
            self.ordered = True
