"""Hours that an admin wants collected again, because Splunk lost what had been written of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import List, Optional

from okta_itdr.collect.log_page import KEPT_DAYS
from okta_itdr.trouble import Trouble

MOST = 48  # at once

_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2})(:00(:00(\.000)?)?)?Z?")


def read_hours(text: str, now: Optional[float] = None) -> List[int]:
    """Hours since 1970, each once and in order, of `2026-10-01T08, 2026-10-01T09` in UTC. Raises Trouble.

    `now`, epoch seconds: hours that cannot be had then are refused too.
    """
    hours = set()
    for part in filter(None, re.split(r"[,\s]+", text)):
        match = _HOUR.fullmatch(part)
        try:
            if not match:
                raise ValueError
            moment = datetime.strptime(match.group(1), "%Y-%m-%dT%H").replace(tzinfo=timezone.utc)
        except ValueError:
            raise Trouble(f"{part!r} is no hour: give hours in UTC such as 2026-10-01T08, with commas.") from None
        hours.add(int(moment.timestamp()) // 3600)
    if len(hours) > MOST:
        raise Trouble(f"{len(hours)} hours are too many at once: at most {MOST}. For more, let the input begin again.")
    for hour in sorted(hours) if now is not None else ():
        wrong = cannot_be_had(hour, now)
        if wrong:
            raise Trouble(f"{hour_text(hour)} cannot be had: {wrong}")
    return sorted(hours)


def hour_text(hour: int) -> str:
    """As `read_hours` reads it."""
    return f"{datetime.fromtimestamp(hour * 3600, timezone.utc):%Y-%m-%dT%H}"


def cannot_be_had(hour: int, now: float) -> str:
    """Why Okta cannot give an hour, counted from 1970, at `now`; empty where it can."""
    if hour < now // 3600 - KEPT_DAYS * 24:
        return f"Okta keeps its log for {KEPT_DAYS} days."
    if (hour + 1) * 3600 > now:
        return "It has not ended yet."
    return ""


@dataclass
class AskedHours:
    """What of requests is still to be done. `id` is that of the last request; `hours` count from 1970.

    Of the first of the hours `link` leads to what has not been written of it yet: None is all of it, the empty text
    nothing; `written` is how many events were.
    """

    id: str = ""
    hours: List[int] = field(default_factory=list)
    link: Optional[str] = None
    written: int = 0

    def request(self, setting: str) -> bool:
        """Take in the input's setting, `ID HOURS`; whether it is a new request. Raises Trouble."""
        asked, _, hours = setting.partition(" ")
        if asked == self.id:
            return False
        self.id = asked
        self.hours += [hour for hour in read_hours(hours) if hour not in self.hours]
        return True

    def done(self) -> None:
        """The first hour is done with."""
        self.hours.pop(0)
        self.link, self.written = None, 0
