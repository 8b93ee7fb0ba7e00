"""The cases of one detection judged by one hunt: each case file is a tenant of its own.

The tenant is part of every key, ledger and finding, so cases cannot touch each other; where they do, a customer with
two tenants would suffer the same.
"""

from __future__ import annotations

import csv
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from lab.cases import Case
from lab.cli.findings import Finding, findings
from lab.cli.hunt import load, newest, report_jobs
from lab.cli.installed import APP, FINDINGS, LabError, installed, refusals
from lab.exports import BadLine
from lab.schedule.hunt import DETECTIONS_TABLE, is_generator
from lab.schedule.hunt import hunt as run_hunt
from lab.schedule.saved_search import SavedSearch
from lab.splunkd.instance import Instance

_LOOKUPS = Path(__file__).resolve().parents[2] / "package" / "lookups"


def hunt_cases(
    cases: Sequence[Case], changed: Callable[[SavedSearch], SavedSearch] = lambda saved: saved
) -> Dict[str, List[Finding]]:
    """What the one detection of `cases` finds in each, by the case's name; no other detection runs, but those of rank 1
    before one that reads their findings.

    `changed` may put another search in its place. A LabError names a bad line, a search that failed, or a request that
    is not emulated.
    """
    (detection,) = {case.detection for case in cases}
    with installed_with(cases) as instance:
        searches = instance.saved_searches(APP)
        (rule,) = [saved for saved in searches if saved.title == search_of(detection)]
        wanted = [*searches_before(detection, searches), changed(rule)]
        report_jobs(run_hunt(wanted, instance.head, newest(instance), instance.act))
        refusals(instance)
        found = findings(instance.kvstore.collection(APP, FINDINGS).documents())
    own = [finding for finding in found if finding["detection_id"] == detection]
    return {case.name: [finding for finding in own if finding["tenant"] == case.name] for case in cases}


@contextmanager
def installed_with(cases: Sequence[Case]) -> Iterator[Instance]:
    """The add-on in a Splunk that holds the events of `cases`, nothing searched yet."""
    bad: List[BadLine] = []
    with installed(start=time.time()) as instance:
        for case in cases:
            for _ in load(instance, [str(case.events)], case.name, bad):
                pass
        if bad:
            raise LabError("; ".join(map(str, bad)))
        instance.start()
        yield instance


def searches_before(detection: str, searches: Sequence[SavedSearch]) -> List[SavedSearch]:
    """Of `searches`, those that fill what a detection reads: the ledgers, and the findings of lower ranks."""
    _, rank = _shipped(detection)
    lower = {row["search"] for row in _table() if int(row["rank"]) < rank}
    return [saved for saved in searches if is_generator(saved) or saved.title in lower]


def search_of(detection: str) -> str:
    """The name of the saved search with this detection_id."""
    return _shipped(detection)[0]


def _shipped(detection: str) -> Tuple[str, int]:
    """Name and rank of a detection's saved search."""
    for row in _table():
        if row["detection_id"] == detection:
            return row["search"], int(row["rank"])
    raise LabError(f"there are cases for {detection}, but {DETECTIONS_TABLE} has no such detection")


def _table() -> List[Dict[str, str]]:
    with open(_LOOKUPS / DETECTIONS_TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
