"""Every detection over exported Okta logs, no Splunk and no tenant needed.

Reads JSON arrays, JSON lines, {"event": …}, Splunk's JSON and CSV exports, Okta's own CSV, gzipped or not; `-` is
standard input. Ledgers are built over the whole input first. Exit: 0 nothing found, 3 findings, 2 when any
line was bad (the good ones are hunted all the same; --lenient: 0 or 3).

--count tells instead how often each detection would have fired, by severity, and how many that are a day: what to look
at before a detection is switched on. --html writes a report beside either: one file for whoever has to act on it.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Callable, Iterator, List, NamedTuple, Optional

from rich.console import Console

from lab.cli import hunt_report
from lab.cli.counts import counts_of, print_counts
from lab.cli.findings import Finding, as_json, findings, print_findings, print_summary
from lab.cli.installed import APP, FINDINGS, LabError, installed, refusals
from lab.cli.progress import progress, stderr
from lab.exports import BadLine, ExportedEvent, read_exports
from lab.report.report import Report
from lab.schedule.dispatch import Job
from lab.schedule.hunt import hunt as run_hunt
from lab.schedule.hunt import is_detection
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

NAME = "hunt"
HELP = "all detections over exported Okta logs"
SOURCETYPE = "OktaIM2:log"
_BATCH = 2000
_SHOWN_BAD_LINES = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="an exported log; - reads standard input")
    parser.add_argument("--json", action="store_true", help="one finding a line, as JSON")
    parser.add_argument("--count", action="store_true", help="how many findings by detection and severity, and a day")
    parser.add_argument("--html", metavar="FILE", help="also write a report: one HTML file that needs nothing else")
    parser.add_argument("--lenient", action="store_true", help="bad lines are named but do not change the exit status")
    parser.add_argument("--tenant", default="okta", help="the tenant's domain, where the export does not say it")


class Hunted(NamedTuple):
    """What came of a hunt; `days` is how long the log is, `report` is there where it was asked for."""

    findings: List[Finding]
    bad: List[BadLine]
    jobs: List[Job]
    events: int
    days: float
    version: str = ""  # the add-on's
    report: Optional[Report] = None


def run(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    if given.html:
        hunt_report.check(given.html)
    with progress() as bars:
        task = bars.add_task("Reading", total=None, note="")

        def progressed(word: str, note: str) -> None:
            bars.update(task, description=word, note=note)

        hunted = hunt(given.files, given.tenant, progressed, with_report=bool(given.html))
    report_bad_lines(hunted.bad)
    report_jobs(hunted.jobs)
    trouble = _write_report(given.html, hunted)  # said last: the findings are not to be lost with it
    counts = counts_of(hunted.findings, hunted.jobs, hunted.days) if given.count else []
    if given.json:
        for told in counts if given.count else hunted.findings:
            print(as_json(told))
    else:
        console = Console()
        if given.count:
            print_counts(counts, console)
        else:
            print_findings(hunted.findings, console)
        rules = sum(1 for job in hunted.jobs if is_detection(job.saved))
        facts = f"{hunted.events:,} events, {rules} detections, {time.monotonic() - begun:.1f} s"
        print_summary(hunted.findings, f"{facts}, {len(hunted.bad)} bad lines" if hunted.bad else facts, console)
    sys.stdout.flush()
    if trouble:
        raise trouble
    if hunted.bad and not given.lenient:
        return 2
    return 3 if hunted.findings else 0


def _write_report(file: Optional[str], hunted: Hunted) -> Optional[LabError]:
    if file is None or hunted.report is None:
        return None
    try:
        size = hunt_report.write(file, hunted.report, hunted.version)
    except LabError as error:
        return error
    stderr.print(f"The report is in {file} ({max(1, size // 1000):,} kB).", markup=False, soft_wrap=True)
    return None


def hunt(
    files: List[str],
    tenant: str = "okta",
    progressed: Callable[[str, str], None] = lambda word, note: None,
    with_report: bool = False,
) -> Hunted:
    """All detections of the package over `files`; `progressed(what, how far)` is called as it goes. A search that
    failed is told in the jobs, and there is no report then."""
    bad: List[BadLine] = []
    jobs: List[Job] = []
    with installed(start=time.time()) as instance:
        for number in load(instance, files, tenant, bad):
            progressed("Reading", f"{number:,} events")
        if with_report:
            hunt_report.expect(instance)
        if number:
            instance.start()
            jobs = run_hunt(
                instance.saved_searches(APP),
                instance.head,
                newest(instance),
                instance.act,
                lambda job: progressed("Hunting", job.saved.title),
            )
        found = findings(instance.kvstore.collection(APP, FINDINGS).documents())
        report = None
        if with_report and all(job.done for job in jobs):
            last = newest(instance) if number else time.time()
            report = hunt_report.report_of(
                instance, found, jobs, files, bad, last, lambda what: progressed("Reporting", what)
            )
        refusals(instance)
        return Hunted(found, bad, jobs, number, _days(instance), hunt_report.version_of(instance), report)


def load(instance: Instance, files: List[str], tenant: str, bad: List[BadLine]) -> Iterator[int]:
    """Index the events of `files`; yields how many there are so far. Bad lines go to `bad`."""
    batch: List[Arrival] = []
    number = 0
    for exported in read_exports(files):
        if isinstance(exported, BadLine):
            bad.append(exported)
            continue
        batch.append(_arrival(exported, tenant))
        if len(batch) == _BATCH:
            number += instance.index(batch)
            batch.clear()
            yield number
    yield number + instance.index(batch)


def newest(instance: Instance) -> float:
    """The time of the last event."""
    return instance.store.time(next(instance.store.scan()))


def _days(instance: Instance) -> float:
    times = [instance.store.time(number) for number in range(len(instance.store))]
    return (max(times) - min(times)) / 86_400 if times else 0.0


def _arrival(exported: ExportedEvent, tenant: str) -> Arrival:
    return Arrival(exported.raw, "main", SOURCETYPE, "export", exported.host or tenant, exported.time)


def report_bad_lines(bad: List[BadLine]) -> None:
    for line in bad[:_SHOWN_BAD_LINES]:
        stderr.print(str(line), style="yellow", markup=False, soft_wrap=True)
    if len(bad) > _SHOWN_BAD_LINES:
        stderr.print(f"… and {len(bad) - _SHOWN_BAD_LINES} more bad lines", style="yellow")


def report_jobs(jobs: List[Job]) -> None:
    """Raise where a search or its registration failed: a hunt without one detection is no clean bill."""
    for job in jobs:
        for message in job.messages:
            stderr.print(f"{job.saved.title}: {message}", style="yellow", markup=False, soft_wrap=True)
    failed = [failure for job in jobs for failure in ([job.error] if job.error else []) + job.failed_actions]
    if failed:
        raise LabError("; ".join(failed))
