"""Each detection finds its attacks and leaves ordinary life alone (the format: README.md beside this file).

The packaged add-on runs: its searches, its lookups, its alert action as a process.
"""

import json
from pathlib import Path

import pytest

from lab.cli.findings import SEVERITIES
from lab.cli.hunt import hunt, report_jobs

pytestmark = pytest.mark.usefixtures("tarball")

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*/*.jsonl"))


def describes(entry, finding):
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.stem}")
def test_case(case):
    detection = case.parent.name
    expected = case.with_suffix(".findings.json")
    entries = json.loads(expected.read_text()) if expected.is_file() else []
    assert entries or case.name.startswith("benign_"), "an attack needs its findings beside it"
    hunted = hunt([str(case)])
    report_jobs(hunted.jobs)
    assert not hunted.bad
    found = [finding for finding in hunted.findings if finding["detection_id"] == detection]
    for finding in found:
        described = [entry for entry in entries if describes(entry, finding)]
        assert len(described) == 1, f"{len(described)} entries describe {json.dumps(finding, indent=1)}"
    for entry in entries:
        least, most = entry["count"] if isinstance(entry.get("count", 1), list) else [entry.get("count", 1)] * 2
        number = sum(1 for finding in found if describes(entry, finding))
        assert least <= number <= most, f"{number} findings for {entry}, others: {found}"
