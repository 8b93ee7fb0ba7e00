"""The detection cases on a Splunk elsewhere (--splunk URL), through REST alone.

Needs the package installed there, an index for the cases' events, and an authentication token of an administrator in
the environment as SPLUNK_TOKEN. Events and ledgers stay behind: take a Splunk that nobody needs. Exit 1 on any miss.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lab.cases import read_cases
from lab.cli.findings import findings
from lab.cli.installed import LabError
from lab.cli.progress import progress
from lab.remote.connection import RemoteError, SearchRefused, Splunk
from lab.remote.detections import Detections

NAME = "judge"
HELP = "the detection cases on a Splunk elsewhere"
_CASES = Path(__file__).resolve().parents[2] / "tests" / "detections"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--splunk", metavar="URL", required=True, help="its management port: https://host:8089")
    parser.add_argument("--index", default="main", help="where the cases' events go (default: main)")
    parser.add_argument("--cases", type=Path, default=_CASES, metavar="FOLDER", help="default: those of the tests")


def run(given: argparse.Namespace) -> int:
    failed = 0
    try:
        cases = read_cases(given.cases)
        splunk = Splunk(given.splunk)
        there = Detections(splunk, given.index)
        with progress() as bars:
            task = bars.add_task(f"Splunk {splunk.version}", total=len(cases), note="")
            for case in cases:
                complaints = case.complaints(findings(there.rows(case)))
                bars.advance(task)
                failed += bool(complaints)
                for complaint in complaints:
                    print(f"{case.name}: {complaint}")
    except (RemoteError, SearchRefused, ValueError) as error:
        raise LabError(str(error)) from None
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0
