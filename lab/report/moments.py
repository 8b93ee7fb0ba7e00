"""Times and spans in words. All times are UTC; in findings they are ISO 8601, in rows of searches epoch seconds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Union

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def epoch(moment: Union[str, float]) -> float:
    """Epoch seconds of an ISO 8601 time, or of what is such already."""
    if isinstance(moment, str) and "T" in moment:
        return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
    return float(moment)


def shown(moment: Union[str, float]) -> str:
    """2024-03-05 20:12:16"""
    return datetime.fromtimestamp(epoch(moment), timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """A span in its largest units: 3 days 4 hours, 26 minutes, 8 seconds."""
    for place, (size, word) in enumerate(_UNITS):
        if seconds >= size or size == 1:
            number = int(seconds // size)
            rest = int(seconds % size // _UNITS[place + 1][0]) if size in (86_400, 3600) else 0
            return _counted(number, word) + (f" {_counted(rest, _UNITS[place + 1][1])}" if rest else "")
    raise AssertionError("the last unit takes all")


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
