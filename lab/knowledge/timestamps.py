"""TIME_FORMAT: times in the text of events, by Splunk's strptime-like variables.

The variables are those of "Date and time format variables" in the Search Reference that a
TIME_FORMAT can use; sub-seconds are %N and %Q with an optional number of digits. Any other is
`Unsupported`. Compiled to one regular expression, so that a million events take seconds.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Callable, Dict, List, Optional, Tuple

from lab.spl.errors import Unsupported

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = [
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
]

_PATTERNS: Dict[str, Tuple[str, str]] = {  # variable → (part of the time, pattern)
    "Y": ("year", r"\d{4}"),
    "y": ("short_year", r"\d{2}"),
    "m": ("month", r"1[0-2]|0?[1-9]"),
    "b": ("month_name", "|".join(_MONTHS)),
    "B": ("month_name", "|".join(_MONTH_NAMES)),
    "d": ("day", r"3[01]|[12]\d|0?[1-9]"),
    "e": ("day", r"3[01]|[12]\d|[ 0]?[1-9]"),
    "H": ("hour", r"2[0-3]|[01]?\d"),
    "k": ("hour", r"2[0-3]|[ 01]?\d"),
    "I": ("hour12", r"1[0-2]|0?[1-9]"),
    "M": ("minute", r"[0-5]?\d"),
    "S": ("second", r"60|[0-5]?\d"),
    "p": ("half", r"[AaPp]\.?[Mm]\.?"),
    "s": ("epoch", r"\d{1,11}"),
    "f": ("fraction", r"\d{1,9}"),
    "Z": ("zone", r"Z|UTC|GMT|[+-]\d{2}:?\d{2}"),
    "z": ("zone", r"Z|[+-]\d{2}:?\d{2}"),
    "a": ("weekday", "|".join(_DAYS)),
    "A": ("weekday", "|".join(_DAYS)),
}
_COMPOSED = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "D": "%m/%d/%y", "R": "%H:%M"}
_HOUR_PARTS = ("year", "short_year", "month", "month_name", "day", "hour", "hour12", "half", "zone")
_VARIABLE = re.compile(r"%(?:(\d?)([NQ])|(:?z)|(.))")


def time_reader(time_format: str, zone: tzinfo) -> Callable[[str, int], Optional[float]]:
    """A function from a text and where to start in it to the epoch seconds that begin there (after
    blanks), or None. `zone` holds where the text names none."""
    for short, long in _COMPOSED.items():
        time_format = time_format.replace(f"%{short}", long)
    parts: List[str] = []
    pattern = _regex(time_format, parts)
    read = re.compile(r"\s*" + pattern, re.IGNORECASE).match
    hours: Dict[Tuple[Any, ...], float] = {}  # many events share their hour: its start is computed once

    def read_time(text: str, start: int = 0) -> Optional[float]:
        match = read(text, start)
        if match is None:
            return None
        found = dict(zip(parts, match.groups()))
        if "epoch" in found:
            return int(found["epoch"]) + _fraction(found)
        key = tuple(found.get(part) for part in _HOUR_PARTS)
        hour = hours.get(key)
        if hour is None:
            try:
                hour = hours[key] = _hour(found, zone)
            except ValueError:
                return None  # 31 June
        return hour + int(found.get("minute", 0)) * 60 + int(found.get("second", 0)) + _fraction(found)

    return read_time


def _regex(time_format: str, parts: List[str]) -> str:
    """The format as a pattern with a group for each of `parts`, which it fills."""
    pattern, position = "", 0
    for variable in _VARIABLE.finditer(time_format):
        pattern += _literal(time_format[position : variable.start()])
        digits, subsecond, offset, letter = variable.groups()
        position = variable.end()
        if letter == "%":
            pattern += "%"
            continue
        part, alternatives = (
            ("fraction", rf"\d{{1,{digits or 9}}}") if subsecond else _PATTERNS.get("z" if offset else letter, ("", ""))
        )
        if not part:
            raise Unsupported(f"TIME_FORMAT = {time_format}: the lab does not read %{letter}")
        if part in parts:
            raise Unsupported(f"TIME_FORMAT = {time_format}: two variables for the {part}")
        parts.append(part)
        pattern += f"({alternatives})"
    if "epoch" not in parts:
        for one_of in ({"year", "short_year"}, {"month", "month_name"}, {"day"}):
            if one_of.isdisjoint(parts):
                raise Unsupported(f"TIME_FORMAT = {time_format}: a date without its {min(one_of, key=len)}")
    return pattern + _literal(time_format[position:])


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))


def _hour(found: Dict[str, Any], zone: tzinfo) -> float:
    """Where the hour begins (with its day, so that a change to summer time falls where it should)."""
    year = int(found["year"]) if "year" in found else _century(int(found["short_year"]))
    month = int(found["month"]) if "month" in found else _MONTHS.index(found["month_name"][:3].lower()) + 1
    hour = int(found.get("hour", 0))
    if "hour12" in found:
        hour = int(found["hour12"]) % 12 + (12 if found.get("half", "a")[0].lower() == "p" else 0)
    return datetime(year, month, int(found["day"]), hour, tzinfo=_zone(found.get("zone")) or zone).timestamp()


def _century(year: int) -> int:
    return year + (1900 if year > 68 else 2000)


def _zone(text: Optional[str]) -> Optional[tzinfo]:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _fraction(found: Dict[str, Any]) -> float:
    return float("0." + found["fraction"]) if "fraction" in found else 0.0
