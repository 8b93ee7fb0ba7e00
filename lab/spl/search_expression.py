"""Search expressions: what stands after `search`, in the first search and after `where` of inputlookup.

Precedence (Search Manual, "expressions and predicates"): parentheses, NOT, OR, AND; two terms side by
side are ANDed. The operators are upper-case words. Names and values may be in double quotes; an
unquoted value ends at a space, a parenthesis or a bracket.
"""

from __future__ import annotations

import re
from typing import Callable, List, Optional, Sequence, Tuple

from lab.spl.command import Fields, SubsearchParser
from lab.spl.context import Context, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.search_tree import (
    TIME_LIMITS,
    And,
    Comparison,
    Everything,
    In,
    Keyword,
    Node,
    Not,
    Or,
    Subsearch,
    Tag,
    Term,
    TimeLimit,
)
from lab.spl.source import Source
from lab.spl.tokens import end_of_brackets, end_of_string, unquote

_SIGN = re.compile(r"\s*(!=|<=|>=|==|[=<>])\s*")
_IN = re.compile(r"\s+IN\s*(?=\()", re.IGNORECASE)
_NAME = re.compile(r"[^\s()\[\]\"=<>!|,]+(?:!(?!=)[^\s()\[\]\"=<>!|,]+)*")
_VALUE = re.compile(r"(?:\\[\"\\]|[^\s()\[\]\"|])+")
_ITEM = re.compile(r"(?:\\[\"\\]|[^\s()\[\]\"|,])+")
_DIRECTIVE = re.compile(r"(TERM|CASE)\(\s*(\"[^\"]*\"|[^()\s]*)\s*\)")
_OLD_TIME_MODIFIERS = """
    starttime endtime starttimeu endtimeu daysago hoursago minutesago monthsago startdaysago starthoursago
    startminutesago startmonthsago enddaysago endhoursago endminutesago endmonthsago searchtimespandays
    searchtimespanhours searchtimespanminutes searchtimespanmonths
"""
_DEEPEST = 100


class SearchExpression:
    """A parsed search expression; `tree` is a `lab.spl.search_tree` node."""

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
        """The limit `name` (earliest, latest, _index_earliest, _index_latest) that holds for the whole
        expression, as Splunk takes it in place of the search's own time range; None: none."""
        limits = [node.seconds(context) for node in self.conjuncts() if _limits(node, name)]
        if not limits:
            return None
        return max(limits) if name.endswith("earliest") else min(limits)


def _limits(node: Node, name: str) -> bool:
    return isinstance(node, TimeLimit) and node.name == name


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


def predicate(expression: SearchExpression, context: Context) -> Callable[[Row], bool]:
    """A function of the row: does it match? Subsearches run now, once."""
    return expression.tree.compile(context)


def parse_search_expression(text: str, context: Context) -> SearchExpression:
    """The whole of `text` as a search expression; macros in it are not expanded."""
    from lab.spl.parser import Parser

    source = Source(text)
    expression, _ = read_search_expression(source, 0, len(text), Parser(source, context))
    return expression


def read_search_expression(
    source: Source, start: int, end: int, parser: Optional[SubsearchParser], until: Sequence[str] = ()
) -> Tuple[SearchExpression, int]:
    """The search expression at `start` and where it stops: at `end`, or before a bare word of `until`."""
    reader = _Reader(source, start, end, parser, frozenset(word.lower() for word in until))
    tree = reader.conjunction()
    if reader.at < end and not reader.at_stop():
        raise reader.error("')' without '('" if source.text[reader.at] == ")" else "this cannot stand here")
    return SearchExpression(tree, source.text[start : reader.at].strip()), reader.at


