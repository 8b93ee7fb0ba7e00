"""The events that findings name: which of them the page shows, their JSON indented and otherwise as Okta wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Sequence, Tuple

from lab.report.incident import Finding
from lab.report.searches import Row
from lab.report.session import text

EVENTS = 1_000  # shown at most, those of the gravest findings
_RAW = 20_000  # letters shown of one event at most
_DEEPEST = 32  # levels that are indented: a hostile event may be nothing but brackets
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"')
Key = Tuple[str, str]  # tenant, uuid


@dataclass
class Event:
    """One event. `number` is its place on the page, `findings` are those that name it."""

    number: int
    tenant: str
    uuid: str
    time: float
    event_type: str
    outcome: str
    who: str
    whom: str
    where: str
    raw: str  # indented
    raw_left_out: int  # letters of it
    findings: List[Finding] = field(default_factory=list)


def wanted(findings: Iterable[Finding]) -> Tuple[List[Key], int]:
    """Which events to show, the gravest findings' first, and how many there are beyond them."""
    named = list(dict.fromkeys((str(f.get("tenant", "")), uuid) for f in findings for uuid in f.get("evidence", [])))
    return named[:EVENTS], max(0, len(named) - EVENTS)


def events(keys: Sequence[Key], rows: Iterable[Row], findings: Iterable[Finding]) -> List[Event]:
    """The events of `keys` that `rows` (of `searches.events`) have, in order of time."""
    asked = set(keys)
    found: Dict[Key, Row] = {}
    for row in rows:
        key = (text(row, "tenant"), text(row, "uuid"))
        if key in asked:
            found.setdefault(key, row)  # an event that was exported twice is one
    ordered = sorted(found.items(), key=lambda item: (float(item[1]["_time"]), item[0]))
    shown = {key: _event(number, key, row) for number, (key, row) in enumerate(ordered, 1)}
    for finding in findings:
        for uuid in dict.fromkeys(finding.get("evidence", [])):
            event = shown.get((str(finding.get("tenant", "")), uuid))
            if event is not None:
                event.findings.append(finding)
    return list(shown.values())


def _event(number: int, key: Key, row: Row) -> Event:
    raw = text(row, "_raw")
    reason = text(row, "outcome_reason")
    place = ", ".join(filter(None, (text(row, column) for column in ("city", "country", "as_org"))))
    address = text(row, "src_ip")
    return Event(
        number=number,
        tenant=key[0],
        uuid=key[1],
        time=float(row["_time"]),
        event_type=text(row, "event_type"),
        outcome=text(row, "outcome") + (f": {reason}" if reason else ""),
        who=text(row, "actor_user"),
        whom=", ".join(filter(None, (text(row, "target_user"), text(row, "target_app")))),
        where=f"{address} ({place})" if address and place else address or place,
        raw=indented(raw[:_RAW]),
        raw_left_out=max(0, len(raw) - _RAW),
    )


def indented(raw: str) -> str:
    """JSON with line breaks and indents and nothing else changed: keys that stand twice, numbers as they were written,
    escapes. What is no JSON, or breaks off, comes out readable too."""
    parts: List[str] = []
    depth, before = 0, ""
    for token in _TOKEN.findall(raw):
        closes = token in ("}", "]")
        depth = max(0, depth - closes)
        if before and (before in "{[" and not closes or before == "," or closes and before not in "{["):
            parts.append("\n" + "  " * min(depth, _DEEPEST))
        parts.append(": " if token == ":" else token)
        depth += token in ("{", "[")
        before = token
    return "".join(parts)
