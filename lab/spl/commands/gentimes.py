"""gentimes: a row for each step of a range of time (Search Reference: gentimes).

`gentimes start=10/1/2007 end=10/5/2007 increment=1d`: `starttime` and `endtime` (one second before the next
step) in epoch seconds, `starthuman` and `endhuman` as text. A number instead of a date counts days from
today; the range ends, unless `end` says otherwise, at the last midnight.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.syntax.tokens import Token
from lab.spl.time_format import format_time, parse_time
from lab.spl.times import SECONDS_OF, relative_time
from lab.spl.values import tidy

_FORMATS = ("%m/%d/%Y:%H:%M:%S", "%m/%d/%Y", "%m/%d/%y:%H:%M:%S", "%m/%d/%y")
_HUMAN = "%a %b %e %H:%M:%S %Y"
_INCREMENT = re.compile(r"(-?\d+)([smhd]?)")
_COLUMNS = "endhuman endtime starthuman starttime"


class GenTimes(Command):
    name = "gentimes"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.start = _checked(args, args.option_token("start"))
        if self.start is None:
            raise args.error("start=… is missing")
        self.end = _checked(args, args.option_token("end"))
        token = args.option_token("increment")
        found = _INCREMENT.fullmatch("1d" if token is None else token.value)
        if found is None or int(found.group(1)) == 0:
            raise args.error("increment must be a number and one of s, m, h, d", token)
        self.step, self.unit = int(found.group(1)), found.group(2) or "d"
        args.done()
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: None) -> List[str]:
        return _COLUMNS.split()

    def run(self, rows: Rows, context: Context) -> Rows:
        begin = _time(self.start or "", context)
        last = relative_time(context.now, "@d", context.timezone) if self.end is None else _time(self.end, context)
        at = begin if self.step > 0 else self._next(last, context)
        while begin <= at < last:
            following = self._next(at, context) if self.step > 0 else self._next(at, context, -self.step)
            end = following - 1
            yield {
                "starttime": tidy(at),
                "endtime": tidy(end),
                "starthuman": format_time(at, _HUMAN, context.timezone) or "",
                "endhuman": format_time(end, _HUMAN, context.timezone) or "",
            }
            at = self._next(at, context)

    def _next(self, time: float, context: Context, step: Optional[int] = None) -> float:
        step = self.step if step is None else step
        if self.unit == "d":  # days follow the calendar of the zone
            moved = datetime.fromtimestamp(time, context.timezone).replace(tzinfo=None) + timedelta(days=step)
            return moved.replace(tzinfo=context.timezone).timestamp()
        return time + step * SECONDS_OF[self.unit]


def _checked(args: Arguments, token: Optional[Token]) -> Optional[str]:
    if token is None:
        return None
    if not re.fullmatch(r"-?\d+|\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)(?::\d{1,2}:\d{1,2}:\d{1,2})?", token.value):
        raise args.error("a time is MM/DD/YYYY, MM/DD/YYYY:HH:MM:SS or a number of days", token)
    return token.value


def _time(text: str, context: Context) -> float:
    if "/" not in text:
        return relative_time(context.now, f"@d{int(text):+d}d", context.timezone)
    for form in _FORMATS:
        found = parse_time(text, form, context.timezone)
        if found is not None:
            return found
    raise SearchError(f"'{text}' is no date")
