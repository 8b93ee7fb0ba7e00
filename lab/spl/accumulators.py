"""Statistical functions, one accumulator each (Search Reference: "Statistical and charting functions").

An accumulator takes one value after another and gives a result at any time. Nulls never reach it; a
multivalue reaches it value by value. Inside a window of streamstats the oldest value leaves again.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional

from lab.spl.values import Number, as_number, as_text, from_list, tidy


class Accumulator:
    """One function over one set of values."""

    __slots__ = ()

    numeric = False  # works on numbers alone: allnum concerns it
    chronological = False  # asks for the row's _time

    def add(self, value: Any, time: Optional[Number]) -> None:
        raise NotImplementedError

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        """Take back the oldest value added; False where it must be recomputed from what is left."""
        return False

    def result(self) -> Any:
        """The value of the output field; None for null."""
        raise NotImplementedError


# ---- Aggregate functions ----


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


class _Numbers(Accumulator):
    """Base of functions that skip what is no number."""

    __slots__ = ()

    numeric = True

    def add(self, value: Any, time: Optional[Number]) -> None:
        number = as_number(value)
        if number is not None:
            self.add_number(number)

    def add_number(self, number: Number) -> None:
        raise NotImplementedError


class Sum(_Numbers):
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


class SumOfSquares(_Numbers):
    __slots__ = ("total", "count")

    def __init__(self) -> None:
        self.total: Number = 0
        self.count = 0

    def add_number(self, number: Number) -> None:
        self.total += number * number
        self.count += 1

    def result(self) -> Any:
        return tidy(self.total) if self.count else None


class _Spread(_Numbers):
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


class Range(_Numbers):
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


class Percentile(_Numbers):
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


# ---- Event order functions ----


class First(Accumulator):
    """The value seen first: with events newest first, the newest."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None

    def add(self, value: Any, time: Optional[Number]) -> None:
        if self.value is None:
            self.value = value

    def result(self) -> Any:
        return self.value


class FirstInWindow(Accumulator):
    """first() where old values leave again."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: Deque[Any] = deque()

    def add(self, value: Any, time: Optional[Number]) -> None:
        self.values.append(value)

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        self.values.popleft()
        return True

    def result(self) -> Any:
        return self.values[0] if self.values else None


class Last(Accumulator):
    __slots__ = ("value", "count")

    def __init__(self) -> None:
        self.value: Any = None
        self.count = 0

    def add(self, value: Any, time: Optional[Number]) -> None:
        self.value = value
        self.count += 1

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        self.count -= 1
        if not self.count:
            self.value = None
        return True

    def result(self) -> Any:
        return self.value


# ---- Multivalue stats and chart functions ----


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
            self.warn(f"list() keeps the first {self.limit} values of a group (limits.conf, list_maxsize)")

    def remove(self, value: Any, time: Optional[Number]) -> bool:
        if self.truncated:
            return False
        self.values.pop(0)
        return True

    def result(self) -> Any:
        return from_list(list(self.values))


# ---- Time functions ----


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


class AllNumbers(Accumulator):
    """allnum=true: a numerical function gives nothing where one value is no number."""

    __slots__ = ("function", "spoiled")

    def __init__(self, function: Accumulator) -> None:
        self.function = function
        self.spoiled = False

    def add(self, value: Any, time: Optional[Number]) -> None:
        if as_number(value) is None:
            self.spoiled = True
        else:
            self.function.add(value, time)

    def result(self) -> Any:
        return None if self.spoiled else self.function.result()
