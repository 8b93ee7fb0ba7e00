"""How a base search is answered: what the store's index decides, what an event's origin, what its fields.

The expression's conjuncts fall into three: TERMs (alone or ORed) that the store can answer, which
narrow the scan; conditions on index, sourcetype, source and host alone, decided once an origin; and
the rest, a predicate over the event's fields. Where the rest holds an OR of which each side has terms
or an origin of its own, these are *branches*: the scan is the union of theirs, and the OR stays in the
predicate. An expression that names no index searches the default ones, and only one that names an
index with a leading underscore sees such (Search Manual, "Search across one or more indexes").
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from lab.spl.context import Context, Row
from lab.spl.search_expression.expression import SearchExpression
from lab.spl.search_expression.time_limits import TimeLimit
from lab.spl.search_expression.tree import And, Comparison, EventType, In, Node, Not, Or, Tag, Term, fields_of

ORIGIN_FIELDS = frozenset(("index", "sourcetype", "source", "host"))
DEFAULT_INDEXES = ("main",)


class Searchable(NamedTuple):
    """The indexes that somebody may search: patterns, of which `*` matches no index with a leading underscore
    (authorize.conf.spec, srchIndexesAllowed); and those searched where a search names none (srchIndexesDefault)."""

    allowed: Tuple[str, ...] = ("*", "_*")
    default: Tuple[str, ...] = DEFAULT_INDEXES

    def allows(self, index: str) -> bool:
        return any(
            fnmatchcase(index, pattern) and (not index.startswith("_") or pattern.startswith("_"))
            for pattern in self.allowed
        )


EVERYTHING = Searchable()


class Branch(NamedTuple):
    """One side of an OR: the groups of terms that its events hold, and the tests that their origins pass."""

    terms: List[List[str]]
    origin_tests: List[Callable[[Row], bool]]

    def origins(self, origins: Sequence[Any], among: FrozenSet[int]) -> FrozenSet[int]:
        """The numbers, `among` those, of the origins whose events can match."""
        return frozenset(
            number for number in among if all(test(origins[number]._asdict()) for test in self.origin_tests)
        )


class BaseSearch:
    """An expression, split. `answers` is the store's: can it decide this term?"""

    def __init__(
        self,
        expression: SearchExpression,
        context: Context,
        answers: Callable[[str], bool],
        searchable: Searchable = EVERYTHING,
    ) -> None:
        self._searchable = searchable
        self.terms: List[List[str]] = []
        self.earliest, self.latest = 0.0, float("inf")
        self.index_earliest, self.index_latest = 0.0, float("inf")
        of_origin: List[Node] = []
        rest: List[Node] = []
        for node in _conjuncts(expression.tree):
            alternatives = _alternatives(node)
            if alternatives and all(map(answers, alternatives)):
                self.terms.append(alternatives)
            elif isinstance(node, TimeLimit):
                self._limit(node, context)
            elif _reads_origin_only(node):
                of_origin.append(node)
            else:
                rest.append(node)
        self.branches = [] if self.terms else _branches(rest, context, answers)
        self.reads: Optional[FrozenSet[str]] = fields_of(rest)
        self.test: Optional[Callable[[Row], bool]] = And(rest).compile(context) if rest else None
        self._origin_tests = [node.compile(context) for node in of_origin]
        indexes = list(_indexes(expression.tree))
        self._default_indexes = None if indexes else frozenset(searchable.default)
        self._internal = any(index.startswith("_") for index in indexes)

    def origins(self, origins: Sequence[Any]) -> FrozenSet[int]:
        """The numbers of the origins whose events can match."""
        return frozenset(number for number, origin in enumerate(origins) if self._comes_from(origin._asdict()))

    def _comes_from(self, origin: Dict[str, str]) -> bool:
        index = origin["index"]
        if self._default_indexes is not None and index not in self._default_indexes:
            return False
        if index.startswith("_") and not self._internal or not self._searchable.allows(index):
            return False
        return all(test(origin) for test in self._origin_tests)  # type: ignore[arg-type]

    def _limit(self, node: TimeLimit, context: Context) -> None:
        name = node.name.lstrip("_")
        choose = max if name.endswith("earliest") else min
        setattr(self, name, choose(getattr(self, name), node.seconds(context)))


def _branches(rest: Sequence[Node], context: Context, answers: Callable[[str], bool]) -> List[Branch]:
    """Of the first OR that can be split: an event that matches is in one of them at least."""
    for node in rest:
        if isinstance(node, Or):
            found = [_branch(term, context, answers) for term in node.terms]
            if all(branch.terms or branch.origin_tests for branch in found):
                return found
    return []


def _branch(node: Node, context: Context, answers: Callable[[str], bool]) -> Branch:
    branch = Branch([], [])
    for part in _conjuncts(node):
        alternatives = _alternatives(part)
        if alternatives and all(map(answers, alternatives)):
            branch.terms.append(alternatives)
        elif _reads_origin_only(part):
            branch.origin_tests.append(part.compile(context))
    return branch


def _conjuncts(node: Node) -> Iterator[Node]:
    """What must all hold; an event type stands for its search, since no event is asked for its own yet."""
    if isinstance(node, And):
        for term in node.terms:
            yield from _conjuncts(term)
    elif isinstance(node, EventType):
        yield from _conjuncts(node.search)
    else:
        yield node


def _alternatives(node: Node) -> List[str]:
    """The terms of TERM(a) or of TERM(a) OR TERM(b) …; none for anything else."""
    if isinstance(node, Term):
        return [] if "*" in node.text else [node.text]
    if isinstance(node, Or):
        found = [_alternatives(term) for term in node.terms]
        return [text for texts in found for text in texts] if all(found) else []
    return []


def compared_fields(node: Node) -> FrozenSet[str]:
    """The fields that the expression reads, as far as it says so before its subsearches have run."""
    if isinstance(node, (And, Or)):
        return frozenset().union(*map(compared_fields, node.terms))
    if isinstance(node, Not):
        return compared_fields(node.term)
    return node.fields() or frozenset()


def _reads_origin_only(node: Node) -> bool:
    fields = node.fields()
    return fields is not None and fields <= ORIGIN_FIELDS


def _indexes(node: Node) -> Iterator[str]:
    """The indexes that the expression names, patterns among them."""
    if isinstance(node, (Comparison, In)) and node.field == "index":
        yield from node.values if isinstance(node, In) else (node.value,)
    elif isinstance(node, (And, Or)):
        for term in node.terms:
            yield from _indexes(term)
    elif isinstance(node, Not):
        yield from _indexes(node.term)
    elif isinstance(node, EventType):
        yield from _indexes(node.search)
    elif isinstance(node, Tag):
        yield from _indexes(node.carriers)
