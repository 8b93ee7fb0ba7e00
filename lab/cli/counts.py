"""How often each detection would have fired (`hunt --count`): what to look at before one is switched on."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, Iterable, List, Sequence

from rich.console import Console
from rich.table import Table

from lab.cases import SEVERITIES
from lab.cli.findings import Finding
from lab.schedule.dispatch import Job
from lab.schedule.hunt import is_detection

Count = Dict[str, Any]


def counts_of(findings: Iterable[Finding], jobs: Sequence[Job], days: float) -> List[Count]:
    """The findings of each detection that ran, by severity, the gravest first; of one that found nothing, 0. What a log
    of less than a day has is not made more."""
    numbers = Counter((finding["detection_id"], finding["severity"]) for finding in findings)
    counts: List[Count] = []
    for job in jobs:
        if not is_detection(job.saved):
            continue
        identities = sorted({row["detection_id"] for row in job.rows})
        told = [
            {
                "detection": job.saved.title,
                "detection_id": identity,
                "severity": severity,
                "findings": numbers[identity, severity],
                "a_day": round(numbers[identity, severity] / max(days, 1.0), 2),
            }
            for identity in identities
            for severity in SEVERITIES
            if numbers[identity, severity]
        ]
        counts += told or [{"detection": job.saved.title, "findings": 0, "a_day": 0.0}]
    return counts


def print_counts(counts: Sequence[Count], console: Console) -> None:
    table = Table("detection", "severity", box=None, header_style="bold", padding=(0, 2))
    for column in ("findings", "a day"):
        table.add_column(column, justify="right")
    before = ""
    for told in counts:
        name = told["detection"].split(" - ")[1]
        shown = ("" if name == before else name, told.get("severity", ""))
        table.add_row(*shown, f"{told['findings']:,}", f"{told['a_day']:.2f}")
        before = name
    console.print(table)
