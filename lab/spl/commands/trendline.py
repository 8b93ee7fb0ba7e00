"""trendline: moving averages of a field over the last rows (Search Reference: trendline).

`sma5(x)` is the plain average of the last five values, `wma5(x)` weighs the latest five times and the
oldest once, `ema5(x)` follows alpha · before + (1 − alpha) · value with alpha = 2 / (5 + 1), as the page
has it. There is no average before that many values; a row without a number has none and does not count.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Callable, Deque, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import Number, as_number, tidy

_TREND = re.compile(r"(sma|ema|wma)(\d+)\((.+)\)", re.IGNORECASE | re.DOTALL)
_SMALLEST, _LARGEST = 2, 10_000  # of the period

Average = Callable[[Number], Optional[float]]  # the next value in, the average out


class TrendLine(Command):
    name = "trendline"

    def __init__(self, args: Arguments) -> None:
        self.trends: List[Tuple[str, int, str, str]] = []  # kind, period, field, target
        while args.peek() is not None or not self.trends:
            at = args.peek()
            text = args.field("a trend such as sma5(count)")
            found = _TREND.fullmatch(text)
            if found is None:
                raise args.error("expected sma, ema or wma, a period and a field in parentheses: sma5(count)", at)
            period = int(found.group(2))
            if not _SMALLEST <= period <= _LARGEST:
                raise args.error(f"the period must be between {_SMALLEST} and {_LARGEST}", at)
            field = found.group(3).strip().strip('"')
            target = args.field("a name after AS") if args.keyword("as") else text
            self.trends.append((found.group(1).lower(), period, field, target))
            args.operator(",")
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if wanted is None:
            return None
        return (wanted - {target for *_, target in self.trends}) | {field for _, _, field, _ in self.trends}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, *(target for *_, target in self.trends)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        trends = [(field, target, _AVERAGES[kind](period)) for kind, period, field, target in self.trends]
        for row in rows:
            numbers = [as_number(row.get(field)) for field, _, _ in trends]
            for number, (_, target, average) in zip(numbers, trends):
                found = None if number is None else average(number)
                if found is None:
                    row.pop(target, None)
                else:
                    row[target] = tidy(found)
            yield row


def _simple(period: int) -> Average:
    last: Deque[Number] = deque(maxlen=period)

    def average(number: Number) -> Optional[float]:
        last.append(number)
        return sum(last) / period if len(last) == period else None

    return average


def _weighted(period: int) -> Average:
    last: Deque[Number] = deque(maxlen=period)
    weights = period * (period + 1) / 2

    def average(number: Number) -> Optional[float]:
        last.append(number)
        return sum(weight * one for weight, one in enumerate(last, 1)) / weights if len(last) == period else None

    return average


def _exponential(period: int) -> Average:
    alpha = 2 / (period + 1)
    current: Optional[float] = None
    seen = 0

    def average(number: Number) -> Optional[float]:
        nonlocal current, seen
        current = float(number) if current is None else alpha * current + (1 - alpha) * number
        seen += 1
        return current if seen >= period else None

    return average


_AVERAGES = {"sma": _simple, "wma": _weighted, "ema": _exponential}
