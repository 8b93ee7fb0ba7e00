"""strftime and strptime as Splunk has them (Search Reference, "Date and time format variables").

Python's own depend on the platform and lack %N, %Q, %:z, %s and %k, so both are spelt out here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Callable, Dict, List, Optional, Pattern, Tuple

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_VARIABLE = re.compile(r"%(?:([1-9])?([NQ])|(:{1,3}|E)z|([a-zA-Z%+]))")


def _offset(moment: datetime, form: str) -> str:
    """The distance from UTC: of `%z` as +hhmm, `%:z` as +hh:mm, `%::z` as +hh:mm:ss, `%:::z` as +hh, and of
    Splunk's own `%Ez` in minutes."""
    total = int((moment.utcoffset() or timedelta()).total_seconds())
    sign, total = ("-" if total < 0 else "+"), abs(total)
    if form == "E":
        return f"{sign}{total // 60}"
    text = f"{sign}{total // 3600:02d}"
    if form == ":::":
        return text
    separator = form[:1]
    text += f"{separator}{total // 60 % 60:02d}"
    return f"{text}:{total % 60:02d}" if form == "::" else text


def _twelve(moment: datetime) -> int:
    return moment.hour % 12 or 12


_WRITERS: Dict[str, Callable[[datetime], str]] = {
    "Y": lambda t: f"{t.year:04d}",
    "y": lambda t: f"{t.year % 100:02d}",
    "C": lambda t: f"{t.year // 100:02d}",
    "G": lambda t: f"{t.isocalendar()[0]:04d}",
    "g": lambda t: f"{t.isocalendar()[0] % 100:02d}",
    "m": lambda t: f"{t.month:02d}",
    "b": lambda t: _MONTHS[t.month - 1][:3],
    "h": lambda t: _MONTHS[t.month - 1][:3],
    "B": lambda t: _MONTHS[t.month - 1],
    "d": lambda t: f"{t.day:02d}",
    "e": lambda t: f"{t.day:2d}",
    "j": lambda t: f"{t.timetuple().tm_yday:03d}",
    "a": lambda t: _DAYS[t.weekday()][:3],
    "A": lambda t: _DAYS[t.weekday()],
    "w": lambda t: str(t.isoweekday() % 7),
    "u": lambda t: str(t.isoweekday()),
    "U": lambda t: f"{(t.timetuple().tm_yday + 6 - t.isoweekday() % 7) // 7:02d}",
    "W": lambda t: f"{(t.timetuple().tm_yday + 6 - t.weekday()) // 7:02d}",
    "V": lambda t: f"{t.isocalendar()[1]:02d}",
    "H": lambda t: f"{t.hour:02d}",
    "k": lambda t: f"{t.hour:2d}",
    "I": lambda t: f"{_twelve(t):02d}",
    "l": lambda t: f"{_twelve(t):2d}",
    "M": lambda t: f"{t.minute:02d}",
    "S": lambda t: f"{t.second:02d}",
    "f": lambda t: f"{t.microsecond:06d}",
    "p": lambda t: "AM" if t.hour < 12 else "PM",
    "Z": lambda t: t.tzname() or "",
    "z": lambda t: _offset(t, ""),
    "n": lambda t: "\n",
    "t": lambda t: "\t",
    "%": lambda t: "%",
}
_SHORTHANDS = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "D": "%m/%d/%y",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
    "x": "%m/%d/%Y",
    "X": "%H:%M:%S",
    "+": "%a %b %e %H:%M:%S %Z %Y",
    "v": "%e-%b-%Y",
}


def _spelt_out(form: str) -> str:
    return re.sub(r"%%|%([FTDRrcxXv+])", lambda m: _SHORTHANDS[m.group(1)] if m.group(1) else "%%", form)


@lru_cache(maxsize=256)
def _writer(form: str) -> Tuple[object, ...]:
    """The format as literal texts and functions of (moment, seconds as text with nanoseconds)."""
    pieces: List[object] = []
    at = 0
    text = _spelt_out(form)
    for match in _VARIABLE.finditer(text):
        pieces.append(text[at : match.start()])
        pieces.append(_variable(match))
        at = match.end()
    pieces.append(text[at:])
    return tuple(piece for piece in pieces if piece != "")


