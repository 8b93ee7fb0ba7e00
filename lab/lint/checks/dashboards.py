"""Dashboards: they can be read, say their version, and every token they use is set by something of theirs."""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.shipped_app import ShippedApp

NAME = "dashboards"
# Set by Splunk itself: what was clicked, the environment, a panel's own job.
_PREDEFINED = ("row.", "env:", "click.", "trellis.", "job.", "form.", "earliest", "latest", "name", "value", "result.")


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    for dashboard in app.dashboards:
        if dashboard.problem is not None:
            yield dashboard.place, dashboard.problem
            continue
        if dashboard.version not in ("1.1", "2") and dashboard.searches:
            yield dashboard.place, f'version="{dashboard.version}" is neither 1.1 (Simple XML) nor 2 (Studio)'
        for token in sorted(dashboard.tokens_used - dashboard.tokens_set):
            if not token.startswith(_PREDEFINED):
                yield dashboard.place, f"${token}$ is set by nothing"
