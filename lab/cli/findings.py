"""Findings as people and pipes read them."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from lab.cases import SEVERITIES

Finding = Dict[str, Any]

COLUMNS = (
    *("finding_id", "incident_key", "detection_id", "title", "severity", "risk_score", "tenant", "user", "src_ip"),
    *("session_id", "first_time", "last_time", "message", "evidence", "reasons", "mitre_attack"),
)
_ARRAYS = frozenset(("evidence", "reasons", "mitre_attack"))
_TIMES = frozenset(("first_time", "last_time"))
_COLOURS = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "yellow",
    "low": "cyan",
    "informational": "dim",
}


def findings(documents: Iterable[Dict[str, Any]]) -> List[Finding]:
    """Documents of the findings collection as findings: gravest first, then by time. Arrays are always
    arrays, times ISO 8601 UTC, risk_score a number; a missing column is left out."""
    shaped = [
        {column: _shape(column, document[column]) for column in COLUMNS if document.get(column) not in (None, "")}
        for document in documents
    ]
    return sorted(shaped, key=lambda f: (SEVERITIES.index(f["severity"]), f["first_time"], f["finding_id"]))


def _shape(column: str, value: Any) -> Any:
    if column in _ARRAYS:
        return value if isinstance(value, list) else [value]
    if column in _TIMES:
        return (
            datetime.fromtimestamp(float(value), timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )
    if column == "risk_score":
        return int(value)
    return value


def as_json(finding: Finding) -> str:
    return json.dumps(finding, ensure_ascii=False)


def print_findings(found: List[Finding], console: Console) -> None:
    """The gravest first, each with who, where, what happened, why it counts and what to do next."""
    for finding in found:
        colour = _COLOURS[finding["severity"]]
        head = Text.assemble(
            (f" {finding['severity'].upper()} ", colour + " reverse" if "on" not in colour else colour),
            " ",
            (finding["title"], "bold"),
        )
        where = f"  from {finding['src_ip']}" if finding.get("src_ip") else ""
        moment = finding["first_time"][:19].replace("T", " ") + " UTC"
        who = Text.assemble((finding["user"], "bold cyan"), where, ("  " + moment, "dim"))
        body: List[Any] = [who, Text(finding["message"])]
        if finding.get("reasons"):
            body.append(Text.assemble(("why  ", "dim"), "; ".join(finding["reasons"])))
        evidence = len(finding.get("evidence", []))
        marks = [
            f"{evidence} event{'s' if evidence != 1 else ''}",
            f"risk {finding['risk_score']}",
            *finding.get("mitre_attack", []),
        ]
        if finding.get("session_id"):
            marks.append(f"session {finding['session_id']}")
        body.append(Text("  ".join(marks), style="dim"))
        console.print(head)
        console.print(Padding(Group(*body), (0, 0, 1, 3)))


def print_summary(found: List[Finding], facts: str, console: Console) -> None:
    """One line: how many of each severity, in what."""
    counted = [(sum(1 for f in found if f["severity"] == severity), severity) for severity in SEVERITIES]
    parts = ", ".join(f"{number} {severity}" for number, severity in counted if number)
    console.print(Rule(style="dim"))
    console.print(
        Text.assemble(
            (f"{len(found)} finding{'s' if len(found) != 1 else ''}", "bold"),
            f": {parts}" if parts else "",
            f" · {facts}",
        )
    )
