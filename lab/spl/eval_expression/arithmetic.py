"""The calculations of eval: signs, `* / %`, and `+ - .` (Search Reference: eval, "Operators").

Null in gives null out, and so does what is no number; a division by zero is null (the same page,
"Numeric calculations").
"""

from __future__ import annotations

import math
import operator
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import NUMBER, TEXT, Evaluator, Node, fields_of
from lab.spl.values import as_number, as_text, tidy


class Negative(Node):
    type = NUMBER

    def __init__(self, term: Node, start: int) -> None:
        super().__init__(start, term.end)
        self.term = term

    def fields(self) -> Optional[FrozenSet[str]]:
        return self.term.fields()

    def compile(self, context: Context) -> Evaluator:
        term = self.term.compile(context)

        def evaluate(row: Row) -> Any:
            number = as_number(term(row))
            return None if number is None else -number

        return evaluate


class Arithmetic(Node):
    """Operands joined from left to right by `* / %`, or by `+ - .`.

    How `.` binds against `+` and `-` is open (readings: "precedence of ."), so the chain is folded
    only when the context is known.
    """

    may_be_true = False

    def __init__(self, operands: List[Node], signs: List[str]) -> None:
        super().__init__(operands[0].start, operands[-1].end)
        self.operands = operands
        self.signs = signs
        if set(signs) == {"."}:
            self.type = TEXT
        elif "." not in signs and "+" not in signs:
            self.type = NUMBER

    def fields(self) -> Optional[FrozenSet[str]]:
        return fields_of(self.operands)

    def compile(self, context: Context) -> Evaluator:
        operands = [operand.compile(context) for operand in self.operands]
        signs = list(self.signs)
        if set(signs) == {"."}:
            return _concatenation(operands, context)
        if "." in signs and context.reading("precedence of .") == "tighter":
            operands, signs = _join_dots(operands, signs, context)
        evaluate = operands[0]
        texts = all(operand.type == TEXT for operand in self.operands)
        for sign, operand in zip(signs, operands[1:]):
            if sign == ".":
                evaluate = _concatenation([evaluate, operand], context)
            elif sign == "+":
                evaluate = _sum(evaluate, operand, texts or context.reading("mixed plus") == "text")
            else:
                evaluate = _calculation(_CALCULATIONS[sign], evaluate, operand)
        return evaluate


def _join_dots(operands: List[Evaluator], signs: List[str], context: Context) -> Tuple[List[Evaluator], List[str]]:
    groups, kept = [[operands[0]]], []
    for sign, operand in zip(signs, operands[1:]):
        if sign == ".":
            groups[-1].append(operand)
        else:
            groups.append([operand])
            kept.append(sign)
    return [group[0] if len(group) == 1 else _concatenation(group, context) for group in groups], kept


def _concatenation(operands: List[Evaluator], context: Context) -> Evaluator:
    each = context.reading("multivalue in a text function") == "each"

    def evaluate(row: Row) -> Any:
        pieces: List[str] = []
        for operand in operands:
            value = operand(row)
            if value.__class__ is str:
                pieces.append(value)
            elif value is None:
                return None
            elif value.__class__ is list:
                return _concatenated_lists([operand(row) for operand in operands]) if each else None
            else:
                pieces.append(as_text(value))
        return "".join(pieces)

    return evaluate


def _concatenated_lists(values: List[Any]) -> Any:
    """Each value of the one multivalue with the scalars around it; two multivalues have no meaning."""
    lists = [value for value in values if value.__class__ is list]
    if None in values or len(lists) != 1:
        return None
    return ["".join(as_text(one if value is lists[0] else value) for value in values) for one in lists[0]]


def _sum(left: Evaluator, right: Evaluator, mixed_as_text: bool) -> Evaluator:
    """Two numbers added, two texts joined; a number and a text by the reading "mixed plus", unless both
    are text by what stands there."""

    def evaluate(row: Row) -> Any:
        one, other = left(row), right(row)
        first, second = as_number(one), as_number(other)
        if first is not None and second is not None:
            return first + second
        if one is None or other is None or one.__class__ is list or other.__class__ is list:
            return None
        if mixed_as_text or (first is None and second is None):
            return as_text(one) + as_text(other)
        return None

    return evaluate


def _divide(one: Any, other: Any) -> Any:
    return None if other == 0 else tidy(one / other)


def _remainder(one: Any, other: Any) -> Any:
    """With the sign of the dividend, as C has it."""
    return None if other == 0 else tidy(math.fmod(one, other))


_CALCULATIONS: Dict[str, Callable[[Any, Any], Any]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _remainder,
}


def _not_a_number(one: Any, other: Any) -> Any:
    """NaN where one side is NaN (Search Reference, isnum: a field's "NaN" counts as the number), else null."""
    for value, beside in ((one, other), (other, one)):
        if value.__class__ is str and value.lower() == "nan" and (as_number(beside) is not None or beside == value):
            return "NaN"
    return None


def _calculation(calculate: Callable[[Any, Any], Any], left: Evaluator, right: Evaluator) -> Evaluator:
    def evaluate(row: Row) -> Any:
        first, second = left(row), right(row)
        one, other = as_number(first), as_number(second)
        if one is None or other is None:
            return _not_a_number(first, second)
        try:
            return calculate(one, other)
        except OverflowError:
            return math.inf

    return evaluate