class _Reader:
    def __init__(
        self, source: Source, start: int, end: int, parser: Optional[SubsearchParser], until: frozenset[str]
    ) -> None:
        self.source = source
        self.text = source.text
        self.at = start
        self.end = end
        self.parser = parser
        self.until = until
        self._depth = 0

    # ---- the grammar ----

    def conjunction(self) -> Node:
        """Terms joined by AND or by nothing."""
        terms: List[Node] = []
        while not self._finished():
            if self._word("AND"):
                if not terms:
                    raise self.error("a term is missing before AND", self.at - 3)
                if self._finished():
                    raise self.error("a term is missing after AND")
            terms.append(self._disjunction())
        if not terms:
            return Everything()
        return terms[0] if len(terms) == 1 else And(terms)

    def _disjunction(self) -> Node:
        terms = [self._negation()]
        while not self._finished() and self._word("OR"):
            if self._finished():
                raise self.error("a term is missing after OR")
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else Or(terms)

    def _negation(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error(f"nested more than {_DEEPEST} deep")
        if self._word("NOT"):
            if self._finished():
                raise self.error("a term is missing after NOT")
            node: Node = Not(self._negation())
        else:
            node = self._term()
        self._depth -= 1
        return node

    def _term(self) -> Node:
        start, character = self.at, self.text[self.at]
        if character == "(":
            return self._parenthesised()
        if character == "[":
            search, end = self._subsearch()
            return Subsearch(search, self.source, start, end)
        if self._word("OR", "AND"):
            raise self.error("a term is missing before this operator", start)
        if character == '"':
            self.at = end_of_string(self.source, start, self.end)
            name, quoted = unquote(self.text[start : self.at]), True
        else:
            directive = _DIRECTIVE.match(self.text, start, self.end)
            if directive:
                return self._directive(directive)
            found = _NAME.match(self.text, start, self.end)
            name, quoted = (found.group() if found else ""), False
            self.at = found.end() if found else start
        comparison = self._comparison(name, start) if name or quoted else None
        if comparison is not None:
            return comparison
        if not quoted and "::" in name.strip(":") and name.partition("::")[2]:
            field, _, value = name.partition("::")
            return self._made(field, "=", [_unescaped(value)], start)
        if quoted:
            return Keyword(name) if name.strip("*") else Everything()
        self.at = start
        word = _VALUE.match(self.text, start, self.end)
        if word is None:
            raise self.error(f"unexpected '{character}'")
        self.at = word.end()
        return _keyword(_unescaped(word.group()))

    def _parenthesised(self) -> Node:
        start = self.at
        self.at += 1
        until, self.until = self.until, frozenset()
        node = self.conjunction()
        self.until = until
        if self.at >= self.end or self.text[self.at] != ")":
            raise self.error("')' is missing: this parenthesis is never closed", start)
        self.at += 1
        return node

    def _directive(self, found: re.Match[str]) -> Node:
        self.at = found.end()
        text = found.group(2)
        text = unquote(text) if text.startswith('"') else text
        if not text:
            raise self.error(f"{found.group(1)}() is empty", found.start())
        return Term(text) if found.group(1) == "TERM" else Keyword(text, case_sensitive=True)

    def _comparison(self, name: str, start: int) -> Optional[Node]:
        listed = _IN.match(self.text, self.at, self.end)
        if listed:
            self.at = listed.end()
            return self._made(name, "IN", self._list(), start)
        sign = _SIGN.match(self.text, self.at, self.end)
        if sign is None:
            return None
        self.at = sign.end()
        kind = "=" if sign.group(1) == "==" else sign.group(1)
        if self.at < self.end and self.text[self.at] == "[":
            search, end = self._subsearch()
            return Subsearch(search, self.source, start, end, name, kind)
        return self._made(name, kind, [self._value(name)], start)

    def _value(self, name: str) -> str:
        if self.at < self.end and self.text[self.at] == '"':
            start = self.at
            self.at = end_of_string(self.source, start, self.end)
            return unquote(self.text[start : self.at])
        found = _VALUE.match(self.text, self.at, self.end)
        if found is None:
            raise self.error(f"a value for '{name}' is missing")
        self.at = found.end()
        return _unescaped(found.group())

    def _list(self) -> List[str]:
        opening = self.at
        self.at += 1
        values: List[str] = []
        while True:
            self._skip_space()
            if self.at >= self.end:
                raise self.error("')' is missing: this list is never closed", opening)
            if self.text[self.at] == '"':
                start = self.at
                self.at = end_of_string(self.source, start, self.end)
                values.append(unquote(self.text[start : self.at]))
            else:
                item = _ITEM.match(self.text, self.at, self.end)
                if item is None:
                    raise self.error("a value is missing in this list")
                self.at = item.end()
                values.append(_unescaped(item.group()))
            self._skip_space()
            closing = self.text[self.at : self.at + 1] if self.at < self.end else ""
            if closing == ")":
                self.at += 1
                return values
            if closing == ",":
                self.at += 1
            else:
                raise self.error("expected ',' or ')' in this list")

    def _subsearch(self) -> Tuple[object, int]:
        start = self.at
        self.at = end_of_brackets(self.source, start, self.end)
        if self.parser is None:
            raise self.error("a subsearch cannot stand here", start)
        return self.parser.search(start + 1, self.at - 1), self.at

    # ---- the nodes that are more than a comparison ----

    def _made(self, name: str, sign: str, values: List[str], start: int) -> Node:
        if name in TIME_LIMITS and sign == "=":
            return TimeLimit(name, values[0], self.source, start, self.at)
        if name in _OLD_TIME_MODIFIERS.split():
            raise Unsupported(f"the time modifier '{name}' is not supported", self.source, start, self.at)
        if "*" in name:
            raise Unsupported("a wildcard in a field name is not supported here", self.source, start, self.at)
        if self.parser is not None and (name in ("eventtype", "tag") or name.startswith("tag::")):
            found = self._named(name, sign, values, start)
            if found is not None:
                return found
        if sign == "IN":
            return In(name, values)
        return Comparison(name, sign, values[0])

    def _named(self, name: str, sign: str, values: List[str], start: int) -> Optional[Node]:
        """An event type or tag by its definition; None where a wildcard leaves only the row's own field."""
        if sign not in ("=", "!=", "IN") or any("*" in value for value in values):
            return None
        nodes = []
        try:
            for value in values:
                if name == "eventtype":
                    nodes.append(self.parser.event_type(value))
                else:
                    nodes.append(self._tag(name, value))
        except SearchError as error:
            raise error.at(self.source, start, self.at) from None
        node = nodes[0] if len(nodes) == 1 else Or(nodes)
        return Not(node) if sign == "!=" else node

    def _tag(self, name: str, tag: str) -> Node:
        only = name.partition("::")[2]
        carriers: List[Node] = []
        for field, value in self.parser.context.tagged(tag):
            if only and field != only:
                continue
            carriers.append(self.parser.event_type(value) if field == "eventtype" else Comparison(field, "=", value))
        return Tag(name, tag, carriers)

    # ---- the characters ----

    def at_stop(self) -> bool:
        """Whether a word of `until` stands here."""
        if not self.until:
            return False
        found = _NAME.match(self.text, self.at, self.end)
        if found is None or found.group().lower() not in self.until:
            return False
        return _SIGN.match(self.text, found.end(), self.end) is None

    def _finished(self) -> bool:
        self._skip_space()
        return self.at >= self.end or self.text[self.at] == ")" or self.at_stop()

    def _skip_space(self) -> None:
        while self.at < self.end and self.text[self.at].isspace():
            self.at += 1

    def _word(self, *words: str) -> bool:
        """Consume an operator; a word before `=` is a field, whatever its name."""
        found = _NAME.match(self.text, self.at, self.end)
        if found is None or found.group() not in words:
            return False
        if _SIGN.match(self.text, found.end(), self.end):
            return False
        self.at = found.end()
        return True

    def error(self, message: str, start: Optional[int] = None) -> SearchError:
        at = self.at if start is None else start
        return SearchError(message, self.source, at, at + 1)


def _keyword(text: str) -> Node:
    return Keyword(text) if text.strip("*") else Everything()


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text
