"""Incidents: findings of one session (or of one user, where there is no session), told as one story."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Sequence, Set, Tuple

from lab.cases import SEVERITIES

Finding = Mapping[str, Any]
CHAIN = "admin_takeover_chain"  # the detection whose reasons are the steps of a whole intrusion
GRAVE = ("critical", "high")
NOTABLE = ("critical", "high", "medium")
_TOLD, _LISTED, _STEPS = 5, 100, 40
_STEP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
_LAST_SENTENCE = re.compile(r"(.*[.!?])\s+([A-Z].*)", re.DOTALL)


@dataclass
class Incident:
    """Findings with one incident_key, gravest first; `steps` are those worth telling, in order of time."""

    key: str
    findings: List[Finding]
    number: int = 0  # its place among all, the gravest is 1
    shares: List[Incident] = field(default_factory=list)  # others that name an event of this one

    @property
    def severity(self) -> str:
        return self.findings[0]["severity"]

    @property
    def tenant(self) -> str:
        return self.findings[0].get("tenant", "")

    @property
    def chain(self) -> List[Finding]:
        return [finding for finding in self.findings if finding["detection_id"] == CHAIN]

    @property
    def first_time(self) -> str:
        return min(finding["first_time"] for finding in self.findings)

    @property
    def last_time(self) -> str:
        return max(finding.get("last_time") or finding["first_time"] for finding in self.findings)

    @property
    def steps(self) -> List[Finding]:
        """All of medium and above, or all where there are none; the chain tells itself."""
        notable = [finding for finding in self.findings if finding["severity"] in NOTABLE] or self.findings
        told = [finding for finding in notable if finding["detection_id"] != CHAIN]
        return sorted(told[:_STEPS], key=lambda finding: (finding["first_time"], finding["finding_id"]))

    @property
    def others(self) -> List[Finding]:
        """Those that `steps` leaves out."""
        told = {finding["finding_id"] for finding in [*self.steps, *self.chain]}
        return [finding for finding in self.findings if finding["finding_id"] not in told]

    @property
    def evidence(self) -> List[str]:
        return list(dict.fromkeys(uuid for finding in self.findings for uuid in finding.get("evidence", [])))

    @property
    def told_evidence(self) -> Set[str]:
        """The events of those findings that are told."""
        return {uuid for finding in [*self.steps, *self.chain] for uuid in finding.get("evidence", [])}

    @property
    def next(self) -> List[str]:
        """What to do, each thing once, as the gravest findings say it: critical ones, else high, else others."""
        for severities in (SEVERITIES[:1], GRAVE, NOTABLE, SEVERITIES):
            asked = self._asked(severities)
            if asked:
                return asked
        return []

    @property
    def next_besides(self) -> List[str]:
        """What its other grave findings ask for."""
        return [step for step in self._asked(GRAVE) if step not in self.next]

    def _asked(self, severities: Sequence[str]) -> List[str]:
        wanted = [finding for finding in [*self.chain, *self.findings] if finding["severity"] in severities]
        return list(dict.fromkeys(filter(None, (told_and_next(finding["message"])[1] for finding in wanted))))

    def all_of(self, column: str) -> List[str]:
        """The different values of a column, those of the gravest findings first."""
        return list(dict.fromkeys(finding[column] for finding in self.findings if finding.get(column)))


def incidents(findings: Iterable[Finding]) -> List[Incident]:
    """The incidents of `findings` (which come gravest first): a takeover chain leads, then the gravest; of equals the
    one with more grave findings, then the earlier."""
    groups: Dict[str, List[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.get("incident_key") or finding["finding_id"]].append(finding)
    found = sorted((Incident(key, group) for key, group in groups.items()), key=_gravity)
    holders: Dict[Tuple[str, str], List[Incident]] = defaultdict(list)
    for number, incident in enumerate(found, 1):
        incident.number = number
        for uuid in incident.evidence:
            holders[incident.tenant, uuid].append(incident)
    for incident in found:
        others = {
            other.number: other
            for uuid in incident.evidence
            for other in holders[incident.tenant, uuid]
            if other is not incident
        }
        incident.shares = [others[number] for number in sorted(others)]
    return found


def _gravity(incident: Incident) -> Tuple[Any, ...]:
    counts = [-sum(1 for finding in incident.findings if finding["severity"] == severity) for severity in SEVERITIES]
    chained = 0 if any(finding["severity"] == "critical" for finding in incident.chain) else 1
    return (chained, SEVERITIES.index(incident.severity), *counts, incident.first_time, incident.key)


def to_tell(found: Sequence[Incident]) -> List[Incident]:
    """Those whose story stands first: the critical and high ones, five at most, else the gravest alone."""
    return [incident for incident in found if incident.severity in GRAVE][:_TOLD] or list(found[:1])


def to_list(found: Sequence[Incident]) -> List[Incident]:
    """The next, of which a line is enough."""
    told = len(to_tell(found))
    return list(found[told : told + _LISTED])


def chain_steps(reasons: Iterable[str]) -> Tuple[List[str], List[str]]:
    """The reasons of a takeover chain: its steps, which begin with their time, and what else speaks for it."""
    steps: List[str] = []
    signs: List[str] = []
    for reason in reasons:
        (steps if _STEP.match(reason) else signs).append(reason)
    return sorted(steps), signs


def told_and_next(message: str) -> Tuple[str, str]:
    """A finding's message ends in what to do next, a sentence of its own: what happened, and that."""
    match = _LAST_SENTENCE.fullmatch(message)
    return (match[1], match[2]) if match else (message, "")
