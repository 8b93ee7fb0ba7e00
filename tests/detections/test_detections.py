"""Each detection finds its attacks and leaves ordinary life alone (the format: README.md beside this file).

The packaged add-on runs: its searches, its lookups, its alert action as a process.
"""

from pathlib import Path

import pytest

from lab.cases import read_cases
from lab.cli.hunt import hunt, report_jobs

pytestmark = pytest.mark.usefixtures("tarball")

CASES = read_cases(Path(__file__).parent)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case):
    hunted = hunt([str(case.events)])
    report_jobs(hunted.jobs)
    assert not hunted.bad
    assert case.complaints(hunted.findings) == []