def _variable(match: re.Match[str]) -> object:
    digits, fraction, form, letter = match.groups()
    if fraction:
        width = int(digits or (3 if fraction == "Q" else 9))
        return lambda moment, nanoseconds: f"{nanoseconds:09d}"[:width]
    if form:
        return lambda moment, nanoseconds: _offset(moment, form)
    if letter == "s":
        return lambda moment, nanoseconds: str(int(moment.timestamp() // 1))
    write = _WRITERS.get(letter)
    if write is None:
        return match.group()  # Splunk, too, leaves a variable it does not know as it stands
    return lambda moment, nanoseconds: write(moment)


def format_time(seconds: float, form: str, zone: tzinfo) -> Optional[str]:
    """Epoch seconds as text; None where no calendar reaches that far."""
    try:
        whole = int(seconds // 1)
        nanoseconds = int(round((seconds - whole) * 1_000_000)) * 1000
        if nanoseconds >= 1_000_000_000:
            whole, nanoseconds = whole + 1, 0
        moment = datetime.fromtimestamp(whole, zone).replace(microsecond=nanoseconds // 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return "".join(
        piece if isinstance(piece, str) else piece(moment, nanoseconds)  # type: ignore[operator]
        for piece in _writer(form)
    )


_MONTH_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in _MONTHS)
_DAY_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _DAYS)
_READERS = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>1[0-2]|0?[1-9])",
    "d": r"(?P<d>3[01]|[12]\d|0?[1-9])",
    "e": r"\s*(?P<d>3[01]|[12]\d|0?[1-9])",
    "j": r"(?P<j>\d{1,3})",
    "b": f"(?P<b>{_MONTH_NAMES})",
    "B": f"(?P<b>{_MONTH_NAMES})",
    "h": f"(?P<b>{_MONTH_NAMES})",
    "a": f"(?:{_DAY_NAMES})",
    "A": f"(?:{_DAY_NAMES})",
    "w": r"[0-6]",
    "u": r"[1-7]",
    "U": r"\d{2}",
    "V": r"\d{2}",
    "H": r"(?P<H>2[0-3]|[01]?\d)",
    "k": r"\s*(?P<H>2[0-3]|[01]?\d)",
    "I": r"(?P<I>1[0-2]|0?[1-9])",
    "l": r"\s*(?P<I>1[0-2]|0?[1-9])",
    "M": r"(?P<M>[0-5]?\d)",
    "S": r"(?P<S>6[01]|[0-5]?\d)",
    "f": r"(?P<fraction>\d{1,9})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "z": r"(?P<z>Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)",
    "Z": r"(?P<Z>[A-Za-z][A-Za-z0-9_+/-]*)",
    "s": r"(?P<s>-?\d+)",
    "n": r"\s+",
    "t": r"\s+",
    "%": "%",
}


@lru_cache(maxsize=256)
def _reader(form: str) -> Optional[Pattern[str]]:
    """The format as a regular expression; None where it holds a variable nothing can be read by."""
    pieces: List[str] = []
    text = _spelt_out(form)
    at = 0
    for match in _VARIABLE.finditer(text):
        pieces.append(_literal(text[at : match.start()]))
        _, fraction, form, letter = match.groups()
        if fraction:
            pieces.append(r"(?P<fraction>\d{1,9})")
        elif form == "E":
            pieces.append(r"(?P<E>[+-]?\d{1,4})")
        elif form:
            pieces.append(_READERS["z"])
        elif letter in _READERS:
            pieces.append(_READERS[letter])
        else:
            return None
        at = match.end()
    pieces.append(_literal(text[at:]))
    try:
        return re.compile("".join(pieces), re.IGNORECASE)
    except re.error:  # the same variable twice
        return None


def _literal(text: str) -> str:
    return re.sub(r"(?:\\\s|\s)+", lambda match: r"\s+", re.escape(text))


def parse_time(text: str, form: str, zone: tzinfo, now: Optional[Callable[[], float]] = None) -> Optional[float]:
    """Epoch seconds of a text in the given format, None where it does not fit. Text after what the
    format covers is ignored; a date without a time is midnight in `zone`, and one without its day is
    none. Where `now` is given, a time without a date is of that day, a date without a year of that year."""
    regex = _reader(form)
    match = regex.match(text.lstrip()) if regex else None
    if match is None:
        return None
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    fraction = float("0." + found["fraction"]) if "fraction" in found else 0.0
    if "s" in found:
        return int(found["s"]) + fraction
    try:
        where = _zone_of(found, zone)
        moment = _moment(found, datetime.fromtimestamp(now(), where) if now and _lacks_a_year(found) else None)
        seconds = moment.replace(tzinfo=where).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds + fraction if fraction else seconds


def _lacks_a_year(found: Dict[str, str]) -> bool:
    return "Y" not in found and "y" not in found


def _moment(found: Dict[str, str], today: Optional[datetime]) -> datetime:
    dated = [name for name in ("Y", "y", "m", "b", "d", "j") if name in found]
    if not dated and today is not None:
        found = {**found, "Y": str(today.year), "m": str(today.month), "d": str(today.day)}
    elif "d" not in found and "j" not in found:
        raise ValueError("a date without a day")
    if "Y" in found:
        year = int(found["Y"])
    elif "y" in found:
        year = int(found["y"]) + (1900 if int(found["y"]) >= 69 else 2000)
    elif today is not None:
        year = today.year
    else:
        raise ValueError("a time without a year")
    month = int(found.get("m", 1))
    if "b" in found:
        month = next(n for n, name in enumerate(_MONTHS, 1) if name[:3].lower() == found["b"][:3].lower())
    hour = int(found.get("H", 0))
    if "I" in found:
        hour = int(found["I"]) % 12 + (12 if found.get("p", "a")[0].lower() == "p" else 0)
    second = int(found.get("S", 0))
    moment = datetime(year, month, int(found.get("d", 1)), hour, int(found.get("M", 0)), min(second, 59))
    if "j" in found:
        moment = moment.replace(month=1, day=1) + timedelta(days=int(found["j"]) - 1)
    return moment + timedelta(seconds=second - min(second, 59))


def _zone_of(found: Dict[str, str], zone: tzinfo) -> tzinfo:
    if "E" in found:
        return timezone(timedelta(minutes=int(found["E"])))
    name = found.get("z") or found.get("Z")
    if name is None:
        return zone
    if name.upper() in ("Z", "UTC", "GMT"):
        return timezone.utc
    if name[0] in "+-":
        digits = name[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0), seconds=int(digits[4:6] or 0))
        return timezone(-offset if name[0] == "-" else offset)
    return _named_zone(name)


_ABBREVIATIONS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def _named_zone(name: str) -> tzinfo:
    if name.upper() in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[name.upper()]), name.upper())
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no such time zone: {name}") from None
