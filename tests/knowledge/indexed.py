"""Events in an emulated Splunk with the packaged add-on, searched as a user searches."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

from lab.cli.installed import APP, installed
from lab.okta.tenant import Tenant
from lab.schedule.window import Window
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "okta_samples.jsonl"
TENANT = "acme.okta.com"
LOG = "OktaIM2:log"
NOW = 1_900_000_000.0
THE_DAY_AFTER = 1_773_187_200.0  # the events of log_events.py: 2026-03-11
Row = Dict[str, Any]


class Indexed:
    """`instance` with events in it, searched at `now`. Times are read from the events, by the add-on's own props."""

    def __init__(self, instance: Instance, now: float) -> None:
        self.instance = instance
        self._now = now

    def index(self, raws: Iterable[bytes], sourcetype: str = LOG) -> None:
        arrivals = [Arrival(raw.decode(), "main", sourcetype, "okta_system_log://main", TENANT) for raw in raws]
        assert self.instance.index(arrivals) == len(arrivals)

    def receive(
        self, data: str, host: str, sourcetype: str = LOG, source: str = "okta_system_log://main", index: str = "main"
    ) -> int:
        """Data as it comes, perhaps several events; returns how many they became."""
        return self.instance.index([Arrival(data, index, sourcetype, source, host)])

    def rows(self, search: str, app: str = APP) -> List[Row]:
        """Of all time, in the app; a field without a value is left out."""
        head = self.instance.head
        warnings: List[str] = []
        context = head.context(Window(self._now), app, warnings.append)
        found = head.parsed(search, context, app).run(context).rows
        assert warnings == []
        return [{name: value for name, value in row.items() if value is not None} for row in found]

    def one(self, host: str, fields: Optional[List[str]] = None) -> Row:
        """The fields (None: all) of a host's only event."""
        return self.row(f'index=* host="{host}"' + ("" if fields is None else " | table " + " ".join(fields)))

    def row(self, search: str, app: str = APP) -> Row:
        (only,) = self.rows(search, app)
        return only


@contextmanager
def indexed(raws: Iterable[bytes] = (), sourcetype: str = LOG, now: float = NOW) -> Iterator[Indexed]:
    with installed(start=now) as instance:
        log = Indexed(instance, now)
        log.index(raws, sourcetype)
        yield log


def samples() -> List[dict]:
    """The public samples, each event once."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    return [json.loads(text) for text in dict.fromkeys(json.dumps(json.loads(line)["event"]) for line in lines)]


def simulated() -> List[bytes]:
    return [event.raw for event in Tenant("cim", 40, "2025-09-09", attacks=["beyondtrust_2023"]).events()]


def event(event_type: str, **changes: Any) -> dict:
    """The smallest event of a type, with Okta's keys in Okta's order; `changes` are of its top level."""
    body = {
        "actor": {"id": "00u1", "type": "User", "alternateId": "ann@example.com", "displayName": "Ann"},
        "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0", "os": "Mac OS X"}},
        "authenticationContext": {"externalSessionId": "102abc"},
        "displayMessage": "What happened",
        "eventType": event_type,
        "outcome": {"result": "SUCCESS", "reason": None},
        "published": "2025-09-09T10:00:00.000Z",
        "severity": "INFO",
        "debugContext": {"debugData": {}},
        "transaction": {"id": "t1", "type": "WEB", "detail": {}},
        "uuid": "11111111-2222-3333-4444-555555555555",
        "request": {"ipChain": []},
        "target": [],
    }
    return {**body, **changes}


def target(kind: str, name: str, alternate: str = "unknown", key: str = "id1") -> dict:
    return {"id": key, "type": kind, "alternateId": alternate, "displayName": name, "detailEntry": None}


def raw(body: dict) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
