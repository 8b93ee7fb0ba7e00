"""Reading a search expression.

Precedence (Search Manual, "expressions and predicates"): parentheses, NOT, OR, AND; two terms side by
side are ANDed. The operators are upper-case words. Names and values may be in double quotes; an
unquoted value ends at a space, a parenthesis or a bracket.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from lab.spl.errors import SearchError, Unsupported
from lab.spl.search_expression.time_limits import NAMES as TIME_MODIFIERS
from lab.spl.search_expression.time_limits import TIMEFORMAT, time_limit
from lab.spl.search_expression.tree import (
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
)
from lab.spl.search_expression.value_tests import value_test
from lab.spl.syntax.argument_tokens import SubsearchParser
from lab.spl.syntax.source import Source
from lab.spl.syntax.tokens import end_of_brackets, end_of_string, unescaped, unquote

_SIGN = re.compile(r"\s*(!=|<=|>=|==|[=<>])\s*")
_IN = re.compile(r"\s+IN\s*(?=\()", re.IGNORECASE)
_NAME = re.compile(r"[^\s()\[\]\"=<>!|,]+(?:!(?!=)[^\s()\[\]\"=<>!|,]+)*")
_VALUE = re.compile(r"now\(\)|(?:\\[\"\\|]|[^\s()\[\]\"|])+")
_ITEM = re.compile(r"(?:\\[\"\\|]|[^\s()\[\]\"|,])+")
_DIRECTIVE = re.compile(r"(TERM|CASE)\(\s*(\"[^\"]*\"|[^()\s]*)\s*\)")
_OPERATORS = frozenset(("AND", "OR", "NOT", "IN", "AS"))  # as values they want quotes
_CARRIERS = {"hosttag": "tag::host", "eventtypetag": "tag::eventtype"}  # older names of tag::field
_DEEPEST = 100


class SearchReader:
    """Reads one search expression; `at` is where it stopped."""

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
        self._timeformat = TIMEFORMAT

    # ---- the grammar ----

    def whole(self) -> Node:
        """The expression, which must reach to the end or to a word of `until`."""
        tree = self.conjunction()
        if self.at < self.end and not self._at_stop():
            raise self.error("')' without '('" if self.text[self.at] == ")" else "this cannot stand here")
        return tree

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
        if self._word("XOR"):
            raise self.error("search has no XOR: use where, or put the word in quotes to search for it", start)
        if self._word("IN"):
            raise self.error("IN stands between a field and a list in parentheses: [NOT] field IN (…)", start)
        if character == '"':
            name, quoted = self._quoted(), True
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
            return self._made(field, "=", [unescaped(value)], start)
        if quoted:
            return Keyword(name) if name.strip("*") else Everything()
        self.at = start
        sign = _SIGN.match(self.text, start, self.end)
        if sign is not None:
            raise self.error(f"Comparator '{sign.group(1)}' is missing a term on the left hand side", start)
        word = _VALUE.match(self.text, start, self.end)
        if word is None:
            raise self.error(f"unexpected '{character}'")
        self.at = word.end()
        self._alone()
        return _keyword(unescaped(word.group()))

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
        directive = _DIRECTIVE.match(self.text, self.at, self.end)
        if directive:
            return self._compared_directive(name, kind, directive, start)
        return self._made(name, kind, [self._value(name)], start)

    def _compared_directive(self, name: str, sign: str, found: re.Match[str], start: int) -> Node:
        """`field=CASE(value)` regards case; `field=TERM(value)` is the value as one word."""
        if sign not in ("=", "!="):
            raise self.error(f"{found.group(1)}() is compared with = or !=, not {sign}", start)
        node = self._directive(found)
        assert isinstance(node, (Term, Keyword))
        return Comparison(name, sign, node.text, case_sensitive=isinstance(node, Keyword))

    def _value(self, name: str) -> str:
        if self.at < self.end and self.text[self.at] == '"':
            return self._quoted()
        found = _VALUE.match(self.text, self.at, self.end)
        if found is None:
            raise self.error(f"a value for '{name}' is missing")
        if found.group() in _OPERATORS:
            raise self.error(
                f"a value for '{name}' is missing: to search for the word {found.group()}, put it in quotes"
            )
        self.at = found.end()
        self._alone()
        return unescaped(found.group())

    def _alone(self) -> None:
        """No parenthesis may touch a bare word: Splunk would take it for a group of terms."""
        if self.at < self.end and self.text[self.at] == "(":
            raise self.error("a value with parentheses needs quotes, and a group of terms a space before it")

    def _quoted(self) -> str:
        """The double-quoted string that begins here."""
        start = self.at
        self.at = end_of_string(self.source, start, self.end)
        return unquote(self.text[start : self.at], escapable='"\\|')

    def _list(self) -> List[str]:
        opening = self.at
        self.at += 1
        values: List[str] = []
        while True:
            self._skip_space()
            if self.at >= self.end:
                raise self.error("')' is missing: this list is never closed", opening)
            if self.text[self.at] == '"':
                values.append(self._quoted())
            else:
                item = _ITEM.match(self.text, self.at, self.end)
                if item is None and self.text[self.at] == "[":
                    raise Unsupported("a subsearch in IN (…) is not supported", self.source, self.at, self.at + 1)
                if item is None:
                    raise self.error("a value is missing in this list")
                self.at = item.end()
                values.append(unescaped(item.group()))
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
        name = _CARRIERS.get(name, name)
        if name in TIME_MODIFIERS:
            return time_limit(name, sign, values[0], self._timeformat, (self.source, start, self.at))
        if name == "timeformat" and sign == "=":
            self._timeformat = values[0]
            return Everything()
        if name in ("savedsearch", "savedsplunk"):
            raise Unsupported(f"the search modifier '{name}' is not supported", self.source, start, self.at)
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
        """An event type or tag by its definition; None where no event type's name fits a wildcard, which
        leaves the row's own field. `!=` wants one, and another."""
        if sign not in ("=", "!=", "IN"):
            return None
        try:
            nodes = [node for value in values for node in self._carriers(name, value)]
            if not nodes:
                return None
            node = nodes[0] if len(nodes) == 1 else Or(nodes)
            return And([Not(node), Or(self._carriers(name, "*"))]) if sign == "!=" else node
        except SearchError as error:
            raise error.at(self.source, start, self.at) from None

    def _carriers(self, name: str, value: str) -> List[Node]:
        """The event types or the tag that `value` names."""
        assert self.parser is not None
        if name != "eventtype":
            return [self._tag(name, value)]
        if "*" not in value:
            return [self.parser.event_type(value)]
        fits = value_test(value)
        return [self.parser.event_type(one) for one in self.parser.other_event_types() if fits(one)]

    def _tag(self, name: str, tag: str) -> Node:
        only = name.partition("::")[2]
        carriers: List[Node] = []
        for field, value in self.parser.context.tagged(tag):
            if only and field != only:
                continue
            carriers.append(self.parser.event_type(value) if field == "eventtype" else Comparison(field, "=", value))
        return Tag(name, tag, carriers)

    # ---- the characters ----

    def _at_stop(self) -> bool:
        """Whether a word of `until` stands here."""
        if not self.until:
            return False
        found = _NAME.match(self.text, self.at, self.end)
        if found is None or found.group().lower() not in self.until:
            return False
        return _SIGN.match(self.text, found.end(), self.end) is None

    def _finished(self) -> bool:
        self._skip_space()
        return self.at >= self.end or self.text[self.at] == ")" or self._at_stop()

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
