"""Bitwise functions (Search Reference: Bitwise functions): non-negative integers of up to 53 bits."""

from __future__ import annotations

from typing import Any, Callable, Optional

from lab.spl.eval_expression.tree import NUMBER
from lab.spl.functions.registry import scalar
from lab.spl.values import as_number

_PAGE = "Search Reference/Bitwise functions"
_MASK = (1 << 53) - 1


def _bits(value: Any) -> Optional[int]:
    number = as_number(value)
    if number is None or number != int(number) or not 0 <= number <= _MASK:
        return None
    return int(number)


def _register(name: str, combine: Callable[[int, int], int]) -> None:
    @scalar(name, page=_PAGE, fewest=2, most=None, returns=NUMBER)
    def apply(*values: Any) -> Optional[int]:
        numbers = [_bits(value) for value in values]
        if None in numbers:
            return None
        result = numbers[0]
        for number in numbers[1:]:
            result = combine(result, number)
        return result


_register("bit_and", lambda one, other: one & other)
_register("bit_or", lambda one, other: one | other)
_register("bit_xor", lambda one, other: one ^ other)


@scalar("bit_not", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def bit_not(value: Any, mask: Any = _MASK) -> Optional[int]:
    number, limit = _bits(value), _bits(mask)
    return None if number is None or limit is None else ~number & limit


@scalar("bit_shift_left", page=_PAGE, fewest=2, returns=NUMBER)
def bit_shift_left(value: Any, offset: Any) -> Optional[int]:
    number, places = _bits(value), _bits(offset)
    return None if number is None or places is None else (number << min(places, 53)) & _MASK


@scalar("bit_shift_right", page=_PAGE, fewest=2, returns=NUMBER)
def bit_shift_right(value: Any, offset: Any) -> Optional[int]:
    number, places = _bits(value), _bits(offset)
    return None if number is None or places is None else number >> places
