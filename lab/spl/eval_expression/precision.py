"""Significance arithmetic: how eval may round what it stores (Search Reference: eval, "Rounding").

The page has 8.250 * 0.2 as 2 and 8.250 * 0.20 as 1.7: a result has no more significant figures than the
factor written with the fewest, no more decimal places than the term written with the fewest. The page
of sigfig() has 1.00 * 1111 as 1111 and other pages plain floating-point numbers, so this is a reading
("precision of a calculation"). Whole numbers and what functions return are exact; the digits before
the decimal point are never rounded; only what a field finally holds is, not the steps on the way.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Optional, Tuple

from lab.spl.context import Context, Row
from lab.spl.eval_expression.arithmetic import Arithmetic
from lab.spl.eval_expression.tree import Evaluator, Field, Literal, Node
from lab.spl.functions.mathematical import round_half_up
from lab.spl.values import as_number, as_text

_EXACT = 17  # figures, and decimal places: all that a double has

Precision = Tuple[int, int]  # significant figures, decimal places
Measure = Callable[[Row], Precision]


def rounded(tree: Node, text: str, context: Context) -> Evaluator:
    """The evaluator of an assignment's expression, its result rounded where it is a calculation; `text`
    is the source, for numbers are as precise as they are written."""
    evaluate = tree.compile(context)
    measure = _measure(tree, text, context) if isinstance(tree, Arithmetic) else None
    if measure is None:
        return evaluate

    def result(row: Row) -> Any:
        value = evaluate(row)
        if value.__class__ is not float or not math.isfinite(value) or value == 0:
            return value
        figures, places = measure(row)
        whole = math.floor(math.log10(abs(value))) + 1
        return round_half_up(value, max(0, min(places, figures - whole)))

    return result


def _written(text: str) -> Precision:
    mantissa = text.lstrip("+-").lower().partition("e")[0]
    before, point, after = mantissa.partition(".")
    return (max(1, len((before + after).lstrip("0"))), len(after)) if point else (_EXACT, _EXACT)


def _measure(node: Node, text: str, context: Context) -> Optional[Measure]:
    """How precise the node's value is in a row; None for what is no calculation with numbers."""
    if isinstance(node, Literal):
        fixed = _written(text[node.start : node.end])
        return lambda row: fixed
    if isinstance(node, Field):
        evaluate = node.compile(context)

        def of_field(row: Row) -> Precision:
            value = evaluate(row)
            return _written(as_text(value)) if as_number(value) is not None else (_EXACT, _EXACT)

        return of_field
    if not isinstance(node, Arithmetic):
        return lambda row: (_EXACT, _EXACT)
    if set(node.signs) <= {"*", "/"}:
        kept = 0
    elif set(node.signs) <= {"+", "-"}:
        kept = 1
    else:
        return None
    measures = [_measure(operand, text, context) for operand in node.operands]
    if None in measures:
        return None

    def of_calculation(row: Row) -> Precision:
        least = min(measure(row)[kept] for measure in measures)  # type: ignore[misc]
        return (least, _EXACT) if kept == 0 else (_EXACT, least)

    return of_calculation
