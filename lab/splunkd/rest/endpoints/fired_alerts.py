"""alerts/fired_alerts: the alerts that were triggered and are tracked (alert.track = 1), by saved search (REST API
Reference, "Search endpoint descriptions")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from lab.splunkd.fired_alerts import FiredAlert
from lab.splunkd.rest.atom import Entry, Reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint

_ALL = "-"


def endpoints(fired: Callable[[], Sequence[FiredAlert]]) -> list[Endpoint]:
    def groups(request: Request) -> Reply:
        """One entry for each saved search, and `-` for all of them."""
        by_title: dict[str, int] = {_ALL: 0}
        for alert in fired():
            by_title[_ALL] += 1
            by_title[alert.title] = by_title.get(alert.title, 0) + 1
        entries = [Entry(title, {"triggered_alert_count": count}) for title, count in by_title.items()]
        return request.page("alerts", entries)

    def group(request: Request, name: str) -> Reply:
        found = [alert for alert in fired() if name in (_ALL, alert.title)]
        if not found and name != _ALL:
            raise Refusal(404, f"Could not find object id={name}")
        return request.page("alerts", [_entry(alert) for alert in found])

    return [
        endpoint(r"alerts/fired_alerts", GET=groups),
        endpoint(r"alerts/fired_alerts/(?P<name>[^/]+)", GET=group),
    ]


def _entry(alert: FiredAlert) -> Entry:
    content = {
        "actions": ",".join(alert.actions),
        "alert_type": "historical",
        "digest_mode": alert.digest_mode,
        "savedsearch_name": alert.title,
        "severity": alert.severity,
        "sid": alert.sid,
        "trigger_time": int(alert.time),
        "triggered_alerts": 1,
    }
    return Entry(f"{alert.title}_{alert.sid}", content, app=alert.app)
