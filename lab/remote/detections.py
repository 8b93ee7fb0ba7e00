"""Detection cases on a Splunk elsewhere: their events indexed there, the add-on's own searches run over them.

Each case is a tenant of its own, so that several can lie in one index; the ledgers they write stay behind, as do the
events: this is for a Splunk that nobody needs.
"""

from __future__ import annotations

import time
from typing import Any, Dict, List, NamedTuple

from lab.cases import Case
from lab.remote.connection import RemoteError, Splunk, call, search

APP = "TA_okta_itdr"
SOURCETYPE = "OktaIM2:log"
_DAY = 86_400.0
_SECONDS_TO_INDEX = 120.0


class Detection(NamedTuple):
    """A detection as the add-on there lists it."""

    detection_id: str
    title: str
    rank: int


class Detections:
    """The add-on's searches on a Splunk; `index` gets the events."""

    def __init__(self, splunk: Splunk, index: str) -> None:
        self._service = splunk.in_app(APP)
        self._index = index
        if APP not in splunk.in_app("system").apps:
            raise RemoteError(f"{splunk.url} does not have {APP}: install the package there first")
        listed = search(self._service, "| inputlookup okta_itdr_detections | table detection_id search rank").rows
        self.detections = [Detection(row["detection_id"], row["search"], int(row["rank"])) for row in listed]
        self._texts = {saved.name: saved["search"] for saved in self._service.saved_searches.list(count=-1)}

    def reads_findings(self, case: Case) -> bool:
        """Whether the case's detection is of a rank that reads what others registered: nothing registers here."""
        return any(one.rank != 1 for one in self.detections if one.detection_id == case.detection)

    def rows(self, case: Case) -> List[Dict[str, Any]]:
        """What the case's own detection finds in its events, after the ledgers have seen them; of its tenant alone."""
        detection = next((one for one in self.detections if one.detection_id == case.detection), None)
        if detection is None or detection.rank != 1:
            raise RemoteError(f"the add-on there has no detection {case.detection} that reads events alone")
        tenant = f"{case.events.stem.replace('_', '-')}.{int(time.time())}.example.com"
        now = self._load(case, tenant) + _DAY
        window = {"earliest_time": 0, "latest_time": now, "now": now}
        for title, text in self._texts.items():
            if title.endswith(" - Gen"):
                search(self._service, _dispatched(text), **window)
        found = search(self._service, _dispatched(self._texts[detection.title]), **window)
        return [row for row in found.rows if row.get("tenant") == tenant]

    def _load(self, case: Case, tenant: str) -> float:
        """Index the case's events; returns the newest one's time."""
        lines = [line for line in case.events.read_text(encoding="utf-8").splitlines() if line.strip()]
        origin = {"index": self._index, "host": tenant, "sourcetype": SOURCETYPE, "source": "case"}
        call(self._service, "post", "/services/receivers/simple", body=("\n".join(lines) + "\n").encode(), **origin)
        patience = time.monotonic() + _SECONDS_TO_INDEX
        count = f'| tstats count max(_time) AS newest where index={self._index} host="{tenant}"'
        while True:
            (row,) = search(self._service, count, earliest_time=0, latest_time="+10y").rows
            if int(row["count"]) == len(lines):
                return float(row["newest"])
            if time.monotonic() > patience:
                raise RemoteError(f"of {len(lines)} events of {case.name} only {row['count']} can be searched")
            time.sleep(1)


def _dispatched(text: str) -> str:
    """A saved search as REST takes it."""
    return text if text.lstrip().startswith("|") else f"search {text}"
