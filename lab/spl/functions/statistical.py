"""Statistical eval functions (Search Reference page of that name): over arguments, not rows."""

from __future__ import annotations

import math
import random as randomness
from typing import Any, Callable, List, Optional

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import NUMBER, Call, Evaluator, Literal
from lab.spl.functions.registry import function
from lab.spl.values import Number, as_number, scalars, sort_key, tidy

_PAGE = "Search Reference/Statistical eval functions"
_LARGEST = (1 << 31) - 1


def _register(
    name: str,
    combine: Callable[[List[Any]], Any],
    returns: str,
    inspect: Optional[Callable[[Call], None]] = None,
) -> None:
    @function(name, page=_PAGE, fewest=1, most=None, returns=returns)
    def build(call: Call, context: Context) -> Evaluator:
        arguments = [argument.compile(context) for argument in call.arguments]

        def evaluate(row: Row) -> Any:
            values = [value for argument in arguments for value in scalars(argument(row))]
            return combine(values) if values else None

        return evaluate

    build.inspect = inspect


def _no_literal_text(call: Call) -> None:
    """sum() and avg() refuse a literal text, even of digits; a field's text that is no number they ignore."""
    for index, node in enumerate(call.arguments):
        if isinstance(node, Literal) and isinstance(node.value, str):
            raise call.error("takes numbers: use tonumber() for a text", index)


def _numbers(values: List[Any]) -> List[Number]:
    return [number for number in map(as_number, values) if number is not None]


def _sum(values: List[Any]) -> Optional[Number]:
    numbers = _numbers(values)
    return tidy(math.fsum(numbers)) if numbers else None


def _average(values: List[Any]) -> Optional[Number]:
    numbers = _numbers(values)
    return tidy(math.fsum(numbers) / len(numbers)) if numbers else None


def _as_found(value: Any) -> Any:
    number = as_number(value)
    return value if number is None else number


_register("max", lambda values: _as_found(max(values, key=sort_key)), "any")
_register("min", lambda values: _as_found(min(values, key=sort_key)), "any")
_register("sum", _sum, NUMBER, _no_literal_text)
_register("avg", _average, NUMBER, _no_literal_text)


@function("random", page=_PAGE, fewest=0, returns=NUMBER)
def random(call: Call, context: Context) -> Evaluator:
    """A number from 0 to 2^31-1; the same sequence for the same search time, so that a search run
    twice over the same context gives the same rows."""
    generator = randomness.Random(context.now)
    return lambda row: generator.randint(0, _LARGEST)
