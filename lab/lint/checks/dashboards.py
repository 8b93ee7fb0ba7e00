"""Dashboards: they can be read, say their version, their times are times, and every token they use is set by something.

Dashboard Studio, "Using tokens"; Simple XML Reference, "Token reference" (those that Splunk itself sets).
"""

from __future__ import annotations

from datetime import timezone
from typing import Iterator, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.spl import times
from lab.spl.errors import SearchError

NAME = "dashboards"
# Set by Splunk itself: what was clicked, the environment, a panel's own job.
_PREDEFINED = ("earliest", "latest", "name", "value")
_PREDEFINED_OF = ("row.", "env:", "click.", "trellis.", "job.", "result.")


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for dashboard in app.dashboards:
        if dashboard.problem is not None:
            yield dashboard.place, dashboard.problem
            continue
        if dashboard.version not in ("1.1", "2") and dashboard.searches:
            yield dashboard.place, f'version="{dashboard.version}" is neither 1.1 (Simple XML) nor 2 (Studio)'
        for time in sorted(dashboard.times):
            try:
                times.time_of(time, 0.0, timezone.utc)
            except SearchError as error:
                yield dashboard.place, f"{time}: {error.message}"
        for token in sorted(dashboard.tokens_used - dashboard.tokens_set):
            if token not in _PREDEFINED and not token.startswith(_PREDEFINED_OF):
                yield dashboard.place, f"${token}$ is set by nothing"
