"""Sums and what follows from them (Search Reference, "Aggregate functions"): sum, avg, sumsq, stdev, var."""

from __future__ import annotations

import math
from typing import Any, Optional

from lab.spl.statistics.accumulators.base import Numbers
from lab.spl.values import Number, as_number, tidy


class Sum(Numbers):
    __slots__ = ("total", "count")

    def __init__(self) -> None:
        self.total: Number = 0
        self.count = 0

    def add_number(self, number: Number) -> None:
        self.total += number
        self.count += 1

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        number = as_number(value)
        if number is None:
            return True
        if number.__class__ is float or self.total.__class__ is float:
            return False  # subtraction would leave a rounding error that a fresh sum has not
        self.total -= number
        self.count -= 1
        return True

    def result(self) -> Any:
        return tidy(self.total) if self.count else None


class Average(Sum):
    __slots__ = ()

    def result(self) -> Any:
        return tidy(self.total / self.count) if self.count else None


class SumOfSquares(Numbers):
    __slots__ = ("total", "count")

    def __init__(self) -> None:
        self.total: Number = 0
        self.count = 0

    def add_number(self, number: Number) -> None:
        self.total += number * number
        self.count += 1

    def result(self) -> Any:
        return tidy(self.total) if self.count else None


class _Spread(Numbers):
    """Mean and squared distance from it, by Welford's recurrence."""

    __slots__ = ("count", "mean", "squares")

    sample = True
    root = True

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0

    def add_number(self, number: Number) -> None:
        self.count += 1
        distance = number - self.mean
        self.mean += distance / self.count
        self.squares += distance * (number - self.mean)

    def result(self) -> Any:
        if not self.count:
            return None
        divisor = self.count - 1 if self.sample else self.count
        variance = self.squares / divisor if divisor else 0.0
        return tidy(math.sqrt(variance) if self.root else variance)


class StandardDeviation(_Spread):
    """stdev: of a sample; one value alone has 0."""

    __slots__ = ()


class PopulationStandardDeviation(_Spread):
    __slots__ = ()
    sample = False


class Variance(_Spread):
    __slots__ = ()
    root = False


class PopulationVariance(_Spread):
    __slots__ = ()
    sample = False
    root = False
