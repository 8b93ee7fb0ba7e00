"""Throttling: alert.suppress and its period and fields (Alerting Manual, "Throttle alerts").

A throttled result reaches no action at all. In digest mode the whole alert sleeps for the period
after it fired; per result, each combination of the fields' values sleeps on its own.
"""

from __future__ import annotations

from lab.schedule.saved_search import SavedSearch
from lab.spl.context import Row


class Throttle:
    """Remembers which alerts fired; one for a scheduler's life (Splunk keeps it over restarts too)."""

    def __init__(self) -> None:
        self._asleep_until: dict[tuple, float] = {}

    def passes(self, saved: SavedSearch, rows: list[Row], now: float) -> list[Row]:
        """The rows whose actions may run at `now`; they are counted as fired."""
        if not saved.suppress:
            return rows
        if saved.digest_mode:
            return rows if self._fire((saved.app, saved.title), saved, now) else []
        return [row for row in rows if self._fire(self._key(saved, row), saved, now)]

    def _key(self, saved: SavedSearch, row: Row) -> tuple:
        return (saved.app, saved.title, *(str(row.get(name, "")) for name in saved.suppress_fields))

    def _fire(self, key: tuple, saved: SavedSearch, now: float) -> bool:
        if now < self._asleep_until.get(key, now):
            return False
        self._asleep_until[key] = now + saved.suppress_seconds
        return True
