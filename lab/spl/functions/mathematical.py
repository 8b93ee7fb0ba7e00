"""Mathematical functions (Search Reference page of that name); what is no number gives null.

A result that is none, or beyond all numbers, is the text "nan", "inf" or "-inf" (eval, "Numeric
calculations").
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Callable, Optional, Tuple

from lab.spl.context import Context, Row
from lab.spl.eval_expression.arithmetic import Arithmetic
from lab.spl.eval_expression.tree import NUMBER, Call, Evaluator, Literal, Node
from lab.spl.functions.registry import FUNCTIONS, function, scalar
from lab.spl.values import Number, as_number, as_text, tidy

_PAGE = "Search Reference/Mathematical functions"


def _register(*names: str, calculate: Callable[[Any], Any]) -> None:
    @scalar(*names, page=_PAGE, fewest=1, returns=NUMBER)
    def apply(value: Any) -> Optional[Number]:
        number = as_number(value)
        if number is None:
            return None
        return special(calculate, number)


def special(calculate: Callable[..., Any], *numbers: Number) -> Any:
    """The result as a number, or what stands for it where it is none."""
    try:
        return tidy(calculate(*numbers))
    except ValueError:
        return "nan"
    except OverflowError:
        odd = calculate is math.sinh or (calculate is math.pow and numbers[1] % 2 == 1)
        return "-inf" if odd and numbers[0] < 0 else "inf"


def _logarithm(number: Number) -> Any:
    return math.log(number) if number else "-inf"


_register("abs", calculate=abs)
_register("ceiling", "ceil", calculate=math.ceil)
_register("floor", calculate=math.floor)
_register("exp", calculate=math.exp)
_register("ln", calculate=_logarithm)
_register("sqrt", calculate=math.sqrt)
_register("exact", calculate=lambda number: number)


@scalar("log", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def log(value: Any, base: Any = 10) -> Any:
    """To base 10 unless another is given; null for a base that has no logarithms."""
    number, foot = as_number(value), as_number(base)
    if number is None or foot is None or foot <= 0 or foot == 1:
        return None
    if number <= 0:
        return "nan" if number else "-inf" if foot > 1 else "inf"
    if foot == 10:
        return tidy(math.log10(number))
    return tidy(math.log2(number) if foot == 2 else math.log(number, foot))


@function("pi", page=_PAGE, fewest=0, returns=NUMBER)
def pi(call: Call, context: Context) -> Evaluator:
    return lambda row: math.pi


@scalar("pow", page=_PAGE, fewest=2, returns=NUMBER)
def pow_(base: Any, exponent: Any) -> Any:
    number, power = as_number(base), as_number(exponent)
    if number is None or power is None:
        return None
    if number == 0 and power < 0:
        return None  # a division by zero
    return special(math.pow, number, power)


def round_half_up(number: Number, places: int) -> Number:
    """Half away from zero, on the number as it is written: 2.555 to two places is 2.56."""
    try:
        rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return number  # already wider than any rounding could reach
    return int(rounded) if places <= 0 else float(rounded)


@scalar("round", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def round_(value: Any, places: Any = 0) -> Optional[Number]:
    number, digits = as_number(value), as_number(places)
    if number is None or digits is None or not math.isfinite(number):
        return None
    return round_half_up(number, int(digits)) if digits >= 0 else None


def _inspect_places(call: Call) -> None:
    places = call.arguments[1] if len(call.arguments) == 2 else None
    if isinstance(places, Literal) and (as_number(places.value) or 0) < 0:
        raise call.error("the number of decimal places cannot be negative", 1)


FUNCTIONS["round"].inspect = _inspect_places


Measured = Tuple[Number, int, int]  # a number, its significant figures, its decimal places


@function("sigfig", page=_PAGE, fewest=1, returns=NUMBER)
def sigfig(call: Call, context: Context) -> Evaluator:
    """Rounded to the significant figures its calculation has: a product keeps the fewest figures of
    its factors, a sum the fewest decimal places of its terms."""
    measure = _measure(call.arguments[0], call.reader.source.text, context)

    def evaluate(row: Row) -> Any:
        measured = measure(row)
        if measured is None:
            return None
        number, figures, _ = measured
        if number == 0 or not math.isfinite(number):
            return number
        return round_half_up(number, figures - 1 - math.floor(math.log10(abs(number))))

    return evaluate


def _written(text: str) -> Optional[Measured]:
    number = as_number(text)
    if number is None:
        return None
    mantissa = text.lstrip("+-").lower().partition("e")[0]
    digits = mantissa.replace(".", "").lstrip("0")
    return number, max(1, len(digits)), len(mantissa.partition(".")[2])


def _measure(node: Node, text: str, context: Context) -> Callable[[Row], Optional[Measured]]:
    if isinstance(node, Literal):
        fixed = _written(text[node.start : node.end])
        return lambda row: fixed
    if isinstance(node, Arithmetic) and "." not in node.signs:
        terms = [_measure(operand, text, context) for operand in node.operands]
        total = node.compile(context)
        product = node.signs[0] in "*/%"

        def combined(row: Row) -> Optional[Measured]:
            found, number = [term(row) for term in terms], total(row)
            if None in found or number is None:
                return None
            if product:
                return number, min(figures for _, figures, _ in found), 0
            places = min(places for _, _, places in found)
            whole = math.floor(math.log10(abs(number))) + 1 if number else 1
            return number, max(1, whole + places), places

        return combined
    evaluate = node.compile(context)
    return lambda row: _written(as_text(evaluate(row)))
