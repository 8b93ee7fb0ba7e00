"""Detection cases: events, and the findings that one detection must make of them (tests/detections/README.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Mapping, Sequence

SEVERITIES = ("critical", "high", "medium", "low", "informational")  # the gravest first
Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One file of events. `entries` describe all that the detection may find there."""

    detection: str  # its detection_id, the folder's name
    events: Path
    entries: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.detection}-{self.events.stem}"

    def complaints(self, findings: Sequence[Finding]) -> List[str]:
        """What is wrong with these findings, of whichever detections; nothing where they are as they must be."""
        found = [finding for finding in findings if finding["detection_id"] == self.detection]
        wrong = []
        for finding in found:
            describing = [entry for entry in self.entries if describes(entry, finding)]
            if len(describing) != 1:
                wrong.append(f"{len(describing)} entries describe {json.dumps(finding, indent=1)}")
        for entry in self.entries:
            least, most = entry["count"] if isinstance(entry.get("count", 1), list) else [entry.get("count", 1)] * 2
            number = sum(1 for finding in found if describes(entry, finding))
            if not least <= number <= most:
                wrong.append(f"{number} findings for {json.dumps(entry)}, others: {json.dumps(found)}")
        return wrong


def describes(entry: Mapping[str, Any], finding: Finding) -> bool:
    """Whether an entry of a findings file describes this finding."""
    severity = entry.get("severity", finding["severity"])
    limit = entry.get("severity_at_most", "critical")
    return (
        all(finding.get(key) == entry[key] for key in ("user", "session_id", "src_ip") if key in entry)
        and finding["severity"] in ([severity] if isinstance(severity, str) else severity)
        and SEVERITIES.index(finding["severity"]) >= SEVERITIES.index(limit)
        and set(entry.get("evidence_includes", [])) <= set(finding["evidence"])
        and all(word.lower() in finding["message"].lower() for word in entry.get("message_has", []))
    )


def read_cases(folder: Path) -> List[Case]:
    """The cases below `folder`, by detection and name. A ValueError names an attack that has no findings beside it."""
    cases = []
    for events in sorted(folder.glob("*/*.jsonl")):
        expected = events.with_suffix(".findings.json")
        entries = json.loads(expected.read_text(encoding="utf-8")) if expected.is_file() else []
        if not entries and not events.name.startswith("benign_"):
            raise ValueError(f"{events}: an attack needs its findings beside it")
        cases.append(Case(events.parent.name, events, entries))
    return cases
