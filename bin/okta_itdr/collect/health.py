"""How an input is doing, as events of sourcetype okta_itdr:health beside the log itself: any SOC role can read them.

One a minute while the input runs, one at the end of each run, one for each error. Counts are those since
the event before.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Dict, Optional

from okta_itdr.collect.moments import iso
from okta_itdr.trouble import Trouble

SOURCETYPE = "okta_itdr:health"
EVERY_SECONDS = 60
LATE_SECONDS = 60  # published that long before an event that came earlier
COUNTS = ("pages", "events", "duplicates", "late")


class Health:
    """What has happened since the last report; told by all threads of the input."""

    def __init__(self, tenant: str, account: str, name: str) -> None:
        self._about = {"tenant": tenant, "account": account, "input": name}
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(COUNTS, 0)
        self._since = time.monotonic()
        self._state: Dict[str, object] = {}
        self._trouble: Optional[Trouble] = None

    def count(self, **counts: int) -> None:
        """Add to COUNTS."""
        with self._lock:
            for name, number in counts.items():
                self._counts[name] += number

    def state(self, **state: object) -> None:
        """What holds from now on; None takes it away."""
        with self._lock:
            self._state.update(state)

    def trouble(self, trouble: Trouble) -> None:
        """Something that collection goes on in spite of; the next report tells it."""
        with self._lock:
            self._trouble = trouble

    def report(self, now: float, trouble: Optional[Trouble] = None) -> str:
        """The event as JSON; `now` is Okta's time, `trouble` what ends the run."""
        with self._lock:
            seconds = max(time.monotonic() - self._since, 1.0)
            trouble = trouble or self._trouble
            event: Dict[str, object] = {"time": iso(now), **self._about, "status": "ok"}
            event.update({name: value for name, value in self._state.items() if value is not None})
            event.update(self._counts, pages_a_minute=round(self._counts["pages"] / seconds * 60, 1))
            if trouble is not None:
                event.update(status="error", error_kind=trouble.kind, error=str(trouble))
            self._counts = dict.fromkeys(COUNTS, 0)
            self._since = time.monotonic()
            self._trouble = None
            return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
