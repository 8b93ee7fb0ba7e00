"""Reads the text of an eval expression into its tree (Search Manual, "expressions and predicates").

Precedence: parentheses, unary sign, `* / %`, `+ - .`, comparisons with LIKE and IN, NOT, AND, OR, XOR.
Unquoted names and 'single quotes' are fields, "double quotes" are text; `a.b` joins two fields, `'a.b'`
is one.
"""

from __future__ import annotations

import re
from typing import Any, List, Optional, Tuple

from lab.spl.errors import SearchError, Unsupported
from lab.spl.eval_expression.arithmetic import Arithmetic, Negative
from lab.spl.eval_expression.tree import (
    BOOLEAN,
    TEXT,
    Call,
    Comparison,
    Field,
    Literal,
    Logical,
    Node,
    Not,
    Subsearch,
    may_be_condition,
)
from lab.spl.syntax.argument_tokens import SubsearchParser
from lab.spl.syntax.source import Source
from lab.spl.syntax.tokens import end_of_brackets, end_of_string, unquote
from lab.spl.values import as_number

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])")
_SIGN = re.compile(r"==|!=|<=|>=|[=<>+\-*/%.]")
_SPACE = re.compile(r"\s*")
_WORD_OPERATOR = re.compile(r"(?:AND|OR|XOR|LIKE|IN)(?![A-Za-z0-9_])", re.IGNORECASE)

_XOR, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(1, 9)
_PRECEDENCE = {
    "XOR": _XOR,
    "OR": _OR,
    "AND": _AND,
    **dict.fromkeys(("=", "==", "!=", "<", "<=", ">", ">=", "LIKE", "IN"), _COMPARISON),
    **dict.fromkeys("+-.", _SUM),
    **dict.fromkeys("*/%", _PRODUCT),
}
_DEEPEST = 100


def glimpse(text: str) -> str:
    return text.split(None, 1)[0][:20] if text.strip() else "the end"


