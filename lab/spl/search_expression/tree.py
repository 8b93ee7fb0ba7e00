"""The tree of a search expression, and how each node becomes a predicate over rows.

Here, unlike in eval, two values decide: a comparison with a field that is not there is false, and
NOT of it true (Search Reference, search). How one value is compared is `value_tests`' matter, limits of
time are that of `time_limits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, List

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import fields_of
from lab.spl.search_expression.keywords import keyword_test, term_test
from lab.spl.search_expression.value_tests import is_plain, order_test, value_test
from lab.spl.values import as_text

if TYPE_CHECKING:
    from lab.spl.command import Fields
    from lab.spl.search import Search
    from lab.spl.syntax.source import Source

Predicate = Callable[[Row], bool]


class Node:
    """A part of a search expression."""

    def fields(self) -> Fields:
        """The fields it reads; None where only the run can tell."""
        return frozenset()

    def compile(self, context: Context) -> Predicate:
        raise NotImplementedError


class Everything(Node):
    """`*` alone, or no expression at all."""

    def compile(self, context: Context) -> Predicate:
        return lambda row: True


class And(Node):
    def __init__(self, terms: List[Node]) -> None:
        self.terms = terms

    def fields(self) -> Fields:
        return fields_of(self.terms)

    def compile(self, context: Context) -> Predicate:
        tests = [term.compile(context) for term in self.terms if not isinstance(term, Everything)]
        if not tests:
            return lambda row: True
        if len(tests) == 1:
            return tests[0]
        if len(tests) == 2:
            first, second = tests
            return lambda row: first(row) and second(row)

        def test_all(row: Row) -> bool:
            for test in tests:  # noqa: SIM110  all() with a generator is twice as slow here
                if not test(row):
                    return False
            return True

        return test_all


class Or(Node):
    def __init__(self, terms: List[Node]) -> None:
        self.terms = terms

    def fields(self) -> Fields:
        return fields_of(self.terms)

    def compile(self, context: Context) -> Predicate:
        tests = [term.compile(context) for term in self.terms]

        def test_any(row: Row) -> bool:
            for test in tests:  # noqa: SIM110  see And
                if test(row):
                    return True
            return False

        return test_any


class Not(Node):
    def __init__(self, term: Node) -> None:
        self.term = term

    def fields(self) -> Fields:
        return self.term.fields()

    def compile(self, context: Context) -> Predicate:
        test = self.term.compile(context)
        return lambda row: not test(row)


class Keyword(Node):
    """A bare word, or a phrase in quotes, looked for in `_raw`."""

    def __init__(self, text: str, case_sensitive: bool = False) -> None:
        self.text = text
        self.case_sensitive = case_sensitive

    def fields(self) -> Fields:
        return frozenset(("_raw",))

    def compile(self, context: Context) -> Predicate:
        return _raw_test(keyword_test(self.text, self.case_sensitive))


class Term(Node):
    """TERM(text): a whole segment of `_raw` between major breakers."""

    def __init__(self, text: str) -> None:
        self.text = text

    def fields(self) -> Fields:
        return frozenset(("_raw",))

    def compile(self, context: Context) -> Predicate:
        return _raw_test(term_test(self.text))


def _raw_test(test: Callable[[str], bool]) -> Predicate:
    def in_raw(row: Row) -> bool:
        raw = row.get("_raw")
        if raw.__class__ is str:
            return test(raw)
        return raw is not None and test(as_text(raw))

    return in_raw


class Comparison(Node):
    """`field=value` and the other signs; the value is a literal, never a field."""

    def __init__(self, field: str, sign: str, value: str, case_sensitive: bool = False) -> None:
        self.field = field
        self.sign = sign
        self.value = value
        self.case_sensitive = case_sensitive

    def fields(self) -> Fields:
        return frozenset((self.field,))

    def compile(self, context: Context) -> Predicate:
        if self.sign == "=":
            return _any_value(self.field, value_test(self.value, self.case_sensitive))
        if self.sign == "!=":
            return self._differs(context)
        return _any_value(self.field, order_test(self.sign, self.value))

    def _differs(self, context: Context) -> Predicate:
        field, test = self.field, value_test(self.value, self.case_sensitive)
        none_of_them = context.reading("multivalue !=") == "none"

        def differs(row: Row) -> bool:
            value = row.get(field)
            if value is None:
                return False
            if value.__class__ is list:
                if none_of_them:
                    return bool(value) and not any(test(one) for one in value)
                return any(not test(one) for one in value)
            return not test(value)

        return differs


class In(Node):
    """`field IN (value, …)`."""

    def __init__(self, field: str, values: List[str], case_sensitive: bool = False) -> None:
        self.field = field
        self.values = values
        self.case_sensitive = case_sensitive

    def fields(self) -> Fields:
        return frozenset((self.field,))

    def compile(self, context: Context) -> Predicate:
        fold = str if self.case_sensitive else str.lower
        plain = frozenset(fold(value) for value in self.values if is_plain(value))
        others = [value_test(value, self.case_sensitive) for value in self.values if not is_plain(value)]

        def test(value: Any) -> bool:
            text = value if value.__class__ is str else as_text(value)
            return fold(text) in plain or any(other(value) for other in others)

        return _any_value(self.field, test)


class EventType(Node):
    """`eventtype=name`: a row that says its event types is asked, any other tried against the event
    type's search."""

    def __init__(self, name: str, search: Node) -> None:
        self.name = name
        self.search = search

    def fields(self) -> Fields:
        return self.search.fields()

    def compile(self, context: Context) -> Predicate:
        named = _any_value("eventtype", value_test(self.name))
        test = self.search.compile(context)
        return lambda row: named(row) if "eventtype" in row else test(row)


