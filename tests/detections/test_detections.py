"""Each detection finds its attacks and leaves ordinary life alone (the format: README.md beside this file).

The packaged add-on runs: its searches, its lookups, its alert action as a process.
"""

from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from lab.cases import read_cases
from lab.cli.case_hunt import hunt_cases

pytestmark = pytest.mark.usefixtures("tarball")

CASES = read_cases(Path(__file__).parent)
BY_DETECTION = {name: list(cases) for name, cases in groupby(CASES, attrgetter("detection"))}


@pytest.fixture(scope="module")
def hunted():
    """Findings by case, each detection hunted once, when its first case asks."""
    found = {}

    def of(case):
        if case.name not in found:
            found.update(hunt_cases(BY_DETECTION[case.detection]))
        return found[case.name]

    return of


@pytest.mark.parametrize("case", CASES, ids=attrgetter("name"))
def test_case(case, hunted):
    assert case.complaints(hunted(case)) == []
