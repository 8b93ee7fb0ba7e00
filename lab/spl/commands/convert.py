"""convert: field values as numbers, and times as text (Search Reference: convert).

`convert timeformat="%F" ctime(t) AS day, num(bytes*)`; `none()` leaves fields out of a wildcard that
comes with it. `num` removes what it cannot convert, `auto` converts a field only if it can convert all
its values, the others leave such a value as it is.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import columns_of, fill_wildcards, is_pattern, wildcard_parts
from lab.spl.time_format import format_time, parse_time
from lab.spl.values import as_number, as_text, from_list, scalars, tidy

_FUNCTIONS = ("auto", "ctime", "dur2sec", "memk", "mktime", "mstime", "none", "num", "rmcomma", "rmunit")
_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_DURATION = re.compile(r"(?:(\d+)\+)?(\d+):(\d+):(\d+(?:\.\d+)?)")
_MEMORY = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*([kmgKMG]?)[bB]?\s*")
_MINUTES = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)")
_LEADING_NUMBER = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)")
_KILOBYTES = {"": 1, "k": 1, "m": 1024, "g": 1024 * 1024}

Convert = Callable[[Any], Any]  # None where it cannot


class Conversion(Command):
    name = "convert"

    def __init__(self, args: Arguments) -> None:
        self.timeformat = args.option("timeformat", default="%m/%d/%Y %H:%M:%S")
        self.items: List[Tuple[str, str, str]] = []  # function, field or pattern, target
        while args.peek() is not None:
            at = args.peek()
            call = args.field("a convert function")
            found = _CALL.fullmatch(call) if call.lower() != "auto" else _CALL.fullmatch("auto(*)")
            if found is None or found.group(1).lower() not in _FUNCTIONS:
                raise args.error(f"expected one of {', '.join(_FUNCTIONS)} and a field in parentheses", at)
            field = found.group(2).strip().strip('"') or "*"
            target = args.field("a name after AS") if args.keyword("as") else field
            if target.count("*") != field.count("*"):
                raise args.error("the wildcards before and after AS do not match", at)
            self.items.append((found.group(1).lower(), field, target))
            args.operator(",")
        if not self.items:
            raise args.error("a convert function is missing")
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if wanted is None or any(is_pattern(field) for _, field, _ in self.items):
            return None
        return wanted | {field for _, field, _ in self.items}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or any(is_pattern(field) for _, field, _ in self.items):
            return None
        return list(dict.fromkeys([*before, *(target for function, _, target in self.items if function != "none")]))

    def run(self, rows: Rows, context: Context) -> Rows:
        found = list(rows)
        present = columns_of(found)
        exempt = [field for function, field, _ in self.items if function == "none"]
        left_out = {name for field in exempt for name in _matching(field, present)}
        for function, field, target in self.items:
            if function == "none":
                continue
            for name, parts in _matching(field, present).items():
                if is_pattern(field) and name in left_out:
                    continue
                self._convert(found, function, name, fill_wildcards(target, parts) if parts else target, context)
        return found

    def _convert(self, rows: List[Row], function: str, field: str, target: str, context: Context) -> None:
        convert = self._function(function, context)
        if function == "auto":
            values = [value for row in rows for value in scalars(row.get(field))]
            if any(convert(value) is None for value in values):
                return
        for row in rows:
            values = scalars(row.get(field))
            if not values:
                continue
            results = [convert(value) for value in values]
            if function == "num":
                kept = [result for result in results if result is not None]
            else:
                kept = [value if result is None else result for value, result in zip(values, results)]
            value = from_list(kept)
            if value is None:
                row.pop(target, None)
            else:
                row[target] = value

    def _function(self, function: str, context: Context) -> Convert:
        if function == "ctime":
            return self._clock_text(context)
        if function == "mktime":
            return lambda value: _tidied(parse_time(as_text(value), self.timeformat, context.timezone))
        return _PLAIN[function]

    def _clock_text(self, context: Context) -> Convert:
        def convert(value: Any) -> Any:
            number = as_number(value)
            return None if number is None else format_time(number, self.timeformat, context.timezone)

        return convert


def _tidied(number: Optional[float]) -> Any:
    return None if number is None else tidy(number)


def _matching(field: str, present: List[str]) -> Dict[str, Tuple[str, ...]]:
    """The fields meant, each with what its wildcards stand for."""
    if not is_pattern(field):
        return {field: ()} if field in present else {}
    found = ((name, wildcard_parts(field, name)) for name in present)
    return {name: parts for name, parts in found if parts is not None}


def _without_commas(value: Any) -> Any:
    return as_text(value).replace(",", "")


def _number_with_commas(value: Any) -> Any:
    return as_number(_without_commas(value))


def _without_unit(value: Any) -> Any:
    found = _LEADING_NUMBER.match(as_text(value))
    return as_number(found.group(1)) if found else None


def _duration(value: Any) -> Any:
    """[D+]HH:MM:SS in seconds."""
    found = _DURATION.fullmatch(as_text(value).strip())
    if found is None:
        return None
    days, hours, minutes, seconds = found.groups()
    return tidy(int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds))


def _memory(value: Any) -> Any:
    """A number with k, m or g in kilobytes; k where there is no letter."""
    found = _MEMORY.fullmatch(as_text(value))
    return tidy(float(found.group(1)) * _KILOBYTES[found.group(2).lower()]) if found else None


def _minutes(value: Any) -> Any:
    """[MM:]SS.SSS in seconds."""
    found = _MINUTES.fullmatch(as_text(value).strip())
    return tidy(int(found.group(1) or 0) * 60 + float(found.group(2))) if found else None


def _automatic(value: Any) -> Any:
    """Whichever conversion takes the whole value."""
    number = as_number(value)
    if number is not None:
        return number
    for convert in (_number_with_commas, _duration, _minutes):
        found = convert(value)
        if found is not None:
            return found
    return None


_PLAIN: Dict[str, Convert] = {
    "auto": _automatic,
    "dur2sec": _duration,
    "memk": _memory,
    "mstime": _minutes,
    "num": _automatic,
    "rmcomma": _without_commas,
    "rmunit": _without_unit,
}
