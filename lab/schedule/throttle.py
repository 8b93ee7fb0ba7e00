"""Throttling: alert.suppress and its period and fields (Alerting Manual, "Throttle alerts").

A throttled result reaches no action at all. In digest mode the whole alert sleeps for the period
after it fired; per result, each combination of the fields' values sleeps on its own.
"""

from __future__ import annotations

import json

from lab.schedule.memory import ScheduleMemory
from lab.schedule.saved_search import SavedSearch
from lab.spl.context import Row


class Throttle:
    """Which alerts sleep, as `memory` has it."""

    def __init__(self, memory: ScheduleMemory | None = None) -> None:
        self._memory = memory or ScheduleMemory()

    def passes(self, saved: SavedSearch, rows: list[Row], now: float) -> list[Row]:
        """The rows whose actions may run at `now`; they are counted as fired."""
        if not saved.suppress:
            return rows
        if saved.digest_mode:
            return rows if self._fire(saved.key, saved, now) else []
        return [row for row in rows if self._fire(_key(saved, row), saved, now)]

    def _fire(self, key: str, saved: SavedSearch, now: float) -> bool:
        asleep = self._memory.asleep_until
        if now < asleep.get(key, now):
            return False
        for other in [other for other, until in asleep.items() if until <= now]:
            del asleep[other]
        asleep[key] = now + saved.suppress_seconds
        self._memory.save()
        return True


def _key(saved: SavedSearch, row: Row) -> str:
    return json.dumps([saved.key, *(str(row.get(name, "")) for name in saved.suppress_fields)])
