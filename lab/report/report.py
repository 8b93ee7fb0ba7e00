"""Everything the page tells, gathered once: findings as incidents, sessions, events, and what was searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Dict, List, Sequence, Tuple

from lab.report import evidence, searches, session
from lab.report.coverage import Coverage
from lab.report.incident import Finding, Incident, incidents
from lab.report.searches import Ask

FINDINGS = 1_000  # shown at most, the gravest
_EMPTY = {
    **dict.fromkeys(("tenant", "user", "src_ip", "session_id", "incident_key", "message"), ""),
    **dict.fromkeys(("evidence", "reasons", "mitre_attack"), ()),
    "risk_score": 0,
}


@dataclass
class Report:
    """`findings` come gravest first; `events` in order of time; `sessions` as their findings."""

    findings: List[Finding]
    incidents: List[Incident]
    sessions: List[session.Session]
    sessions_left_out: int
    sessions_unknown: int  # of findings, but without an event of a person's browser
    events: List[evidence.Event]
    events_left_out: int
    events_missing: int  # named by findings, and not in the log
    coverage: Coverage

    @cached_property
    def _by_uuid(self) -> Dict[evidence.Key, evidence.Event]:
        return {(event.tenant, event.uuid): event for event in self.events}

    def of(self, finding: Finding) -> Tuple[List[evidence.Event], int]:
        """The events of a finding that the page shows, and how many it names beyond them."""
        named = dict.fromkeys((str(finding["tenant"]), uuid) for uuid in finding["evidence"])
        shown = [self._by_uuid[key] for key in named if key in self._by_uuid]
        return sorted(shown, key=lambda event: event.number), len(named) - len(shown)


def gather(
    findings: Sequence[Finding],
    ask: Ask,
    coverage: Coverage,
    progressed: Callable[[str], None] = lambda what: None,
) -> Report:
    """The report of `findings`, gravest first; `progressed(what)` is told what is being looked up."""
    findings = [{**_EMPTY, "last_time": finding["first_time"], **finding} for finding in findings]
    by_session = session.keys_of(findings)
    wanted = dict(list(by_session.items())[: session.SESSIONS])
    drawn: List[session.Session] = []
    if wanted:
        progressed("sessions")
        keys = [key for _, key in wanted]
        of = [finding for found in wanted.values() for finding in found]
        rows = ask(searches.session_events(keys, (finding.get("src_ip", "") for finding in of)))
        ours = [row for row in rows if (session.text(row, "tenant"), session.text(row, "session_key")) in wanted]
        progressed("addresses")
        asked = {session.text(row, "src_ip") for row in ours}
        told = ask(searches.addresses(asked)) if asked - {""} else []
        verdicts = {session.text(row, "src_ip"): session.text(row, "ip_verdict_words") for row in told}
        drawn = session.sessions(wanted, ours, verdicts)
    keys_of_events, left_out = evidence.wanted(findings)
    progressed("events")
    rows = ask(searches.events(uuid for _, uuid in keys_of_events)) if keys_of_events else []
    events = evidence.events(keys_of_events, rows, findings)
    return Report(
        findings=findings,
        incidents=incidents(findings),
        sessions=drawn,
        sessions_left_out=len(by_session) - len(wanted),
        sessions_unknown=len(wanted) - len(drawn),
        events=events,
        events_left_out=left_out,
        events_missing=len(keys_of_events) - len(events),
        coverage=coverage,
    )
