"""What the add-on is held to, part by part. Exit 1 on any miss.

soak: the packaged input killed again and again (SIGKILL) under random faults, on each Python that Splunk may bring and
this machine has. No event is lost, none comes again but those of the page in hand: at most one page a kill.

addon: Splunk's own judge of add-ons, pytest-splunk-addon as it is published, makes tests of the package's fields,
lookups, event types, tags, data models and saved searches and runs them on the emulated splunkd, which holds a
simulated day. No test fails or is skipped without a reason, which is printed; an app that is half wrong is judged
beside it, and each of its faults must be found.

mutation: each `where` of the shipped rules is changed in small ways (a comparison turned round, a bound taken in or
out, AND for OR, a part left out), and the detection's cases must notice. Those that nobody noticed are listed.

With --splunk URL instead: the detection cases on a Splunk elsewhere, through REST alone. It needs the package
installed there, an index for the cases' events, and an authentication token of an administrator in the environment as
SPLUNK_TOKEN. Events and ledgers stay behind: take a Splunk that nobody needs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Dict

from rich.console import Console
from rich.table import Table

from lab.cases import read_cases
from lab.cli import mutation_judge, splunk_tool
from lab.cli.findings import findings
from lab.cli.installed import LabError, package
from lab.cli.progress import progress, stderr
from lab.remote.connection import RemoteError, SearchRefused, Splunk
from lab.remote.detections import Detections
from lab.soak import Soak, Verdict
from lab.splunkd.packages import PackageError
from tools import pythons

NAME = "judge"
HELP = "the soak, Splunk's own judge and mutation, or (--splunk URL) the detection cases on a Splunk elsewhere"
SOAK, ADDON, MUTATION = "soak", splunk_tool.PART, mutation_judge.PART
_PYTHONS = ((3, 9), (3, 13))  # Splunk's
_CASES = Path(__file__).resolve().parents[2] / "tests" / "detections"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", choices=(SOAK, ADDON, MUTATION), help="one part (default: all)")
    parser.add_argument(
        "--kills", type=_number, default=500, metavar="N", help="of the soak, on each Python (default: %(default)s)"
    )
    parser.add_argument("--seed", default="soak", help="of the soak (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    parser.add_argument("--splunk", metavar="URL", help="its management port: https://host:8089")
    parser.add_argument("--index", default="main", help="where the cases' events go (default: main)")
    parser.add_argument("--cases", type=Path, default=_CASES, metavar="FOLDER", help="default: those of the tests")


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of kills: at least 1")
    return int(text)


def run(given: argparse.Namespace) -> int:
    if given.splunk and given.part:
        raise LabError(f"{given.part} needs no Splunk: leave out --splunk, or {given.part}")
    if given.splunk:
        return _detections(given)
    parts = {SOAK: _soak, ADDON: _addon, MUTATION: _mutation}
    return max([parts[part](given) for part in ([given.part] if given.part else parts)])


def _addon(given: argparse.Namespace) -> int:
    judgement = splunk_tool.judge()
    for complaint in splunk_tool.complaints(judgement):
        stderr.print(complaint, soft_wrap=True, markup=False)
    if given.json:
        print(splunk_tool.as_json(judgement), flush=True)
    else:
        splunk_tool.print_judgement(judgement, Console())
    return 0 if judgement.met else 1


def _mutation(given: argparse.Namespace) -> int:
    try:
        verdict = mutation_judge.judge(given.cases)
    except ValueError as error:
        raise LabError(str(error)) from None
    if given.json:
        for one in verdict.held:
            print(mutation_judge.as_json(one), flush=True)
        for name in verdict.failing:
            stderr.print(f"{name} does not pass its own cases", soft_wrap=True)
    else:
        mutation_judge.print_verdict(verdict, Console())
    return 0 if verdict.met else 1


def _soak(given: argparse.Namespace) -> int:
    verdicts: Dict[str, Verdict] = {}
    for version, python in pythons.found().items():
        if version not in _PYTHONS:
            continue
        name = "{}.{}".format(*version)
        verdicts[name] = _soaked(name, python, given)
        if given.json:
            facts = {"part": SOAK, "python": name, **vars(verdicts[name]), "met": verdicts[name].met}
            print(json.dumps({**facts, "seconds": round(facts["seconds"], 1)}), flush=True)
    if not verdicts:
        raise LabError("neither Python 3.9 nor 3.13, which Splunk brings, runs here")
    if not given.json:
        Console().print(_table(verdicts))
    return 0 if all(verdict.met for verdict in verdicts.values()) else 1


def _soaked(name: str, python: Path, given: argparse.Namespace) -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="okta-itdr-soak-"))
    verdict = None
    try:
        with progress() as bars:
            task = bars.add_task(f"Soak on Python {name}", total=given.kills, note="")
            verdict = Soak(given.seed, given.kills, package(), python, folder).run(
                lambda kills, note: bars.update(task, completed=kills, note=f"{kills} kills · {note}")
            )
    except PackageError as error:
        raise LabError(str(error)) from error
    finally:
        if verdict is None or verdict.met:
            shutil.rmtree(folder)
    for complaint in verdict.complaints:
        stderr.print(f"Python {name}, {complaint}", soft_wrap=True, markup=False)
    if not verdict.met:
        stderr.print(f"Logs, checkpoints and indexes of what went wrong are in {folder}", soft_wrap=True)
    return verdict


def _table(verdicts: Dict[str, Verdict]) -> Table:
    table = Table("part", "Python", "figure", "value", "goal", "", box=None, header_style="bold", padding=(0, 2))
    for python, verdict in verdicts.items():
        figures = {
            "events lost": (verdict.lost, 0),
            "events changed": (verdict.altered, 0),
            "events again": (verdict.repeated, None),
            "… for no kill": (verdict.excess, 0),
            "complaints": (len(verdict.complaints), 0),  # each stands on standard error
            "kills": (verdict.kills, None),
            "… of a process at work": (verdict.struck, None),
            "… with (part of) a page again": (verdict.repeating, None),
            "hours compared with Okta": (verdict.audits, None),
            "faults": (sum(verdict.faults.values()), None),
            "runs": (verdict.runs, None),
            "events": (verdict.events, None),
            "seconds": (round(verdict.seconds), None),
        }
        for number, (figure, (value, goal)) in enumerate(figures.items()):
            about = ("", "") if number else (SOAK, python)
            said = ("", "") if goal is None else (str(goal), "met" if value == goal else "missed")
            table.add_row(*about, figure, f"{value:,}", *said)
    return table


def _detections(given: argparse.Namespace) -> int:
    failed = 0
    try:
        cases = read_cases(given.cases)
        splunk = Splunk(given.splunk)
        there = Detections(splunk, given.index)
        left_out = [case for case in cases if there.reads_findings(case)]
        cases = [case for case in cases if case not in left_out]
        if left_out:
            stderr.print(
                f"{len(left_out)} cases are left out: their detections read findings, none is registered there."
            )
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
