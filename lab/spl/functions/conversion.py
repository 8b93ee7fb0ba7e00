"""Conversion functions (Search Reference page of that name)."""

from __future__ import annotations

import ipaddress
import math
from typing import Any, Optional

import orjson

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import BOOLEAN, NUMBER, TEXT, Call, Evaluator, Literal
from lab.spl.functions.json_functions import inferred, tidy_numbers
from lab.spl.functions.mathematical import round_half_up
from lab.spl.functions.registry import FUNCTIONS, function, scalar
from lab.spl.paths import json_text
from lab.spl.values import Number, as_number, as_text, from_list, tidy

_PAGE = "Search Reference/Conversion functions"
_FORMATS = ("hex", "commas", "duration", "binary")
_LARGEST = (1 << 53) - 1  # hexadecimal and binary are of whole numbers up to here


@scalar("ipmask", page=_PAGE, fewest=2, returns=TEXT)
def ipmask(mask: Any, address: Any) -> Optional[str]:
    try:
        bits = int(ipaddress.IPv4Address(as_text(mask))) & int(ipaddress.IPv4Address(as_text(address)))
    except ValueError:
        return None
    return str(ipaddress.IPv4Address(bits))


@scalar("tonumber", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def tonumber(value: Any, base: Any = 10) -> Optional[Number]:
    """Null for what is no number, spaces around it included."""
    radix = as_number(base)
    if radix is None or not 2 <= radix <= 36:
        return None
    if radix == 10:
        number = as_number(value)
        return None if number is None else tidy(number)
    text = as_text(value)
    try:
        return int(text, int(radix)) if "_" not in text and text.strip() == text else None
    except ValueError:
        return None


def _inspect_number(call: Call) -> None:
    """A literal that is no number is refused before the search runs; a field's value gives null."""
    if all(isinstance(node, Literal) for node in call.arguments):
        values = [node.value for node in call.arguments]
        if len(values) == 2 and not 2 <= (as_number(values[1]) or 0) <= 36:
            raise call.error("the base must be a number from 2 to 36", 1)
        if tonumber(*values) is None:
            raise call.error(f"'{as_text(values[0])}' is no number", 0)


FUNCTIONS["tonumber"].inspect = _inspect_number


@function("tostring", page=_PAGE, fewest=1, most=2, returns=TEXT, booleans=True)
def tostring(call: Call, context: Context) -> Evaluator:
    evaluate = call.arguments[0].compile(context)
    form = call.arguments[1].compile(context) if len(call.arguments) == 2 else None

    def convert(row: Row) -> Any:
        value = evaluate(row)
        if form is None:
            if value is None:
                return "Null"
            return [as_text(one) for one in value] if value.__class__ is list else as_text(value)
        if value is None:
            return None
        number = as_number(value)
        return as_text(value) if number is None else formatted(number, as_text(form(row)))

    return convert


def _inspect_format(call: Call) -> None:
    if len(call.arguments) == 2:
        node = call.arguments[1]
        if node.type == TEXT and getattr(node, "value", _FORMATS[0]) not in _FORMATS:
            raise call.error(f"the format must be one of {', '.join(_FORMATS)}", 1)


tostring.inspect = _inspect_format


def formatted(number: Number, form: str) -> Optional[str]:
    """A number in one of tostring's formats."""
    if form in ("hex", "binary"):
        if not 0 <= number <= _LARGEST:
            return None
        return f"0x{int(number):X}" if form == "hex" else f"{int(number):b}"
    if form == "commas":
        rounded = round_half_up(number, 2) if number.__class__ is float else number
        whole = tidy(rounded)
        return f"{whole:,}" if whole.__class__ is int else f"{rounded:,.2f}"
    if form == "duration":
        return duration(number)
    return None


def duration(seconds: Number) -> str:
    """HH:MM:SS, before it `days+` from a day on, after it microseconds where there are any."""
    sign = "-" if seconds < 0 else ""
    whole, micro = divmod(round(abs(seconds) * 1_000_000), 1_000_000)
    days, rest = divmod(whole, 86400)
    fraction = f".{micro:06d}" if micro else ""
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{fraction}"
    return f"{sign}{days}+{clock}" if days else sign + clock


@scalar("toint", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def toint(value: Any, base: Any = 10) -> Optional[int]:
    """Rounded down."""
    number = tonumber(value, base)
    return None if number is None else math.floor(number)


@scalar("todouble", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def todouble(value: Any, base: Any = 10) -> Optional[float]:
    number = tonumber(value, base)
    return None if number is None else float(number)


_TRUTHS = {"true": True, "True": True, "false": False, "False": False}


@function("tobool", page=_PAGE, fewest=1, returns=BOOLEAN, booleans=True)
def tobool(call: Call, context: Context) -> Evaluator:
    """0 and the text "false" are false, other numbers and "true" true; anything else is null."""
    evaluate = call.arguments[0].compile(context)

    def convert(row: Row) -> Optional[bool]:
        value = evaluate(row)
        if value.__class__ is bool:
            return value
        number = as_number(value)
        if number is not None:
            return number != 0
        return _TRUTHS.get(value) if value.__class__ is str else None

    return convert


def _document(value: Any, kind: type) -> Any:
    try:
        found = orjson.loads(value) if value.__class__ is str else None
    except ValueError:
        return None
    return tidy_numbers(found) if isinstance(found, kind) else None


@scalar("toarray", page=_PAGE, fewest=1, returns="json")
def toarray(value: Any) -> Optional[str]:
    """The text of a JSON array, or a multivalue with its types inferred; null for anything else."""
    if value.__class__ is list:
        return json_text([inferred(one) for one in value])
    found = _document(value, list)
    return None if found is None else json_text(found)


@scalar("toobject", page=_PAGE, fewest=1, returns="json")
def toobject(value: Any) -> Optional[str]:
    found = _document(value, dict)
    return None if found is None else json_text(found)


@scalar("tomv", page=_PAGE, fewest=1)
def tomv(value: Any) -> Any:
    """The items of a JSON array, their quotes kept; a multivalue as it is; null for anything else."""
    if value.__class__ is list:
        return value
    found = _document(value, list)
    return None if found is None else from_list([json_text(item) for item in found])
