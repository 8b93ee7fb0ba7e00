"""Relative time modifiers (Search Reference, "Time modifiers"): `-15m@m`, `@w1`, `+1mon@mon-2h`.

Seconds, minutes and hours are lengths of time; days, weeks, months, quarters and years move the
local calendar of the zone, so that `-1d@d` is midnight also across a change of the clocks.
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import List, Tuple

from lab.spl.errors import SearchError, Unsupported

_UNITS = {
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w week weeks",
    "mon": "mon month months",
    "q": "q qtr qtrs quarter quarters",
    "y": "y yr yrs year years",
}
UNIT_OF = {name: unit for unit, names in _UNITS.items() for name in names.split()}
SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_STEP = re.compile(r"([+-])(\d{0,9})([a-zA-Z]+)|@([a-zA-Z]+?)([0-7])?(?![a-zA-Z0-9])")
_ABSOLUTE = "%m/%d/%Y:%H:%M:%S"
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?\Z")

Step = Tuple[str, int, str]  # ("move", amount, unit) or ("snap", weekday, unit)


@lru_cache(maxsize=512)
def steps(modifier: str) -> Tuple[Step, ...]:
    """The offsets and snaps of a relative time modifier, in order."""
    found: List[Step] = []
    at = 0
    text = modifier.strip()
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise SearchError(f"'{modifier}' is no relative time modifier")
        sign, amount, unit, snap, weekday = match.groups()
        name = UNIT_OF.get((unit or snap).lower())
        if name is None or (weekday is not None and name != "w"):
            raise SearchError(f"'{modifier}' names no unit of time that exists: '{unit or snap}'")
        if snap:
            found.append(("snap", int(weekday or 0), name))
        else:
            size = int(amount or 1)
            found.append(("move", -size if sign == "-" else size, name))
        at = match.end()
    if not found:
        raise SearchError("a relative time modifier is missing")
    return tuple(found)


class OutOfRange(SearchError):
    """The time lies outside of the calendar."""


def relative_time(seconds: float, modifier: str, zone: tzinfo) -> float:
    """`seconds` (epoch) moved and snapped as the modifier says."""
    try:
        for kind, amount, unit in steps(modifier):
            move = _moved if kind == "move" else _snapped
            seconds = move(seconds, amount, unit, zone)
    except (ValueError, OverflowError, OSError, calendar.IllegalMonthError):
        raise OutOfRange(f"the time {modifier} from {seconds:.0f} is out of range") from None
    return seconds


def time_of(text: str, now: float, zone: tzinfo) -> float:
    """What earliest and latest hold: `now`, epoch seconds, a relative modifier, `%m/%d/%Y:%H:%M:%S`,
    or ISO 8601."""
    text = text.strip()
    if text.lower() in ("now", "now()"):
        return now
    if text.lower().startswith("rt"):
        raise Unsupported(f"real-time windows ('{text}') are not supported")
    try:
        return float(text) if text[:1] not in "+-@" else relative_time(now, text, zone)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, _ABSOLUTE).replace(tzinfo=zone).timestamp()
    except ValueError:
        pass
    if _ISO.match(text):
        return _iso(text, zone)
    if text[:1].isalpha() or "@" in text:
        return relative_time(now, text, zone)
    raise SearchError(f"'{text}' is no time: use now, epoch seconds, a modifier such as -15m@m, or {_ABSOLUTE}")


def _iso(text: str, zone: tzinfo) -> float:
    normal = text.replace("Z", "+00:00")
    normal = re.sub(r"([+-]\d\d)(\d\d)\Z", r"\1:\2", normal) if "T" in normal or " " in normal else normal
    normal = re.sub(r"\.(\d{1,6})\d*", lambda match: "." + match.group(1).ljust(6, "0"), normal)
    try:
        moment = datetime.fromisoformat(normal)
    except ValueError:
        raise SearchError(f"'{text}' is no time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def _moved(seconds: float, amount: int, unit: str, zone: tzinfo) -> float:
    if unit in ("s", "m", "h"):
        return seconds + amount * SECONDS_OF[unit]
    moment = datetime.fromtimestamp(seconds, zone)
    if unit in ("d", "w"):
        return _epoch(moment.replace(tzinfo=None) + timedelta(days=amount * (7 if unit == "w" else 1)), zone)
    months = moment.year * 12 + moment.month - 1 + amount * {"mon": 1, "q": 3, "y": 12}[unit]
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return _epoch(moment.replace(tzinfo=None, year=year, month=month + 1, day=day), zone)


def _snapped(seconds: float, weekday: int, unit: str, zone: tzinfo) -> float:
    moment = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None, microsecond=0)
    if unit == "s":
        return float(int(seconds // 1))
    if unit in ("m", "h"):
        # In local time (zones have offsets of half an hour), as a distance from the moment itself,
        # so that the hour that occurs twice in autumn keeps its place.
        past = moment.second + (moment.minute * 60 if unit == "h" else 0)
        return float(int(seconds // 1) - past)
    moment = moment.replace(hour=0, minute=0, second=0)
    if unit == "w":
        moment -= timedelta(days=(moment.weekday() + 1 - weekday) % 7)
    elif unit == "mon":
        moment = moment.replace(day=1)
    elif unit == "q":
        moment = moment.replace(day=1, month=(moment.month - 1) // 3 * 3 + 1)
    elif unit == "y":
        moment = moment.replace(day=1, month=1)
    return _epoch(moment, zone)


def _epoch(moment: datetime, zone: tzinfo) -> float:
    return moment.replace(tzinfo=zone).timestamp()