class Reader:
    """Reads one expression from the text: precedence climbing over characters, no token list, since
    only the place tells whether a dot is a decimal point or the operator."""

    def __init__(self, source: Source, start: int, end: int, parser: Optional[SubsearchParser]) -> None:
        self.source = source
        self.text = source.text
        self.at = start
        self.end = end
        self.parser = parser
        self._depth = 0

    # ---- the grammar ----

    def expression(self, lowest: int = _XOR) -> Node:
        """What binds at least as tightly as `lowest`."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error(f"nested more than {_DEEPEST} deep")
        left = self._prefix(lowest)
        while True:
            found = self._operator()
            if found is None or _PRECEDENCE[found[0]] < lowest:
                break
            left = self._infix(left, *found)
        self._depth -= 1
        return left

    def term(self) -> Node:
        """A literal, field, call, subsearch, or anything in parentheses."""
        self.skip_space()
        start = self.at
        if start >= self.end:
            raise self.error("the expression ends too early")
        character = self.text[start]
        if character == "(":
            return self._parenthesised()
        if character == '"':
            self.at = end_of_string(self.source, start, self.end)
            return Literal(unquote(self.text[start : self.at]), start, self.at)
        if character == "'":
            return self._quoted_field()
        if character == "[":
            return self._subsearch()
        number = _NUMBER.match(self.text, start, self.end)
        if number:
            self.at = number.end()
            return Literal(_literal_number(number.group()), start, self.at)
        name = _NAME.match(self.text, start, self.end)
        if name is None:
            raise self.error(f"unexpected '{glimpse(self.text[start : self.end])}'")
        self.at = name.end()
        self.skip_space()
        if self.at < self.end and self.text[self.at] == "(":
            return self._call(name.group(), start)
        self.at = name.end()
        if name.group().upper() in ("AND", "OR", "XOR", "NOT", "LIKE", "IN"):
            raise self.error(f"a value is missing before '{name.group()}'", start)
        return Field(name.group(), start, self.at)

    def target(self) -> str:
        """The name left of `=` in an assignment, and the sign itself."""
        self.skip_space()
        start = self.at
        if self.text.startswith('"', start, self.end):
            self.at = end_of_string(self.source, start, self.end)
            name = unquote(self.text[start : self.at])
        elif self.text.startswith("'", start, self.end):
            name = self._quoted_field().name
        else:
            while self.at < self.end and self.text[self.at] not in '=,"()[]|' and not self.text[self.at].isspace():
                self.at += 1
            name = self.text[start : self.at]
        self.skip_space()
        if (
            not name
            or not self.text.startswith("=", self.at, self.end)
            or self.text.startswith("==", self.at, self.end)
        ):
            raise self.error("expected field=expression", start)
        self.at += 1
        return name

    def _prefix(self, lowest: int) -> Node:
        self.skip_space()
        start = self.at
        if self._keyword("NOT"):
            if lowest > _NOT:
                raise self.error("NOT needs parentheses here", start)
            return Not(self._condition(self.expression(_NOT)), start)
        character = self.text[start : start + 1] if start < self.end else ""
        if character == "!":  # as in mvfilter(!isnull(x))
            self.at += 1
            return Not(self._condition(self.expression(_UNARY)), start)
        if character and character in "+-":
            self.at += 1
            term = self.expression(_UNARY)
            self._number_only(term, character)
            if isinstance(term, Literal):
                number = as_number(term.value)
                return Literal(-number if character == "-" else number, start, term.end)
            return Negative(term, start) if character == "-" else Arithmetic([term, Literal(0, start, start)], ["+"])
        return self.term()

    def _infix(self, left: Node, sign: str, stop: int) -> Node:
        level = _PRECEDENCE[sign]
        if level <= _AND:
            return self._logical(left, sign)
        if level == _COMPARISON:
            return self._comparison(left, sign, stop)
        operands, signs = [left], []
        while True:
            found = self._operator()
            if found is None or _PRECEDENCE[found[0]] != level:
                break
            self.at = found[1]
            signs.append(found[0])
            operands.append(self.expression(level + 1))
        self._check_types(operands, signs)
        return Arithmetic(operands, signs)

    def _logical(self, left: Node, word: str) -> Node:
        terms = [self._condition(left)]
        while True:
            found = self._operator()
            if found is None or found[0] != word:
                return Logical(word, terms)
            self.at = found[1]
            terms.append(self._condition(self.expression(_PRECEDENCE[word] + 1)))

    def _comparison(self, left: Node, sign: str, stop: int) -> Node:
        start, self.at = self.at, stop
        if sign == "IN":
            self.skip_space()
            if not self.text.startswith("(", self.at, self.end):
                raise self.error("IN needs a list in parentheses")
            arguments, end = self._arguments()
            node: Node = self._function("in", [left, *arguments], left.start, end)
        elif sign == "LIKE":
            right = self.expression(_SUM)
            node = self._function("like", [left, right], left.start, right.end)
        else:
            node = Comparison(sign, left, self.expression(_SUM))
        following = self._operator()
        if following is not None and _PRECEDENCE[following[0]] == _COMPARISON:
            raise self.error("comparisons cannot be chained: join two of them with AND", start)
        return node

    def _parenthesised(self) -> Node:
        start = self.at
        self.at += 1
        tree = self.expression()
        self.skip_space()
        if not self.text.startswith(")", self.at, self.end):
            raise self.error("')' is missing: this parenthesis is never closed", start)
        self.at += 1
        return tree

    def _call(self, name: str, start: int) -> Node:
        arguments, end = self._arguments()
        return self._function(name, arguments, start, end)

    def _arguments(self) -> Tuple[List[Node], int]:
        opening = self.at
        self.at += 1
        found: List[Node] = []
        self.skip_space()
        if self.text.startswith(")", self.at, self.end):
            self.at += 1
            return found, self.at
        while True:
            found.append(self.expression())
            self.skip_space()
            if self.text.startswith(",", self.at, self.end):
                self.at += 1
                continue
            if not self.text.startswith(")", self.at, self.end):
                raise self.error("')' is missing: this parenthesis is never closed", opening)
            self.at += 1
            return found, self.at

    def _function(self, name: str, arguments: List[Node], start: int, end: int) -> Call:
        from lab.spl.functions import FUNCTIONS, REFUSED

        function = FUNCTIONS.get(name.lower())
        if name.lower() in REFUSED:
            raise Unsupported(f"the eval function {name}() is not supported", self.source, start, end)
        if function is None:
            raise self.error(f"unknown function '{name}'", start)
        call = Call(function, name.lower(), arguments, self, start, end)
        function.check(call)
        return call

    def _subsearch(self) -> Node:
        start = self.at
        self.at = end_of_brackets(self.source, start, self.end)
        if self.parser is None:
            raise self.error("a subsearch cannot stand here", start)
        return Subsearch(self.parser.search(start + 1, self.at - 1), self, start, self.at)

    def _quoted_field(self) -> Field:
        start, at = self.at, self.at + 1
        pieces: List[str] = []
        while at < self.end:
            character = self.text[at]
            if character == "\\" and self.text[at + 1 : at + 2] in ("'", "\\"):
                pieces.append(self.text[at + 1])
                at += 2
                continue
            if character == "'":
                self.at = at + 1
                return Field("".join(pieces), start, self.at)
            pieces.append(character)
            at += 1
        raise self.error("unbalanced quotes: this field name is never closed", start)

    # ---- the characters ----

    def skip_space(self) -> None:
        self.at = _SPACE.match(self.text, self.at, self.end).end()  # type: ignore[union-attr]

    def _operator(self) -> Optional[Tuple[str, int]]:
        """The operator that stands next and where it ends; nothing is consumed but space."""
        self.skip_space()
        word = _WORD_OPERATOR.match(self.text, self.at, self.end)
        if word:
            return word.group().upper(), word.end()
        sign = _SIGN.match(self.text, self.at, self.end)
        return (sign.group(), sign.end()) if sign else None

    def _keyword(self, word: str) -> bool:
        name = _NAME.match(self.text, self.at, self.end)
        if name is None or name.group().upper() != word:
            return False
        self.at = name.end()
        return True

    # ---- the checks ----

    def _condition(self, node: Node) -> Node:
        if not may_be_condition(node):
            raise SearchError("a condition is needed here, not a value", self.source, node.start, node.end)
        return node

    def _number_only(self, node: Node, sign: str) -> None:
        if node.type == BOOLEAN or (isinstance(node, Literal) and as_number(node.value) is None):
            raise SearchError(f"'{sign}' takes only numbers", self.source, node.start, node.end)

    def _check_types(self, operands: List[Node], signs: List[str]) -> None:
        for index, operand in enumerate(operands):
            beside = signs[max(0, index - 1) : index + 1]
            if operand.type == BOOLEAN:
                raise SearchError(f"'{beside[0]}' takes no truth value", self.source, operand.start, operand.end)
            for sign in beside:
                if sign not in ".+":
                    self._number_only(operand, sign)
        for left, sign, right in zip(operands, signs, operands[1:]):
            if sign == "+" and isinstance(left, Literal) and isinstance(right, Literal):
                texts = [node for node in (left, right) if node.type == TEXT and as_number(node.value) is None]
                if len(texts) == 1:
                    raise SearchError("'+' takes two numbers or two texts", self.source, left.start, right.end)

    def error(self, message: str, start: Optional[int] = None) -> SearchError:
        at = self.at if start is None else start
        return SearchError(message, self.source, at, at + 1)


def _literal_number(text: str) -> Any:
    return int(text) if text.isdigit() else float(text)
