"""`hunt --html FILE`: asks the instance in which the hunt ran for what the report needs, and writes it."""

from __future__ import annotations

import re
import time
from typing import Callable, Dict, List, Sequence

from lab.cli.findings import Finding
from lab.cli.installed import APP, LabError
from lab.exports import BadLine
from lab.report import file, searches
from lab.report.coverage import Detection, Ledger, coverage
from lab.report.page import page
from lab.report.report import Report, gather
from lab.report.searches import Ask, Row
from lab.schedule.dispatch import Job
from lab.schedule.hunt import PREFIX, is_detection
from lab.schedule.window import Window, hunt_window
from lab.spl.errors import SearchError
from lab.splunkd.instance import Instance

_DETECTIONS = "| inputlookup okta_itdr_detections | table detection_id title search"
# As docs/detections.md reads it: what it finds, what looks like it, what to do next.
_DESCRIPTION = re.compile(r"(?P<finds>.+?)(?: False positives: (?P<false>.+?))?(?: Next: .+)?", re.DOTALL)


def check(name: str) -> None:
    """A LabError where FILE could not be written: better before a long hunt than after it."""
    try:
        file.check(name)
    except file.CannotWrite as error:
        raise LabError(str(error)) from error


def expect(instance: Instance) -> None:
    """Tell the instance, before the hunt, which fields of events the report will ask for."""
    instance.knowledge.plan(searches.OF_EVENTS, APP)


def report_of(
    instance: Instance,
    findings: Sequence[Finding],
    jobs: Sequence[Job],
    files: Sequence[str],
    bad: Sequence[BadLine],
    newest: float,
    progressed: Callable[[str], None],
) -> Report:
    """The report of a hunt, from the instance in which it ran; `newest` is the last event's time."""
    messages: List[str] = []
    ask = asking(instance, hunt_window(newest), messages)
    progressed("what was searched")
    told = coverage(
        ask,
        ["standard input" if name == "-" else name for name in files],
        [str(line) for line in bad],
        _detections(instance, ask(_DETECTIONS), findings, jobs),
        [
            Ledger(job.saved.title.split(" - ")[1], int(float(job.rows[0]["written"])))
            for job in jobs
            if not is_detection(job.saved) and job.rows and "written" in job.rows[0]
        ],
        [f"{job.saved.title[len(PREFIX) :]}: {message}" for job in jobs for message in job.messages],
    )
    report = gather(findings, ask, told, progressed)
    told.messages += [f"This report: {message}" for message in dict.fromkeys(messages)]
    return report


def asking(instance: Instance, window: Window, messages: List[str]) -> Ask:
    """Runs searches in the add-on's app over `window`; what they say beside their rows goes to `messages`."""

    def ask(text: str) -> List[Row]:
        context = instance.head.context(window, APP, messages.append)
        try:
            return list(instance.head.parsed(text, context, APP).run(context).rows)
        except SearchError as error:
            raise LabError(f"the report's search failed: {error}") from error

    return ask


def write(name: str, report: Report, instance_version: str) -> int:
    """Write the page; returns its size in bytes. A LabError says why it cannot be."""
    try:
        return file.write_whole(name, page(report, instance_version, time.time()))
    except file.CannotWrite as error:
        raise LabError(str(error)) from error


def version_of(instance: Instance) -> str:
    return instance.apps.own_conf("app", APP).stanza("launcher").get("version", "")


def _detections(
    instance: Instance, table: Sequence[Row], findings: Sequence[Finding], jobs: Sequence[Job]
) -> List[Detection]:
    described = instance.knowledge.conf("savedsearches", APP)
    rows: Dict[str, Row] = {str(row["search"]): row for row in table}
    told = []
    for job in jobs:
        if not is_detection(job.saved):
            continue
        title = job.saved.title
        identity = str(rows[title]["detection_id"])
        match = _DESCRIPTION.fullmatch(described.stanza(title).get("description", ""))
        told.append(
            Detection(
                name=title,
                detection_id=identity,
                title=str(rows[title]["title"]),
                looks_for=match["finds"] if match else "",
                looks_like_it=(match["false"] or "") if match else "",
                findings=sum(1 for finding in findings if finding["detection_id"] == identity),
            )
        )
    return sorted(told, key=lambda detection: (-detection.findings, detection.title))
