"""Eval expressions: what eval, where, fieldformat, stats' eval() and calculated fields evaluate.

`expression_reader` reads the text, `expression_tree` and `arithmetic` have the nodes.
"""

from __future__ import annotations

from typing import Callable, Optional, Tuple

from lab.spl.command import Fields
from lab.spl.context import Context, Row, Value
from lab.spl.errors import SearchError
from lab.spl.eval_expression.reader import Reader, glimpse
from lab.spl.eval_expression.tree import BOOLEAN, Node, may_be_condition
from lab.spl.syntax.argument_tokens import SubsearchParser
from lab.spl.syntax.source import Source


class Expression:
    """A parsed expression: `type` is "boolean", "number", "text" or "any"."""

    def __init__(self, tree: Node, source: Source) -> None:
        self.tree = tree
        self.source = source
        self.type = tree.type

    @property
    def text(self) -> str:
        return self.source.text[self.tree.start : self.tree.end]

    @property
    def boolean(self) -> bool:
        """True for what is a truth value and can be no field's value."""
        return self.type == BOOLEAN

    def fields(self) -> Fields:
        """The fields it reads; None (all) where a subsearch decides that."""
        return self.tree.fields()

    def compile(self, context: Context) -> Callable[[Row], Optional[Value]]:
        """A function of the row; None is null, True and False only of a boolean expression."""
        return self.tree.compile(context)

    def stored(self, context: Context) -> Callable[[Row], Optional[Value]]:
        """The same for a value that goes into a field (readings: "precision of a calculation")."""
        if context.reading("precision of a calculation") == "significant":
            from lab.spl.eval_expression.precision import rounded

            return rounded(self.tree, self.source.text, context)
        return self.tree.compile(context)

    def condition(self, context: Context) -> Callable[[Row], bool]:
        """A function that is True only where the expression is true: neither false nor null."""
        evaluate = self.tree.condition(context)
        return lambda row: evaluate(row) is True

    def require_boolean(self) -> Expression:
        """Itself, or an error: where and conditions take no plain values."""
        if not may_be_condition(self.tree):
            raise SearchError(
                "this is a value, not a condition: compare it with something",
                self.source,
                self.tree.start,
                self.tree.end,
            )
        return self


def parse_expression(text: str) -> Expression:
    """The whole of `text` as one expression; without subsearches."""
    source = Source(text)
    expression, stop = read_expression(source, 0, len(text))
    rest = text[stop:].lstrip()
    if rest:
        start = len(text) - len(rest)
        raise SearchError(f"unexpected '{glimpse(rest)}' after the expression", source, start, start + 1)
    return expression


def read_expression(
    source: Source, start: int, end: int, parser: Optional[SubsearchParser] = None, one_term: bool = False
) -> Tuple[Expression, int]:
    """The expression at `start` and the offset where it stops; `one_term`: only what stands in the
    parentheses that open there."""
    reader = Reader(source, start, end, parser)
    tree = reader.term() if one_term else reader.expression()
    reader.skip_space()
    return Expression(tree, source), reader.at


def read_assignment(
    source: Source, start: int, end: int, parser: Optional[SubsearchParser] = None
) -> Tuple[str, Expression, int]:
    """`field=expression` at `start`: the field, the expression, and where it stops."""
    reader = Reader(source, start, end, parser)
    name = reader.target()
    tree = reader.expression()
    if tree.type == BOOLEAN:
        raise SearchError(
            f"a boolean result cannot be assigned to the field '{name}': use if(…) or tostring(…)",
            source,
            tree.start,
            tree.end,
        )
    reader.skip_space()
    return name, Expression(tree, source), reader.at
