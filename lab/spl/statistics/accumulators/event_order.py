"""Search Reference, "Event order functions": first and last, in the order the rows arrive."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Optional

from lab.spl.statistics.accumulators.base import Accumulator
from lab.spl.values import Number


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
