"""The mutants of a condition: each is the expression with one small change.

A comparison is negated, or its bound taken in or left out; a test (isnull, match …) is negated; AND becomes OR and the
other way round; each operand of an AND or OR is left out. Conditions inside functions are changed too.
"""

from __future__ import annotations

import copy
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence

from lab.mutation.values import Known, same_bound
from lab.spl.eval_expression.expression import Expression
from lab.spl.eval_expression.tree import BOOLEAN, Call, Comparison, Logical, Node, Not

_NEGATED = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_BOUND = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_SWAPPED = {"AND": "OR", "OR": "AND"}


class Mutant(NamedTuple):
    """`change` says in a line what is different; `expression` is None where there is no condition left."""

    change: str
    expression: Optional[Expression]


def mutants(expression: Expression, known: Optional[Known] = None) -> Iterator[Mutant]:
    """Every mutant of it, but none that says the same by what is `known` of the fields' values."""
    for change, tree in _variants(expression.tree, Words(expression.source.text, known or {})):
        yield Mutant(change, Expression(tree, expression.source))


class Words:
    """The text of a node on one line; and what is known of the fields in it."""

    def __init__(self, text: str, known: Optional[Known] = None) -> None:
        self._text = text
        self.known = known or {}

    def __call__(self, node: Node) -> str:
        return " ".join(self._text[node.start : node.end].split())


class _Variant(NamedTuple):
    change: str
    tree: Node


def _variants(node: Node, words: Words, negated: bool = False) -> Iterator[_Variant]:
    """`negated`: a NOT stands before it, so that its own negation is made by leaving that out."""
    if isinstance(node, Logical):
        yield from _of_logical(node, words)
    elif isinstance(node, Not):
        yield _Variant(f"without NOT: {words(node)}", node.term)
        yield from _inside([node.term], words, lambda terms: Not(terms[0], node.start), negated=True)
    elif isinstance(node, Comparison):
        yield from _of_comparison(node, words, negated)
    elif isinstance(node, Call):
        if node.type == BOOLEAN and node.arguments and not negated:
            yield _Variant(f"NOT {words(node)}", Not(node, node.start))
        yield from _inside(node.arguments, words, lambda arguments: _with_arguments(node, arguments))


def _of_logical(node: Logical, words: Words) -> Iterator[_Variant]:
    if node.word in _SWAPPED:
        other = _SWAPPED[node.word]
        yield _Variant(f"{other} instead of {node.word}: {words(node)}", Logical(other, node.terms))
        for index, term in enumerate(node.terms):
            left = node.terms[:index] + node.terms[index + 1 :]
            tree = left[0] if len(left) == 1 else Logical(node.word, left)
            yield _Variant(f"without {words(term)}", tree)
    yield from _inside(node.terms, words, lambda terms: Logical(node.word, terms))


def _of_comparison(node: Comparison, words: Words, negated: bool) -> Iterator[_Variant]:
    signs = ([] if negated else [_NEGATED[node.sign]]) + ([_BOUND[node.sign]] if node.sign in _BOUND else [])
    for sign in signs:
        other = Comparison(sign, node.left, node.right)
        if not same_bound(node, other, words.known):
            yield _Variant(f"{sign} instead of {node.sign}: {words(node)}", other)
    yield from _inside([node.left, node.right], words, lambda sides: Comparison(node.sign, sides[0], sides[1]))


def _inside(
    nodes: Sequence[Node], words: Words, around: Callable[[List[Node]], Node], negated: bool = False
) -> Iterator[_Variant]:
    """The variants of each of `nodes`, in what stands `around` them all."""
    for index, node in enumerate(nodes):
        for change, tree in _variants(node, words, negated):
            yield _Variant(change, around([*nodes[:index], tree, *nodes[index + 1 :]]))


def _with_arguments(call: Call, arguments: List[Node]) -> Call:
    made = copy.copy(call)
    made.arguments = arguments
    return made
