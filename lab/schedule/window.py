"""The window of a dispatch: dispatch.earliest_time and its like as epoch seconds (savedsearches.conf.spec)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timezone, tzinfo

from lab.schedule.saved_search import SavedSearch
from lab.spl import times

UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Window:
    """Earliest inclusive, latest exclusive; `now` is what now() and relative times count from."""

    now: float
    earliest: float = 0.0
    latest: float = UNBOUNDED
    index_earliest: float = 0.0
    index_latest: float = UNBOUNDED


def scheduled_window(saved: SavedSearch, now: float, zone: tzinfo = timezone.utc) -> Window:
    """The window of `saved` when it is run at `now`; an empty setting does not bound."""

    def bound(text: str, unbounded: float) -> float:
        return times.time_of(text, now, zone) if text else unbounded

    return Window(
        now=now,
        earliest=bound(saved.earliest, 0.0),
        latest=bound(saved.latest, UNBOUNDED),
        index_earliest=bound(saved.index_earliest, 0.0),
        index_latest=bound(saved.index_latest, UNBOUNDED),
    )


def hunt_window(last_event: float) -> Window:
    """All events, seen from a day after the last one: whatever an absence rule waits for has passed."""
    now = last_event + 86_400
    return Window(now=now, latest=now)
