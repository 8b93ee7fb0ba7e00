"""Trigonometric and hyperbolic functions (Search Reference page of that name); radians."""

from __future__ import annotations

import math
from typing import Any, Callable

from lab.spl.eval_expression.tree import NUMBER
from lab.spl.functions.mathematical import special
from lab.spl.functions.registry import scalar
from lab.spl.values import as_number


def _register(name: str, calculate: Callable[..., float], count: int) -> None:
    @scalar(name, page="Search Reference/Trig and hyperbolic functions", fewest=count, returns=NUMBER)
    def apply(*values: Any) -> Any:
        numbers = [as_number(value) for value in values]
        if None in numbers:
            return None
        return special(calculate, *numbers)


for _name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"):
    _register(_name, getattr(math, _name), 1)
for _name in ("atan2", "hypot"):
    _register(_name, getattr(math, _name), 2)
