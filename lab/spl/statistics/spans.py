"""Spans: how bin, chart, timechart and tstats cut time and numbers into buckets.

Search Reference, bin ("Bin options", "Span options") and timechart. Spans below a day count from
epoch 0 (UTC) unless aligned otherwise; days, weeks, months, quarters and years follow the calendar of
the search's time zone. A number's bucket is the text `start-end`.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, List, Optional, Union

from lab.spl.errors import SearchError, Unsupported
from lab.spl.times import UNIT_OF, relative_time
from lab.spl.values import Number, as_text, tidy

if TYPE_CHECKING:
    from lab.spl.command import Arguments

_SECONDS = {"us": 1e-6, "ms": 1e-3, "cs": 1e-2, "ds": 1e-1, "s": 1, "m": 60, "h": 3600}
_PARTS = {"us": 1_000_000, "ms": 1_000, "cs": 100, "ds": 10}  # of a second: bin, "Subsecond bin time spans"
_SPAN = re.compile(r"(\d+(?:\.\d+)?)?([a-zA-Z]+)(@[a-zA-Z0-9@+-]+)?")
_LOG_SPAN = re.compile(r"(\d+(?:\.\d+)?)?log(\d+(?:\.\d+)?)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

# Time Manual and Search Manual, "default time spans": 15 minutes → 10 s, 60 minutes → 1 m, 4 hours → 5 m,
# 24 hours → 30 m, 7 and 30 days → 1 d, a year → 1 mon: the first of these with few enough buckets.
_AUTOMATIC = ("1s", "5s", "10s", "30s", "1m", "5m", "10m", "30m", "1h", "1d", "1mon", "1y")
_ABOUT = {"d": 86400.0, "w": 604800.0, "mon": 2629800.0, "q": 7889400.0, "y": 31557600.0}


class TimeSpan:
    """A length of time: `count` times `unit`; `snap` (`@w1`) moves its buckets."""

    def __init__(self, count: int, unit: str, snap: Optional[str] = None) -> None:
        self.count = count
        self.unit = unit
        self.snap = snap
        self.seconds: Optional[float] = count * _SECONDS[unit] if unit in _SECONDS else None

    @property
    def about(self) -> float:
        """Its length in seconds, on the average where months differ."""
        return self.seconds if self.seconds is not None else self.count * _ABOUT[self.unit]

    def start(self, time: Number, zone: tzinfo, align: Optional[float] = None) -> Number:
        """The start of the bucket that `time` lies in."""
        if self.snap is not None:
            return self._snapped(time, zone)
        if self.seconds is not None:
            base = 0.0 if align is None else align
            return tidy(round(base + math.floor((time - base) / self.seconds) * self.seconds, 6))
        moment = datetime.fromtimestamp(time, zone)
        if self.unit in ("d", "w"):
            size = self.count * (7 if self.unit == "w" else 1)
            days = moment.toordinal() - datetime(1970, 1, 1).toordinal()
            begin = datetime.fromordinal(datetime(1970, 1, 1).toordinal() + days // size * size)
        else:
            size = self.count * {"mon": 1, "q": 3, "y": 12}[self.unit]
            months = (moment.year * 12 + moment.month - 1) // size * size
            begin = datetime(months // 12, months % 12 + 1, 1)
        return tidy(begin.replace(tzinfo=zone).timestamp())

    def _snapped(self, time: Number, zone: tzinfo) -> Number:
        """The last moment of the snap (`@w1`, `@d+3h`) that is not after `time`."""
        start = relative_time(time, self.snap or "", zone)
        if start > time:
            start = relative_time(relative_time(time, f"-1{self.unit}", zone), self.snap or "", zone)
        return tidy(float(start))

    def next(self, start: Number, zone: tzinfo) -> Number:
        """The start of the bucket after the one at `start`."""
        if self.seconds is not None:
            return tidy(round(start + self.seconds, 6))
        return tidy(float(relative_time(start, f"+{self.count}{self.unit}", zone)))


class NumberSpan:
    """Buckets of one width: `10` has 0-10, 10-20 …"""

    def __init__(self, size: float) -> None:
        self.size = size

    def start(self, number: Number) -> Number:
        return _clean(math.floor(number / self.size) * self.size)

    def label(self, number: Number) -> str:
        start = self.start(number)
        return f"{as_text(start)}-{as_text(_clean(start + self.size))}"


class LogSpan:
    """Buckets that grow: `2log10` has 2-20, 20-200 …"""

    def __init__(self, coefficient: float, base: float) -> None:
        self.coefficient = coefficient
        self.base = base

    def start(self, number: Number) -> Number:
        power = math.floor(math.log(number / self.coefficient, self.base) + 1e-9)
        return _clean(self.coefficient * self.base**power)

    def label(self, number: Number) -> str:
        start = self.start(number)
        return f"{as_text(start)}-{as_text(_clean(start * self.base))}"


Span = Union[TimeSpan, NumberSpan, LogSpan]


def _clean(number: float) -> Number:
    """Without the digits that binary fractions add: 0.1 + 0.2 is 0.3 in a label."""
    return tidy(float(f"{number:.12g}"))


def parse_span(text: str) -> Span:
    """A span as span= and minspan= take it."""
    if _NUMBER.fullmatch(text):
        if float(text) <= 0:
            raise SearchError("a span must be greater than 0")
        return NumberSpan(float(text))
    log = _LOG_SPAN.fullmatch(text)
    if log:
        coefficient, base = float(log.group(1) or 1), float(log.group(2) or 10)
        if base <= 1 or not 1 <= coefficient < base:
            raise SearchError(f"'{text}' is no logarithmic span: base above 1, coefficient from 1 to below the base")
        return LogSpan(coefficient, base)
    match = _SPAN.fullmatch(text)
    unit = _unit(match.group(2)) if match else None
    if match is None or unit is None or "." in (match.group(1) or ""):
        raise SearchError(f"'{text}' is no span: use a number, or a number and a unit of time such as 10m")
    count = int(match.group(1) or 1)
    if count == 0:
        raise SearchError("a span must be greater than 0")
    parts = _PARTS.get(unit)
    if parts is not None and (count >= parts or parts % count):
        raise SearchError(f"'{text}' is no span: spans below a second must divide it evenly and be shorter")
    if match.group(3) and count != 1:
        raise Unsupported(f"the span '{text}', which snaps but is longer than one unit, is not supported")
    return TimeSpan(count, unit, match.group(3))


def time_span(span: Span) -> TimeSpan:
    """The span as one of time: a bare number counts seconds."""
    if isinstance(span, TimeSpan):
        return span
    if isinstance(span, NumberSpan) and span.size.is_integer():
        return TimeSpan(int(span.size), "s")
    raise SearchError("the span of _time must be a length of time such as 10m")


def span_option(args: Arguments, name: str, of_time: bool = False) -> Optional[Span]:
    """The span that the option `name` gives, if it stands there; `of_time`: it must be one of time."""
    token = args.option_token(name)
    if token is None:
        return None
    try:
        span = parse_span(token.value)
        return time_span(span) if of_time else span
    except SearchError as error:
        raise type(error)(f"{name}: {error.reason}", args.source, token.start, token.end) from None


def _unit(name: str) -> Optional[str]:
    return name.lower() if name.lower() in ("us", "ms", "cs", "ds") else UNIT_OF.get(name.lower())


def automatic_time_span(first: Number, last: Number, bins: int, smallest: Optional[TimeSpan] = None) -> TimeSpan:
    """The finest usual span that cuts the time from `first` to `last` into at most `bins` buckets."""
    for text in _AUTOMATIC:
        span = time_span(parse_span(text))
        if smallest is not None and span.about < smallest.about:
            continue
        if math.floor(last / span.about) - math.floor(first / span.about) < bins:
            return span
    return TimeSpan(max(1, math.ceil((last - first) / _ABOUT["y"] / bins)), "y")


def automatic_number_span(lowest: Number, highest: Number, bins: int, smallest: Optional[Span] = None) -> NumberSpan:
    """The least power of ten that cuts the range into at most `bins` buckets (Search Manual, "Search
    using time bins and spans"), and is not below `smallest`."""
    length = float(highest - lowest)
    power = math.ceil(math.log10(length / bins) - 1e-9) if length > 0 else 0
    while length > 0 and math.floor(highest / 10.0**power) - math.floor(lowest / 10.0**power) + 1 > bins:
        power += 1
    least = smallest.size if isinstance(smallest, NumberSpan) else 0
    while 10.0**power < least:
        power += 1
    return NumberSpan(10.0**power)


def buckets(first: Number, last: Number, span: TimeSpan, zone: tzinfo, limit: int) -> List[Number]:
    """The starts of all buckets from the one at `first` to that at `last`."""
    found = [first]
    while found[-1] < last:
        if len(found) >= limit:
            raise SearchError(f"the span is too small for the time range: more than {limit} buckets")
        found.append(span.next(found[-1], zone))
    return found
