"""Cutting command arguments into tokens; the expression grammars have lexers of their own.

SPL has no one lexer: what stands after a command's name is read by that command. These tokens serve
the commands that take fields, options and keywords; eval expressions (`expression.py`) and search
expressions (`search_expression.py`) read the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Sequence, Tuple

from lab.spl.errors import SearchError
from lab.spl.syntax.source import Source

WORD, STRING, QUOTED_FIELD, OPERATOR, SUBSEARCH = "word", "string", "quoted field", "operator", "subsearch"

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r'["\[\]]|\\["\\]')
_OPERATOR = re.compile(r"!=|<=|>=|[=<>(),]")
_WORD = re.compile(r'(?:\\["\\|]|!(?!=)|[^\s,()\[\]="|<>!])+')
_SPACE = re.compile(r"\s*")

Span = Tuple[int, int]


@dataclass(frozen=True)
class Token:
    """`text` as written, `value` without quotes and escapes, `start` and `end` in the source's text."""

    kind: str
    text: str
    value: str
    start: int
    end: int

    def is_word(self, *names: str) -> bool:
        """True for one of these bare words, in any case."""
        return self.kind == WORD and self.text.lower() in names

    def is_operator(self, text: str) -> bool:
        return self.kind == OPERATOR and self.text == text


def end_of_string(source: Source, start: int, end: int) -> int:
    """The offset after the closing quote of the double-quoted string that opens at `start`."""
    found = _STRING.match(source.text, start, end)
    if found is None:
        raise SearchError("unbalanced quotes: this string is never closed", source, start, end)
    return found.end()


def unquote(text: str, escapable: str = '"\\') -> str:
    """The value of a double-quoted string: `\\"` and `\\\\` are the quote and the backslash, any other
    backslash stays, so that regular expressions need no doubling (Search Reference, search, "Quotes and
    escaping characters"; the pipe, which that page names too, is left to regular expressions elsewhere)."""
    body = text[1:-1]
    if "\\" not in body:
        return body
    pieces: List[str] = []
    at, last = 0, len(body) - 1
    while at <= last:
        if body[at] == "\\" and at < last and body[at + 1] in escapable:
            at += 1
        pieces.append(body[at])
        at += 1
    return "".join(pieces)


def unescaped(text: str) -> str:
    """An unquoted word: `\\\\`, `\\"` and `\\|` are the character itself, any other backslash stays."""
    return re.sub(r'\\(["\\|])', r"\1", text) if "\\" in text else text


def end_of_brackets(source: Source, start: int, end: int) -> int:
    """The offset after the `]` that closes the `[` at `start`; quoted brackets do not count."""
    text, at, depth = source.text, start, 0
    while True:
        found = _BRACKET.search(text, at, end)
        if found is None:
            raise SearchError("this bracket is never closed: ']' is missing", source, start, start + 1)
        at = found.end()
        if found.group() == '"':
            at = end_of_string(source, found.start(), end)
        elif found.group() == "[":
            depth += 1
        elif found.group() == "]":
            depth -= 1
            if depth == 0:
                return at


def tokens(source: Source, start: int, end: int, without: Sequence[Span] = ()) -> List[Token]:
    """The tokens of `source.text[start:end]`, except those inside the spans `without`."""
    text, found = source.text, []
    at = _SPACE.match(text, start, end).end()
    while at < end:
        skipped = next((last for first, last in without if first <= at < last), None) if without else None
        if skipped is None:
            token = _token(source, at, end)
            found.append(token)
            skipped = token.end
        at = _SPACE.match(text, skipped, end).end()
    return found


def _token(source: Source, start: int, end: int) -> Token:
    text, character = source.text, source.text[start]
    if character == '"':
        last = end_of_string(source, start, end)
        return Token(STRING, text[start:last], unquote(text[start:last]), start, last)
    if character == "[":
        last = end_of_brackets(source, start, end)
        return Token(SUBSEARCH, text[start:last], text[start + 1 : last - 1], start, last)
    if character == "]":
        raise SearchError("unexpected ']': no bracket is open", source, start, start + 1)
    if character == "'":
        last = text.find("'", start + 1, end) + 1
        if last:
            return Token(QUOTED_FIELD, text[start:last], text[start + 1 : last - 1], start, last)
    found = _OPERATOR.match(text, start, end)
    if found:
        return Token(OPERATOR, found.group(), found.group(), start, found.end())
    found = _WORD.match(text, start, end)
    last = found.end() if found else start + 1
    return Token(WORD, text[start:last], text[start:last], start, last)
