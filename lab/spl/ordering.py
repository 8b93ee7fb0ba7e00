"""The order of rows: the sort list that sort and dedup's sortby take, and how values compare.

Text and numbers are told apart for each pair of values (`auto`), unless `str`, `num` or `ip` say how a
field compares (Search Reference, sort: "Sort field options").
"""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple

from lab.spl.context import Context, Row, Rows
from lab.spl.statistics.aggregations import PER_TIME, is_function
from lab.spl.values import as_number, as_text

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_TYPES = ("auto", "str", "num", "ip")

Key = Tuple[str, str, bool]  # field, type, descending


def sort_keys(args: Arguments) -> List[Key]:
    """The list `-field, +field, num(field) …` up to its end or the words d and desc; at least one."""
    found: List[Key] = []
    after_comma = False
    while True:
        token = args.peek()
        if token is None or (found and not after_comma and token.is_word("d", "desc") and args.peek(1) is None):
            break
        descending = False
        if token.text in ("-", "+"):
            descending = args.next().text == "-"
            token = args.peek() or token
            name = args.field()
        else:
            name = args.field()
            if token.kind == "word" and name[:1] in ("-", "+") and len(name) > 1:
                descending, name = name[0] == "-", name[1:]
        kind = "auto"
        for known in _TYPES:
            if name.lower().startswith(known + "(") and name.endswith(")"):
                kind, name = known, name[len(known) + 1 : -1].strip().strip('"')
        if not name:
            raise args.error("a field to sort by is missing", token)
        function, call, _ = name.partition("(")
        if kind == "auto" and token.kind == "word" and call and not _leaves_such_names(function.lower()):
            raise args.error(f"'{function}' is none of the sort functions {', '.join(_TYPES)}", token)
        found.append((name, kind, descending))
        after_comma = args.operator(",")
    if not found or after_comma:
        raise args.error("a field to sort by is missing")
    return found


def _leaves_such_names(function: str) -> bool:
    """Whether a field may be called `sum(bytes)`: stats leaves such names behind."""
    return is_function(function) or function in PER_TIME or function == "auto"


def ordered_rows(rows: Rows, keys: List[Key], context: Context) -> List[Row]:
    """The rows in that order; rows that compare alike keep theirs. Rows without a field come last, or
    first (an open question: a reading), in both directions."""
    ordered = list(rows)
    null_first = context.reading("null in sort") == "first"
    for field, kind, descending in reversed(keys):
        present = [row for row in ordered if row.get(field) is not None]
        absent = [row for row in ordered if row.get(field) is None]
        present.sort(key=_key(present, field, kind), reverse=descending)
        ordered = absent + present if null_first else present + absent
    return ordered


def _key(rows: List[Row], field: str, kind: str) -> Callable[[Row], Any]:
    if kind == "str":
        return lambda row: as_text(_first(row[field]))
    if kind == "num":
        return lambda row: _numeric(row[field])
    if kind == "ip":
        return lambda row: _address(row[field])
    values = [_first(row[field]) for row in rows]
    numbers = [as_number(value) for value in values]
    if None not in numbers:
        return lambda row: as_number(_first(row[field]))
    if not any(number is not None for number in numbers):
        addresses = [_parsed(as_text(value)) for value in values]
        if not any(addresses):
            return lambda row: as_text(_first(row[field]))
        if all(addresses):
            return lambda row: _address(row[field])
    by_pair = functools.cmp_to_key(_compare)  # a mixture: each pair of values decides for itself
    return lambda row: by_pair(_first(row[field]))


def _first(value: Any) -> Any:
    return value[0] if value.__class__ is list and value else value


def _numeric(value: Any) -> Tuple[int, Any, str]:
    """What is no number comes after the numbers, as text."""
    number = as_number(_first(value))
    return (0, number, "") if number is not None else (1, 0, as_text(_first(value)))


def _address(value: Any) -> Tuple[int, Any, str]:
    text = as_text(_first(value))
    address = _parsed(text)
    return (0, (address.version, int(address)), "") if address is not None else (1, (0, 0), text)


@functools.lru_cache(maxsize=65536)
def _parsed(text: str) -> Optional[Any]:
    if "." not in text and ":" not in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _compare(left: Any, right: Any) -> int:
    """auto: two numbers by size, two addresses as addresses, anything else by code point."""
    one, other = as_number(left), as_number(right)
    if one is None or other is None:
        first, second = as_text(left), as_text(right)
        one, other = _parsed(first), _parsed(second)
        if one is None or other is None or one.version != other.version:
            one, other = first, second
    return (one > other) - (one < other)
