"""The tree of an eval expression, and how each node becomes a closure over rows.

`compile` turns a node into a function of the row, once a search; nothing walks the tree per row. A
closure gives text, a number, a list (multivalue), True, False, or None for null. Comparison with
null is null, AND, OR and NOT follow three-valued logic (Search Reference, where), and what is not
True lets no row pass.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, List, Optional, Sequence

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.values import as_number, compare, equal

if TYPE_CHECKING:
    from lab.spl.eval_expression.reader import Reader
    from lab.spl.functions.registry import Function
    from lab.spl.search import Search

Evaluator = Callable[[Row], Any]

ANY, BOOLEAN, NUMBER, TEXT = "any", "boolean", "number", "text"

_ORDERINGS: Dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Node:
    """A part of an expression; `type` is what is known of its value before any row is seen, and
    `may_be_true` whether it can give a truth value at all: no field holds one."""

    type = ANY
    may_be_true = True

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def fields(self) -> Optional[FrozenSet[str]]:
        """The fields it reads; None where only the run can tell."""
        return frozenset()

    def compile(self, context: Context) -> Evaluator:
        raise NotImplementedError

    def condition(self, context: Context) -> Evaluator:
        """The same, to be asked whether it is True."""
        return self.compile(context)


def may_be_condition(node: Node) -> bool:
    """Whether it can give a truth value, as far as can be told before the run."""
    return node.may_be_true and node.type in (BOOLEAN, ANY)


def fields_of(nodes: Sequence[Node]) -> Optional[FrozenSet[str]]:
    found: FrozenSet[str] = frozenset()
    for node in nodes:
        fields = node.fields()
        if fields is None:
            return None
        found |= fields
    return found


class Literal(Node):
    may_be_true = False

    def __init__(self, value: Any, start: int, end: int) -> None:
        super().__init__(start, end)
        self.value = value
        self.type = TEXT if isinstance(value, str) else NUMBER

    def compile(self, context: Context) -> Evaluator:
        value = self.value
        return lambda row: value


class Field(Node):
    may_be_true = False

    def __init__(self, name: str, start: int, end: int) -> None:
        super().__init__(start, end)
        self.name = name

    def fields(self) -> FrozenSet[str]:
        return frozenset((self.name,))

    def compile(self, context: Context) -> Evaluator:
        name = self.name
        return lambda row: row.get(name)


class Logical(Node):
    """AND, OR or XOR of two or more terms."""

    type = BOOLEAN

    def __init__(self, word: str, terms: List[Node]) -> None:
        super().__init__(terms[0].start, terms[-1].end)
        self.word = word
        self.terms = terms

    def fields(self) -> Optional[FrozenSet[str]]:
        return fields_of(self.terms)

    def compile(self, context: Context) -> Evaluator:
        terms = [term.condition(context) for term in self.terms]
        if self.word == "XOR":
            return _xor(terms)
        decisive = self.word == "OR"  # the value that settles the whole
        if len(terms) == 2:
            return _either(terms[0], terms[1], decisive)

        def evaluate(row: Row) -> Optional[bool]:
            known = True
            for term in terms:
                value = term(row)
                if value is decisive:
                    return decisive
                if value is None:
                    known = False
            return (not decisive) if known else None

        return evaluate


def _either(first: Evaluator, second: Evaluator, decisive: bool) -> Evaluator:
    otherwise = not decisive

    def evaluate(row: Row) -> Optional[bool]:
        one = first(row)
        if one is decisive:
            return decisive
        other = second(row)
        if other is decisive:
            return decisive
        return None if one is None or other is None else otherwise

    return evaluate


def _xor(terms: List[Evaluator]) -> Evaluator:
    def evaluate(row: Row) -> Optional[bool]:
        result = False
        for term in terms:
            value = term(row)
            if value is None:
                return None
            result ^= value is True
        return result

    return evaluate


class Not(Node):
    type = BOOLEAN

    def __init__(self, term: Node, start: int) -> None:
        super().__init__(start, term.end)
        self.term = term

    def fields(self) -> Optional[FrozenSet[str]]:
        return self.term.fields()

    def compile(self, context: Context) -> Evaluator:
        term = self.term.condition(context)
        if context.reading("not of null") == "true":
            return lambda row: term(row) is not True

        def evaluate(row: Row) -> Optional[bool]:
            value = term(row)
            return None if value is None else value is not True

        return evaluate


class Comparison(Node):
    type = BOOLEAN

    def __init__(self, sign: str, left: Node, right: Node) -> None:
        super().__init__(left.start, right.end)
        self.sign = "=" if sign == "==" else sign
        self.left = left
        self.right = right

    def fields(self) -> Optional[FrozenSet[str]]:
        return fields_of((self.left, self.right))

    def compile(self, context: Context) -> Evaluator:
        general = self._general(context)
        if isinstance(self.left, Field) and isinstance(self.right, Literal):
            return self._field_with_literal(self.left.name, self.right.value, general)
        return general

    def _field_with_literal(self, name: str, literal: Any, general: Evaluator) -> Evaluator:
        """The common `field="text"` and `field>5`, without conversions where types are as expected."""
        number = as_number(literal)
        if self.sign in ("=", "!="):
            wanted = self.sign == "="
            if number is None:

                def same_text(row: Row) -> Optional[bool]:
                    value = row.get(name)
                    if value.__class__ is str:
                        return (value == literal) is wanted
                    return None if value is None else general(row)

                return same_text

            def same_number(row: Row) -> Optional[bool]:
                value = row.get(name)
                if value.__class__ is str:
                    value = as_number(value)
                    return not wanted if value is None else (value == number) is wanted
                return None if value is None else general(row)

            return same_number
        if number is None:
            return general
        order = _ORDERINGS[self.sign]

        def ordered(row: Row) -> Optional[bool]:
            value = row.get(name)
            kind = value.__class__
            if kind is int or kind is float:
                return order(value, number)
            if value is None:
                return None
            if kind is str:
                found = as_number(value)
                if found is not None:
                    return order(found, number)
            return general(row)

        return ordered

    def _general(self, context: Context) -> Evaluator:
        left, right = self.left.compile(context), self.right.compile(context)
        if self.sign in ("=", "!="):
            wanted = self.sign == "="

            def decide(one: Any, other: Any) -> bool:
                return equal(one, other) is wanted
        else:
            order = _ORDERINGS[self.sign]

            def decide(one: Any, other: Any) -> bool:
                return order(compare(one, other), 0)

        any_value = context.reading("multivalue comparison") == "any"

        def evaluate(row: Row) -> Optional[bool]:
            one, other = left(row), right(row)
            if one is None or other is None:
                return None
            if one.__class__ is list or other.__class__ is list:
                if not any_value:
                    return None
                ones = one if one.__class__ is list else (one,)
                others = other if other.__class__ is list else (other,)
                return any(decide(a, b) for a in ones for b in others)
            return decide(one, other)

        return evaluate


class Call(Node):
    """A function applied to arguments; `name` is that of its names it is called by, `reader` the parser's
    hand for those that parse text."""

    def __init__(
        self, function: Function, name: str, arguments: List[Node], reader: Reader, start: int, end: int
    ) -> None:
        super().__init__(start, end)
        self.function = function
        self.name = name
        self.arguments = arguments
        self.reader = reader
        self.parsed: Any = None  # what the function's `check` read from a literal argument
        self.type = function.type_of(self)

    def error(self, message: str, argument: Optional[int] = None) -> SearchError:
        node = self if argument is None else self.arguments[argument]
        return SearchError(f"{self.function.name}(): {message}", self.reader.source, node.start, node.end)

    def fields(self) -> Optional[FrozenSet[str]]:
        return self.function.fields_of(self)

    def compile(self, context: Context) -> Evaluator:
        try:
            return self.function.build(self, context)
        except SearchError as error:
            raise error.at(self.reader.source, self.start, self.end) from None

    def condition(self, context: Context) -> Evaluator:
        evaluate = self.compile(context)
        if self.function.json_value:
            return lambda row: _JSON_TRUTHS.get(evaluate(row))
        return evaluate


_JSON_TRUTHS = {"true": True, "false": False}  # a Boolean of JSON is one of eval's where a condition is wanted


class Subsearch(Node):
    """`[ … ]` in an expression: the text its search returns is parsed in its place, when it runs."""

    def __init__(self, search: Search, reader: Reader, start: int, end: int) -> None:
        super().__init__(start, end)
        self.search = search
        self.reader = reader

    def fields(self) -> Optional[FrozenSet[str]]:
        return None

    def compile(self, context: Context) -> Evaluator:
        from lab.spl.eval_expression.expression import parse_expression
        from lab.spl.search_expression.subsearch import subsearch_text

        text = subsearch_text(self.search, context)
        try:
            return parse_expression(text).compile(context)
        except SearchError as error:
            raise SearchError(
                f"the subsearch returned {text!r}: {error.reason}", self.reader.source, self.start, self.end
            ) from None
