"""Okta's rate limits, in Okta's clock.

`X-Rate-Limit-Limit`, `-Remaining` and `-Reset` (epoch seconds) come with every answer; `Date` of the same
answer says what time it is there, so this host's clock does not matter (Okta: "Rate limits", best
practices). A 429 is the limit of a minute or the limit of concurrent requests; for the latter the
headers speak of concurrency and Reset is only an estimate, so a 429 that comes again waits longer.
"""

from __future__ import annotations

import random
from email.utils import parsedate_to_datetime
from typing import Mapping, Optional

RESERVE = 0.1  # of the limit is left to others who use the same bucket, the Admin Console's log page among them
LONGEST_WAIT = 120.0


class RateLimit:
    """What the answers so far say about when the next request may go. `jitter` gives numbers in 0…1."""

    def __init__(self, jitter=random.random) -> None:
        self._jitter = jitter
        self._refused = 0  # 429s in a row
        self._wait = 0.0

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in an answer."""
        limit, remaining = _number(headers, "X-Rate-Limit-Limit"), _number(headers, "X-Rate-Limit-Remaining")
        until_reset = _seconds_until_reset(headers)
        if status == 429:
            self._refused += 1
            again = min(2.0 ** (self._refused - 1), 60.0)
            stated = until_reset + 1 if until_reset is not None else 0.0
            self._wait = max(stated, again, 1.0) + self._jitter()
            return
        self._refused = 0
        used_up = limit is not None and remaining is not None and remaining < max(1.0, limit * RESERVE)
        self._wait = max(until_reset + 1, 0.0) + self._jitter() if used_up and until_reset is not None else 0.0

    def take_wait(self) -> float:
        """Seconds to let pass before the next request, told once; 0 when it may go at once."""
        wait, self._wait = min(self._wait, LONGEST_WAIT), 0.0
        return wait


def _seconds_until_reset(headers: Mapping[str, str]) -> Optional[float]:
    reset = _number(headers, "X-Rate-Limit-Reset")
    try:
        now = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None
    return None if reset is None else max(reset - now, 0.0)


def _number(headers: Mapping[str, str], name: str) -> Optional[float]:
    try:
        return float(headers[name])
    except (KeyError, ValueError):
        return None
