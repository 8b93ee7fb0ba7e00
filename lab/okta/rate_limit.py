"""Okta's rate limit of one endpoint: so many requests in each minute of the clock (facts/okta-api 2.2)."""

from __future__ import annotations

import threading
from typing import NamedTuple

WORKFORCE = 120  # requests a minute on /api/v1/logs, product Workforce Identity
TOKENS = 2000  # on /oauth2/v1, the same product


class Allowance(NamedTuple):
    limit: int
    remaining: int
    reset: int  # epoch second at which the next minute begins
    exceeded: bool

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [
            ("X-Rate-Limit-Limit", str(self.limit)),
            ("X-Rate-Limit-Remaining", str(self.remaining)),
            ("X-Rate-Limit-Reset", str(self.reset)),
        ]


class RateLimit:
    def __init__(self, limit: int = WORKFORCE) -> None:
        self.limit = limit
        self._minute = -1
        self._used = 0
        self._lock = threading.Lock()

    def take(self, now: float) -> Allowance:
        """One request at that time; an exceeded one is refused but not counted."""
        with self._lock:
            minute = int(now // 60)
            if minute != self._minute:
                self._minute, self._used = minute, 0
            exceeded = self._used >= self.limit
            if not exceeded:
                self._used += 1
            return Allowance(self.limit, self.limit - self._used, (minute + 1) * 60, exceeded)
