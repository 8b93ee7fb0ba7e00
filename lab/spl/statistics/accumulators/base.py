"""What an accumulator is.

It takes one value after another and gives a result at any time. Nulls never reach it; a multivalue
reaches it value by value. Inside a window of streamstats the oldest value leaves again.
"""

from __future__ import annotations

from typing import Any, Optional

from lab.spl.values import Number, as_number


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


class Numbers(Accumulator):
    """Base of functions that skip what is no number."""

    __slots__ = ()

    numeric = True

    def add(self, value: Any, time: Optional[Number]) -> None:
        number = as_number(value)
        if number is not None:
            self.add_number(number)

    def add_number(self, number: Number) -> None:
        raise NotImplementedError


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
