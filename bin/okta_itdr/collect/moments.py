"""Okta's times: `2026-01-31T23:59:59.123Z` and epoch seconds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Optional


def epoch(published: object) -> Optional[float]:
    """Epoch seconds of Okta's `2026-01-31T23:59:59.123Z`; None when it is no such time."""
    if not isinstance(published, str) or not published.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(published[:-1] + "+00:00").timestamp()
    except (ValueError, OverflowError):
        return None


def iso(seconds: float) -> str:
    """Okta's form of epoch seconds, to the millisecond."""
    milliseconds = round(seconds * 1000)
    moment = datetime.fromtimestamp(milliseconds // 1000, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
