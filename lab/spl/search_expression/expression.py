"""Search expressions: what stands after `search`, in the first search and after `where` of inputlookup.

Reading one is `search_reader`'s matter, its nodes are `search_tree`'s.
"""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence, Tuple

from lab.spl.command import Fields
from lab.spl.context import Context, Row
from lab.spl.search_expression.reader import SearchReader
from lab.spl.search_expression.time_limits import limit_of
from lab.spl.search_expression.tree import And, Comparison, Everything, In, Node, Not, Or, Subsearch
from lab.spl.syntax.argument_tokens import SubsearchParser
from lab.spl.syntax.source import Source


class SearchExpression:
    """A parsed search expression; `tree` is a `lab.spl.search_expression.tree` node."""

    def __init__(self, tree: Node, text: str = "") -> None:
        self.tree = tree
        self.text = text

    def fields(self) -> Fields:
        """The fields it reads (`_raw` for keywords); None (all) where a subsearch decides that."""
        return self.tree.fields()

    def conjuncts(self) -> List[Node]:
        """The terms that all must hold."""
        return _conjuncts(self.tree)

    def resolved(self, context: Context) -> SearchExpression:
        """With each subsearch run and its result in its place."""
        return SearchExpression(_resolved(self.tree, context), self.text)

    def time_limit(self, name: str, context: Context) -> Optional[float]:
        """The limit `name` (earliest, latest, _index_earliest, _index_latest) that every event the
        expression finds keeps to, as Splunk takes it in place of the search's own time range; None: none."""
        return limit_of(self.tree, name, context)


def _conjuncts(node: Node) -> List[Node]:
    if isinstance(node, And):
        return [conjunct for term in node.terms for conjunct in _conjuncts(term)]
    return [] if isinstance(node, Everything) else [node]


def _resolved(node: Node, context: Context) -> Node:
    if isinstance(node, Subsearch):
        return node.resolved(context)
    if isinstance(node, (And, Or)):
        return type(node)([_resolved(term, context) for term in node.terms])
    return Not(_resolved(node.term, context)) if isinstance(node, Not) else node


def predicate(expression: SearchExpression, context: Context, case_sensitive: bool = False) -> Callable[[Row], bool]:
    """A function of the row: does it match? Subsearches run now, once. `case_sensitive`: field values are
    compared with regard to case."""
    if case_sensitive:
        return _with_case(_resolved(expression.tree, context)).compile(context)
    return expression.tree.compile(context)


def _with_case(node: Node) -> Node:
    if isinstance(node, (And, Or)):
        return type(node)([_with_case(term) for term in node.terms])
    if isinstance(node, Not):
        return Not(_with_case(node.term))
    if isinstance(node, Comparison):
        return Comparison(node.field, node.sign, node.value, case_sensitive=True)
    return In(node.field, node.values, case_sensitive=True) if isinstance(node, In) else node


def parse_search_expression(text: str, context: Context) -> SearchExpression:
    """The whole of `text` as a search expression; macros in it are not expanded."""
    from lab.spl.syntax.parser import Parser

    source = Source(text)
    expression, _ = read_search_expression(source, 0, len(text), Parser(source, context))
    return expression


def read_search_expression(
    source: Source, start: int, end: int, parser: Optional[SubsearchParser], until: Sequence[str] = ()
) -> Tuple[SearchExpression, int]:
    """The search expression at `start` and where it stops: at `end`, or before a bare word of `until`."""
    reader = SearchReader(source, start, end, parser, frozenset(word.lower() for word in until))
    tree = reader.whole()
    return SearchExpression(tree, source.text[start : reader.at].strip()), reader.at
