"""Hours that an admin wants collected again, because Splunk lost what had been written of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import List, Optional

from okta_itdr.trouble import Trouble

MOST = 48  # at once

_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2})(:00(:00(\.000)?)?)?Z?")


def read_hours(text: str) -> List[int]:
    """Hours since 1970, each once and in order, of `2026-10-01T08, 2026-10-01T09` in UTC. Raises Trouble."""
    hours = set()
    for part in filter(None, re.split(r"[,\s]+", text)):
        match = _HOUR.fullmatch(part)
        try:
            if not match:
                raise ValueError
            moment = datetime.strptime(match.group(1), "%Y-%m-%dT%H").replace(tzinfo=timezone.utc)
        except ValueError:
            raise Trouble(f"{part!r} is no hour: give hours in UTC, 2026-10-01T08 say, with commas between.") from None
        hours.add(int(moment.timestamp()) // 3600)
    if len(hours) > MOST:
        raise Trouble(f"{len(hours)} hours are too many at once: at most {MOST}. For more, let the input begin again.")
    return sorted(hours)


@dataclass
class AskedHours:
    """What of a request is still to be done. `id` is that of the request; `hours` count from 1970.

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
        self.id, self.hours = asked, read_hours(hours)
        self.link, self.written = None, 0
        return True

    def done(self) -> None:
        """The first hour is done with."""
        self.hours.pop(0)
        self.link, self.written = None, 0
