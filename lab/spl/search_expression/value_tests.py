"""Tests of one field value, as the comparisons of a search expression make them (Search Reference, search).

`=` and `!=` compare text ("1" is not "1.0"), without regard to case, with `*` as a wildcard and ranges in
CIDR notation for addresses; `<` and its kin compare numbers as numbers and all else by code point.
"""

from __future__ import annotations

import operator
from typing import Any, Callable, Dict, Optional

from lab.spl.functions.conditional import in_network, network
from lab.spl.values import Number, as_number, as_text
from lab.spl.wildcards import wildcard_parts

Test = Callable[[Any], bool]

_ORDERINGS: Dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_plain(wanted: str) -> bool:
    """Whether `=wanted` is no more than a comparison of texts."""
    return "*" not in wanted and not _is_range(wanted)


def _is_range(value: str) -> bool:
    return "/" in value and network(value) is not None


def value_test(wanted: str, case_sensitive: bool = False) -> Test:
    """A test of one value for `=wanted`: wildcards, a range in CIDR notation, or text."""
    if "*" in wanted:
        return _wildcard_test(wanted, case_sensitive)
    if case_sensitive:
        return lambda value: as_text(value) == wanted
    folded = wanted.lower()
    if _is_range(wanted):

        def in_range(value: Any) -> bool:
            text = as_text(value)
            return in_network(wanted, text) or text.lower() == folded

        return in_range

    def same(value: Any) -> bool:
        if value.__class__ is str:
            return value == wanted or value.lower() == folded
        return as_text(value).lower() == folded

    return same


def _wildcard_test(wanted: str, case_sensitive: bool) -> Test:
    if not wanted.strip("*"):
        return lambda value: True
    text_of = as_text if case_sensitive else _folded
    pattern = wanted if case_sensitive else wanted.lower()
    inner = pattern.strip("*")
    if "*" not in inner:
        starts, ends = not pattern.startswith("*"), not pattern.endswith("*")
        if starts:
            return lambda value: text_of(value).startswith(inner)
        if ends:
            return lambda value: text_of(value).endswith(inner)
        return lambda value: inner in text_of(value)
    pieces = pattern.split("*")
    return lambda value: wildcard_parts(pieces, text_of(value)) is not None


def _folded(value: Any) -> str:
    return as_text(value).lower()


def order_test(sign: str, wanted: str) -> Test:
    """A test of one value for `<wanted` and its kin."""
    order = _ORDERINGS[sign]
    limit: Optional[Number] = as_number(wanted)

    def in_order(value: Any) -> bool:
        if limit is not None:
            number = as_number(value)
            if number is not None:
                return order(number, limit)
        return order(as_text(value), wanted)

    return in_order
