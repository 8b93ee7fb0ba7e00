"""Values of fields: text, numbers and multivalues, and how Splunk turns one into another.

A field value of an event is text; text that looks like a number is compared and counted as one
(Search Reference, where: "Comparing numeric-looking fields"). Null is None here and a missing key in
a row. True and False occur only inside eval expressions: no field can hold them.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Union

Number = Union[int, float]

_NUMBER_STARTS = frozenset("0123456789.+-")
_SPECIAL = frozenset(("nan", "-nan", "inf", "-inf"))
_MOST_DIGITS = 300  # a double holds no more
_EXACT = 1 << 53  # beyond it a double, which is what Splunk counts with, skips integers


def as_number(value: Any) -> Optional[Number]:
    """The number that `value` is or looks like, else None. A multivalue is no number, nor is what has
    overflowed."""
    kind = value.__class__
    if kind is int:
        return value
    if kind is float:
        return value if value - value == 0.0 else None
    if kind is not str or value[:1] not in _NUMBER_STARTS:
        return None
    if value.isdecimal() and value.isascii() and len(value) <= _MOST_DIGITS:
        return int(value)
    if "_" in value or value[-1:].isspace() or not value.isascii():
        return None  # Python reads these as numbers, Splunk does not
    try:
        return int(value)
    except ValueError:
        pass
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def is_special(value: Any) -> bool:
    """Whether it is what a calculation without a number as its result gives: NaN or an infinity."""
    if value.__class__ is float:
        return not math.isfinite(value)
    return value.__class__ is str and value.lower() in _SPECIAL


def as_text(value: Any) -> str:
    """The text of a scalar, as a results table shows it: 4.0 is `4`, 0.5 is `0.5`."""
    kind = value.__class__
    if kind is str:
        return value
    if kind is bool:
        return "True" if value else "False"
    if kind is float:
        return _float_text(value)
    if kind is list:
        return "\n".join(map(as_text, value))
    return str(value)


def _float_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)


def tidy(number: Number) -> Number:
    """A float without fraction as an int, so that 4.0 and 4 are one group and one text."""
    if number.__class__ is float and number.is_integer() and abs(number) < _EXACT:
        return int(number)
    return number


def scalars(value: Any) -> List[Any]:
    """The values of a field: none for null, several for a multivalue."""
    if value is None:
        return []
    return value if value.__class__ is list else [value]


def copied(row: Dict[str, Any]) -> Dict[str, Any]:
    """A row whose owner may change it, its multivalues too."""
    return {name: value[:] if value.__class__ is list else value for name, value in row.items()}


def from_list(values: List[Any]) -> Any:
    """A field value of these values: null, the one value, or a multivalue."""
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def equal(left: Any, right: Any) -> bool:
    """Two scalars: as numbers where both are, else as text, case-sensitively."""
    if left.__class__ is str and right.__class__ is str:
        if left == right:
            return True
        if left[:1] not in _NUMBER_STARTS or right[:1] not in _NUMBER_STARTS:
            return False
    first = as_number(left)
    if first is not None:
        second = as_number(right)
        if second is not None:
            return first == second
    return as_text(left) == as_text(right)


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1 for two scalars: as numbers where both are, else by code point."""
    first = as_number(left)
    if first is not None:
        second = as_number(right)
        if second is not None:
            return (first > second) - (first < second)
    one, other = as_text(left), as_text(right)
    return (one > other) - (one < other)


def sort_key(value: Any) -> Any:
    """Numbers before text, numbers by size, text by code point: the order of min, max and sort."""
    number = as_number(value)
    return (0, number, "") if number is not None else (1, 0, as_text(value))