class Tag(Node):
    """`tag=name` or `tag::field=name`: any of the field values that carry the tag."""

    def __init__(self, field: str, name: str, carriers: List[Node]) -> None:
        self.field = field
        self.name = name
        self.carriers = Or(carriers)

    def fields(self) -> Fields:
        return self.carriers.fields()

    def compile(self, context: Context) -> Predicate:
        field = self.field
        named = _any_value(field, value_test(self.name))
        test = self.carriers.compile(context)
        return lambda row: named(row) if field in row else test(row)


class Subsearch(Node):
    """`[ … ]`: the text its search returns is parsed in its place, in parentheses, when it runs.
    `field` and `sign` are set where it stands as the value of a comparison."""

    def __init__(self, search: Search, source: Source, start: int, end: int, field: str = "", sign: str = "") -> None:
        self.search = search
        self.field = field
        self.sign = sign
        self._where = (source, start, end)

    def fields(self) -> Fields:
        """Its columns where its commands fix them; text of its own (`search`) may name any field."""
        if self.field:
            return frozenset((self.field,))
        columns = self.search.columns()
        if columns is None or any(name in ("search", "query") or "*" in name for name in columns):
            return None
        return frozenset(columns)

    def resolved(self, context: Context) -> Node:
        """The tree of the returned text; the search runs here."""
        from lab.spl.search_expression.expression import parse_search_expression
        from lab.spl.search_expression.subsearch import subsearch_text

        text = subsearch_text(self.search, context)
        if self.field:
            quoted = self.field.replace("\\", "\\\\").replace('"', '\\"')
            text = f'"{quoted}"{self.sign}{text}'
        try:
            return parse_search_expression(text, context).tree
        except SearchError as error:
            source, start, end = self._where
            raise SearchError(f"the subsearch returned {text!r}: {error.reason}", source, start, end) from None

    def compile(self, context: Context) -> Predicate:
        return self.resolved(context).compile(context)


def _any_value(field: str, test: Callable[[Any], bool]) -> Predicate:
    """A predicate: the field is there, and one of its values passes the test."""

    def any_value(row: Row) -> bool:
        value = row.get(field)
        if value is None:
            return False
        if value.__class__ is list:
            return any(test(one) for one in value)
        return test(value)

    return any_value
