"""Conversion functions (Search Reference page of that name)."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, List, Optional

import orjson

from lab.spl.context import Context, Row
from lab.spl.expression_tree import BOOLEAN, NUMBER, TEXT, Call, Evaluator
from lab.spl.functions.mathematical import round_half_up
from lab.spl.functions.registry import function, scalar
from lab.spl.paths import field_text, json_text, parse_json
from lab.spl.values import Number, as_number, as_text, from_list, scalars, tidy

_PAGE = "Search Reference/Conversion functions"
_FORMATS = ("hex", "commas", "duration", "binary")
_WIDEST = 10_000
_CONVERSION = re.compile(r"%(?P<flags>[-+ #0']*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|-?\d+))?(?P<type>[a-zA-Z%])")


@scalar("ipmask", page=_PAGE, fewest=2, returns=TEXT)
def ipmask(mask: Any, address: Any) -> Optional[str]:
    try:
        bits = int(ipaddress.IPv4Address(as_text(mask))) & int(ipaddress.IPv4Address(as_text(address)))
    except ValueError:
        return None
    return str(ipaddress.IPv4Address(bits))


@scalar("tonumber", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def tonumber(value: Any, base: Any = 10) -> Optional[Number]:
    radix = as_number(base)
    if radix is None or not 2 <= radix <= 36:
        return None
    if radix == 10:
        number = as_number(value.strip() if value.__class__ is str else value)
        return None if number is None else tidy(number)
    text = as_text(value).strip()
    try:
        return int(text, int(radix)) if "_" not in text else None
    except ValueError:
        return None


@function("tostring", page=_PAGE, fewest=1, most=2, returns=TEXT, booleans=True)
def tostring(call: Call, context: Context) -> Evaluator:
    evaluate = call.arguments[0].compile(context)
    form = call.arguments[1].compile(context) if len(call.arguments) == 2 else None

    def convert(row: Row) -> Any:
        value = evaluate(row)
        if value is None:
            return None
        if form is None:
            return [as_text(one) for one in value] if value.__class__ is list else as_text(value)
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
    if form == "hex":
        return f"0x{int(number):X}"
    if form == "binary":
        return f"{int(number):b}"
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
    seconds = abs(seconds)
    whole = int(seconds)
    days, rest = divmod(whole, 86400)
    fraction = f".{round((seconds - whole) * 1_000_000):06d}" if seconds != whole else ""
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{fraction}"
    return f"{sign}{days}+{clock}" if days else sign + clock


@function("printf", page=_PAGE, fewest=1, most=None, returns=TEXT)
def printf(call: Call, context: Context) -> Evaluator:
    """C's printf: `%d %i %s %f %e %g %x %X %o %u %c %a %%` with flags, width and precision."""
    form, *values = (argument.compile(context) for argument in call.arguments)

    def evaluate(row: Row) -> Any:
        text = form(row)
        return None if text is None else _printed(as_text(text), [value(row) for value in values])

    return evaluate


def _printed(form: str, values: List[Any]) -> Optional[str]:
    left = list(values)
    pieces: List[str] = []
    at = 0
    for found in _CONVERSION.finditer(form):
        pieces.append(form[at : found.start()])
        at = found.end()
        if found["type"] == "%":
            pieces.append("%")
            continue
        width, precision = (_star(found[name], left) for name in ("width", "precision"))
        if not left:
            return None
        piece = _converted(found["type"], found["flags"], width, precision, left.pop(0))
        if piece is None:
            return None
        pieces.append(piece)
    pieces.append(form[at:])
    return "".join(pieces)


def _star(text: Optional[str], left: List[Any]) -> Optional[int]:
    if text == "*":
        number = as_number(left.pop(0)) if left else None
        return None if number is None else int(number)
    return None if text is None else int(text)


def _converted(kind: str, flags: str, width: Optional[int], precision: Optional[int], value: Any) -> Optional[str]:
    if max(width or 0, -(width or 0), precision or 0) > _WIDEST:
        return None
    if width is not None and width < 0:
        flags, width = flags + "-", -width
    spec = "%" + flags.replace("'", "") + ("" if width is None else str(width))
    spec += "" if precision is None or precision < 0 else f".{precision}"
    if kind in "sc":
        text = "" if value is None else as_text(value)
        return (spec + "s") % (text[:1] if kind == "c" else text)
    number = as_number(value)
    if number is None:
        return None
    if kind in "diu":
        whole = int(number)
        if "'" in flags:
            text = f"{whole:,}"
            return text.ljust(width or 0) if "-" in flags else text.rjust(width or 0)
        return (spec + "d") % whole
    if kind in "xXo":
        text = (spec + kind) % int(number)
        return text.replace("0o", "0", 1) if kind == "o" else text
    if kind in "eEfFgG":
        if "'" in flags:
            return f"{float(number):,.{6 if precision is None else precision}f}"
        return (spec + kind) % float(number)
    if kind in "aA":
        text = float(number).hex()
        return text.upper() if kind == "A" else text
    return None


@scalar("toint", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def toint(value: Any, base: Any = 10) -> Optional[int]:
    """Towards zero."""
    number = tonumber(value, base)
    return None if number is None else int(number)


@scalar("todouble", page=_PAGE, fewest=1, most=2, returns=NUMBER)
def todouble(value: Any, base: Any = 10) -> Optional[float]:
    number = tonumber(value, base)
    return None if number is None else float(number)


@function("tobool", page=_PAGE, fewest=1, returns=BOOLEAN, booleans=True)
def tobool(call: Call, context: Context) -> Evaluator:
    """0 and the text "false" are false, other numbers and "true" true; anything else is null."""
    evaluate = call.arguments[0].compile(context)

    def convert(row: Row) -> Optional[bool]:
        value = evaluate(row)
        if value is None or value.__class__ is bool:
            return value
        number = as_number(value)
        if number is not None:
            return number != 0
        return {"true": True, "t": True, "false": False, "f": False}.get(as_text(value).lower())

    return convert


def _document(value: Any, kind: type) -> Any:
    try:
        found = orjson.loads(value) if value.__class__ is str else None
    except ValueError:
        return None
    return found if isinstance(found, kind) else None


@scalar("toarray", page=_PAGE, fewest=1, returns="json")
def toarray(value: Any) -> str:
    """An array as it is; anything else as the array of its values."""
    if value.__class__ is str and _document(value, list) is not None:
        return value
    return json_text(scalars(value))


@scalar("toobject", page=_PAGE, fewest=1, returns="json")
def toobject(value: Any) -> Optional[str]:
    return value if _document(value, dict) is not None else None


@scalar("tomv", page=_PAGE, fewest=1)
def tomv(value: Any) -> Any:
    """The items of a JSON array as a multivalue; anything else as it is."""
    if _document(value, list) is None:
        return value
    return from_list([field_text(item) for item in parse_json(value)])
