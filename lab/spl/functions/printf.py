"""printf (Search Reference: Conversion functions): C's formats over field values.

`%[flags][width][.precision]type`: the types `d i u` (whole numbers), `o x X p` (octal, hexadecimal),
`e E f F g G a A` (with decimals), `s z` (text), `c` (one character, or the one a number stands for)
and `%%`; the flags `- + 0 # '` and space; `*` takes width or precision from the arguments. C's `%C`,
`%S`, `%n` and `%1$s` Splunk does not have.
"""

from __future__ import annotations

import math
import re
from typing import Any, List, Optional

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import TEXT, Call, Evaluator, Literal
from lab.spl.functions.registry import function
from lab.spl.values import Number, as_number, as_text

_WIDEST = 10_000
_CONVERSION = re.compile(
    r"%(?P<flags>[-+ #0']*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|-?\d*))?(?P<type>[diuoxXpeEfFgGaAszc%])"
)


@function("printf", page="Search Reference/Conversion functions", fewest=1, most=None, returns=TEXT)
def printf(call: Call, context: Context) -> Evaluator:
    form, *values = (argument.compile(context) for argument in call.arguments)

    def evaluate(row: Row) -> Any:
        text = form(row)
        return None if text is None else _printed(as_text(text), [value(row) for value in values])

    return evaluate


def _inspect_form(call: Call) -> None:
    """A literal format with a conversion that does not exist is refused before any row is read."""
    form = call.arguments[0]
    if isinstance(form, Literal):
        wrong = re.search("%.{0,6}", _CONVERSION.sub("", as_text(form.value)), re.DOTALL)
        if wrong is not None:
            raise call.error(f"'{wrong.group()}' is no conversion it supports", 0)


printf.inspect = _inspect_form


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
        width, precision = (_size(found[name], left) for name in ("width", "precision"))
        if not left or max(abs(width or 0), precision or 0) > _WIDEST:
            return None
        piece = _converted(found["type"], found["flags"], width or 0, precision, left.pop(0))
        if piece is None:
            return None
        pieces.append(piece)
    pieces.append(form[at:])
    return "".join(pieces)


def _size(text: Optional[str], left: List[Any]) -> Optional[int]:
    """A width or precision: as written, from the arguments for `*`, 0 for a dot without digits."""
    if text == "*":
        number = as_number(left.pop(0)) if left else None
        return None if number is None else int(number)
    return None if text is None else int(text or 0)


def _converted(kind: str, flags: str, width: int, precision: Optional[int], value: Any) -> Optional[str]:
    if width < 0:
        flags, width = flags + "-", -width
    if precision is not None and precision < 0:
        precision = None  # as in C: as if none were given
    if kind in "sz":
        text = "" if value is None else as_text(value)
        return _padded(text[:precision], flags.replace("0", ""), width)
    if kind == "c":
        return _padded(_character(value), flags.replace("0", ""), width)
    number = as_number(value)
    if number is None:
        return None
    if kind in "diuoxXp":
        if precision is not None:
            flags = flags.replace("0", "")  # as in C: the precision rules
        return _padded(_whole(kind, flags, precision, int(number)), flags, width)
    return _padded(_decimal(kind, flags, precision, number), flags, width)


def _padded(text: str, flags: str, width: int) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" not in flags:
        return text.rjust(width)
    head = re.match(r"[-+ ]?(?:0[xX])?", text).group()  # type: ignore[union-attr]
    return head + text[len(head) :].rjust(width - len(head), "0")


def _sign(number: Number, flags: str) -> str:
    if number < 0:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def _character(value: Any) -> str:
    number = as_number(value)
    if number is None:
        return as_text(value)[:1] if value is not None else ""
    return chr(int(number)) if 0 <= number < 0x110000 else ""


def _whole(kind: str, flags: str, precision: Optional[int], number: int) -> str:
    form = {"p": "X", "o": "o", "x": "x", "X": "X"}.get(kind, "," if "'" in flags else "d")
    digits = format(abs(number), form)
    if precision == 0 and number == 0:
        digits = ""
    digits = digits.rjust(precision or 0, "0")
    if "#" in flags and kind == "o" and not digits.startswith("0"):
        digits = "0" + digits
    if "#" in flags and kind in "xX" and number:
        digits = f"0{kind}{digits}"
    return _sign(number, flags) + digits


def _decimal(kind: str, flags: str, precision: Optional[int], number: Number) -> str:
    size = abs(float(number))
    if kind in "aA":
        text = _hexadecimal(size, precision)
    else:
        alternate = "#" if "#" in flags else ""
        group = "," if "'" in flags and kind in "fFgG" else ""
        text = format(size, f"{alternate}{group}.{6 if precision is None else precision}{kind.lower()}")
    return _sign(number, flags) + (text.upper() if kind in _CAPITALS else text)


_CAPITALS = "AEFG"


def _hexadecimal(size: float, precision: Optional[int]) -> str:
    """C's %a: `0x1.922p+1`, the digits after the point rounded to `precision` (all where none is given)."""
    if size == 0:
        return "0x0" + ("." + "0" * precision if precision else "") + "p+0"
    mantissa, exponent = math.frexp(size)
    mantissa, exponent = mantissa * 2, exponent - 1
    if precision is None:
        digits = f"{int((mantissa - 1) * (1 << 52)):013x}".rstrip("0")
        return "0x1" + ("." + digits if digits else "") + f"p{exponent:+d}"
    scaled = round(mantissa * 16**precision)  # Python rounds half to even, as C does
    whole, rest = divmod(scaled, 16**precision)
    return f"0x{whole:x}" + (f".{rest:0{precision}x}" if precision else "") + f"p{exponent:+d}"
