"""The fields that automatic extraction finds in JSON and XML text (Search Reference, spath).

JSON: `a.b` for a key in a key, `c{}` for the items of an array, `d{}.e` for a key in them; XML: `a.b`
for elements, `a.b{@id}` for attributes. Several values of one name follow each other. Text that ends
in the middle (the cut-off of limits.conf) gives what came before the cut.
"""

from __future__ import annotations

import json
import re
from typing import Dict, Iterator, List, Tuple

from lab.spl.xml_text import read_xml, walk

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DEEPEST = 200  # levels of nesting that are read
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

Found = Iterator[Tuple[str, str]]


class _Ended(Exception):
    """The text ends, or is no JSON from here on."""


def structured_fields(text: str) -> Dict[str, List[str]]:
    """Every field of a JSON or XML text, in its order; none where it is neither."""
    start = text.lstrip()[:1]
    fields: Dict[str, List[str]] = {}
    if start in ("{", "["):
        found = _json_fields(text)
    elif start == "<":
        found = _xml_fields(text)
    else:
        return fields
    for name, value in found:
        fields.setdefault(name, []).append(value)
    return fields


def _json_fields(text: str) -> Found:
    try:
        yield from _JsonScanner(text).value("")
    except _Ended:
        return


class _JsonScanner:
    """Reads JSON and yields each scalar with its name as soon as it is complete."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def value(self, name: str) -> Found:
        character = self._next()
        if character in "{[":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise _Ended
            yield from self._object(name) if character == "{" else self._array(name)
            self.depth -= 1
        else:
            yield name, self._string() if character == '"' else self._scalar()

    def _object(self, name: str) -> Found:
        self.at += 1
        if self._next() == "}":
            self.at += 1
            return
        while True:
            if self._next() != '"':
                raise _Ended
            key = self._string()
            if self._next() != ":":
                raise _Ended
            self.at += 1
            yield from self.value(f"{name}.{key}" if name else key)
            if self._closed("}"):
                return

    def _array(self, name: str) -> Found:
        self.at += 1
        if self._next() == "]":
            self.at += 1
            return
        while True:
            yield from self.value(name + "{}")
            if self._closed("]"):
                return

    def _closed(self, bracket: str) -> bool:
        character = self._next()
        self.at += 1
        if character == bracket:
            return True
        if character != ",":
            raise _Ended
        return False

    def _next(self) -> str:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        if self.at >= len(self.text):
            raise _Ended
        return self.text[self.at]

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise _Ended
        self.at = match.end()
        try:
            return json.loads(match.group(), strict=False)
        except ValueError:
            raise _Ended from None

    def _scalar(self) -> str:
        match = _SCALAR.match(self.text, self.at)
        if match is None or match.end() == len(self.text):
            raise _Ended  # a number that reaches the end of the text may have been cut
        self.at = match.end()
        return match.group()


def _xml_fields(text: str) -> Found:
    for path, element, ends in walk(read_xml(text)):
        if not ends:
            for attribute, value in element.attributes.items():
                yield f"{path}{{@{attribute}}}", value
        else:
            inner = element.leading_text(text)
            if inner:
                yield path, inner
