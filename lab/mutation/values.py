"""What values a field can have at all, where the text of the search tells: a bound between none of them is no bound.

`| eval weight = case(…, 3, …, 1) | where weight > 0` says the same with `>=`. Told by the evals that stand before the
condition; whatever else writes the field makes it unknown.
"""

from __future__ import annotations

from itertools import product
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence

from lab.spl.command import Command
from lab.spl.commands.eval import Eval
from lab.spl.commands.sort import Sort
from lab.spl.commands.where import Where
from lab.spl.eval_expression.arithmetic import Arithmetic
from lab.spl.eval_expression.tree import Call, Comparison, Field, Literal, Node
from lab.spl.values import as_number

Values = Optional[FrozenSet[Optional[float]]]  # numbers, and None for null; None: unknown
Known = Dict[str, Values]

_MOST = 100  # combinations that are tried
_ORDERS: Dict[str, Callable[[float, float], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def known_before(commands: Sequence[Command]) -> Known:
    """The fields whose values are known after these commands."""
    known: Known = {}
    for command in commands:
        if isinstance(command, Eval):
            for name, expression in command.assignments:
                known[name] = possible(expression.tree, known)
        elif not isinstance(command, (Sort, Where)):
            known = {}
    return known


def possible(node: Node, known: Known) -> Values:
    """The numbers that an expression can give."""
    if isinstance(node, Literal):
        number = as_number(node.value)
        return None if number is None else frozenset((number,))
    if isinstance(node, Field):
        return known.get(node.name)
    if isinstance(node, Call) and node.name == "null":
        return frozenset((None,))
    if isinstance(node, Call) and node.name == "if":
        return _union([possible(branch, known) for branch in node.arguments[1:]])
    if isinstance(node, Call) and node.name == "case":
        return _union([frozenset((None,)), *(possible(branch, known) for branch in node.arguments[1::2])])
    if isinstance(node, Arithmetic) and set(node.signs) == {"+"}:
        return _sums([possible(operand, known) for operand in node.operands])
    return None


def same_bound(comparison: Comparison, other: Comparison, known: Known) -> bool:
    """Whether the two, which differ in their sign, are the same for every value that can come."""
    left, right = possible(comparison.left, known), possible(comparison.right, known)
    if left is None or right is None or len(left) * len(right) > _MOST:
        return False
    one, two = _ORDERS.get(comparison.sign), _ORDERS.get(other.sign)
    return bool(one and two) and all(
        one(a, b) == two(a, b)
        for a, b in product(left - {None}, right - {None})  # with null both are null
    )


def _union(found: List[Values]) -> Values:
    return None if None in found else frozenset().union(*(values or () for values in found))


def _sums(found: List[Values]) -> Values:
    sums: Values = frozenset((0,))
    for values in found:
        if values is None or sums is None or len(sums) * len(values) > _MOST:
            return None
        sums = frozenset(None if one is None or other is None else one + other for one, other in product(sums, values))
    return sums
