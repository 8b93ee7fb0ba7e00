"""The System Log API's `filter` parameter: the part of SCIM that Okta documents for it.

In: `eventType eq "user.session.start" and outcome.result eq "FAILURE"`. Out: a predicate over events.
Comparisons ignore case; a list matches when one of its values does. `published` may not be used.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator, List

Predicate = Callable[[dict], bool]

_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<bracket>[()])|(?P<word>[^\s()"]+))')
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "sw": lambda value, wanted: value.startswith(wanted),
    "ew": lambda value, wanted: value.endswith(wanted),
    "co": lambda value, wanted: wanted in value,
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
}


class BadFilter(ValueError):
    """The filter cannot be read: Okta's E0000053."""


class BadOperator(BadFilter):
    """An operator that Okta does not know: E0000031."""


def parse(text: str) -> Predicate:
    tokens = _tokens(text)
    predicate = _either(tokens)
    if tokens:
        raise BadFilter(f"unexpected {tokens[0]}")
    return predicate


def _tokens(text: str) -> List[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise BadFilter(f"unexpected character at {at + 1}")
        found.append(match.group().strip())
        at = match.end()
    return found


def _either(tokens: List[str]) -> Predicate:
    sides = [_both(tokens)]
    while tokens and tokens[0].lower() == "or":
        tokens.pop(0)
        sides.append(_both(tokens))
    return lambda event: any(side(event) for side in sides)


def _both(tokens: List[str]) -> Predicate:
    sides = [_one(tokens)]
    while tokens and tokens[0].lower() == "and":
        tokens.pop(0)
        sides.append(_one(tokens))
    return lambda event: all(side(event) for side in sides)


def _one(tokens: List[str]) -> Predicate:
    first = _take(tokens)
    if first.lower() == "not":
        inner = _one(tokens)
        return lambda event: not inner(event)
    if first == "(":
        inner = _either(tokens)
        if _take(tokens) != ")":
            raise BadFilter("a bracket is not closed")
        return inner
    if first.split(".")[0] == "published":
        raise BadFilter("published may not be filtered; use since and until")
    path = first.split(".")
    operator = _take(tokens).lower()
    if operator == "pr":
        return lambda event: any(True for _ in _values(event, path))
    compare = _COMPARE.get(operator)
    if compare is None:
        raise BadOperator(operator)
    wanted = _take(tokens).strip('"').lower()
    return lambda event: any(compare(str(value).lower(), wanted) for value in _values(event, path))


def _take(tokens: List[str]) -> str:
    if not tokens:
        raise BadFilter("the filter ends too early")
    return tokens.pop(0)


def _values(node: Any, path: List[str]) -> Iterator[Any]:
    """Every non-null value at the path, through lists."""
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif not path:
        if node is not None:
            yield str(node).lower() if isinstance(node, bool) else node
    elif isinstance(node, dict):
        yield from _values(node.get(path[0]), path[1:])
