"""How an input is doing, as events of sourcetype okta_itdr:health beside the log itself: any SOC role can read them.

One a minute while the input runs, one at the end of each run, one for each error. Counts are those since
the event before.
"""

from __future__ import annotations

import threading
import time
from typing import Dict, Optional, Sequence

from okta_itdr.collect.moments import iso
from okta_itdr.collect.output import compact
from okta_itdr.trouble import Trouble

SOURCETYPE = "okta_itdr:health"
EVERY_SECONDS = 60
LATE_SECONDS = 60  # published that long before an event that came earlier
COUNTS = ("pages", "events", "duplicates", "late")
FIELDS = {
    "time": "Okta's time of the report",
    "tenant": "the tenant's host, as of the log's events",
    "account": "the account of the input",
    "scheme": "what the input collects: okta_system_log, okta_inventory or okta_itdr_ip_list",
    "input": "the input's name",
    "status": "ok, or error when something ended the run or stands in its way",
    "lag_seconds": "how far behind Okta's now the live log is; 0 once it is read to its end",
    "high_water": "published of the newest event written",
    "pages": "pages read since the report before",
    "events": "events written since the report before",
    "duplicates": "events left out because they had been written before",
    "late": "events written that were published well before one that came earlier",
    "pages_a_minute": "pace since the report before",
    "rate_limit": "Okta's limit of requests a minute",
    "rate_remaining": "what is left of it in this minute",
    "waited_seconds": "time of this run spent waiting for the limit or for our share of it",
    "backfill": "windows (the past is being read), sweep (its newest day is read once more, or waits for it), done",
    "backfill_percent": "how much of the time is read",
    "backfill_seconds_left": "an estimate by the pace of this run",
    "audited": "the hour that was compared with Okta last",
    "snapshot": "of the inventory: running, complete, or partial (its closing event says what was refused)",
    "list": "of a list of networks: written, unchanged, or kept (the last good one stays; the error says why)",
    "entries": "how many networks the list has",
    "left_out": "how many lines of the list are no network",
    "anchored": "from when on the log was read again because its cursor was lost",
    "anchored_because": "why",
    "error_kind": "the heading under which the monitoring page counts it",
    "error": "what is wrong and what to do",
}


class Health:
    """What has happened since the last report; told by all threads of the input. `counts`: those of COUNTS it has."""

    def __init__(self, tenant: str, account: str, scheme: str, name: str, counts: Sequence[str] = COUNTS) -> None:
        self.about = {"tenant": tenant, "account": account, "input": name}
        self._scheme = scheme
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(counts, 0)
        self._since = time.monotonic()
        self._state: Dict[str, object] = {}
        self._trouble: Optional[Trouble] = None

    def count(self, **counts: int) -> None:
        """Add to the counts."""
        with self._lock:
            for name, number in counts.items():
                self._counts[name] += number

    def state(self, **state: object) -> None:
        """What holds from now on; None takes it away."""
        with self._lock:
            self._state.update(state)
            assert self._state.keys() <= FIELDS.keys()

    def trouble(self, trouble: Trouble) -> None:
        """Something that collection goes on in spite of; the next report tells it."""
        with self._lock:
            self._trouble = trouble

    def report(self, now: float, trouble: Optional[Trouble] = None) -> str:
        """The event as JSON; `now` is Okta's time, `trouble` what ends the run."""
        with self._lock:
            seconds = max(time.monotonic() - self._since, 1.0)
            trouble = trouble or self._trouble
            event: Dict[str, object] = {"time": iso(now), **self.about, "scheme": self._scheme, "status": "ok"}
            event.update({name: value for name, value in self._state.items() if value is not None})
            event.update(self._counts)
            if "pages" in self._counts:
                event["pages_a_minute"] = round(self._counts["pages"] / seconds * 60, 1)
            if trouble is not None:
                event.update(status="error", error_kind=trouble.kind, error=str(trouble))
            self._counts = dict.fromkeys(self._counts, 0)
            self._since = time.monotonic()
            self._trouble = None
            return compact(event)
