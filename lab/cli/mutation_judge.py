"""`judge mutation`: do the cases of the detections notice when a condition is changed a little?

Each `where` of each shipped rule is changed in every way that lab.mutation knows, and judged by the detection's cases:
hunted over all of them at once, and dispatched at moments at which its window ends or begins among their events: it may
then find nothing that the hunt does not. A condition in a macro that several detections call is held by any of them.
"""

from __future__ import annotations

import json
import math
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

from rich.console import Console
from rich.table import Table

from lab.cases import SEVERITIES, Case, read_cases
from lab.cli.case_hunt import installed_with, search_of, searches_before
from lab.cli.findings import findings
from lab.cli.hunt import SOURCETYPE, newest, report_jobs
from lab.cli.installed import APP, LabError
from lab.cli.progress import progress
from lab.mutation.judgement import Judged, NotAsExpected, Run, judged
from lab.mutation.remembering import remembering
from lab.schedule.hunt import hunt
from lab.schedule.saved_search import SavedSearch
from lab.schedule.window import Window, hunt_window, scheduled_window
from lab.spl.context import Context, Row
from lab.spl.search import Search
from lab.splunkd.instance import Instance

PART = "mutation"
BAR = 0.6  # of the mutants of each detection (and macro): what is left are filters that only save time, and bounds
_SPARED = 1  # in a detection of few conditions one filter that only saves time would be half of them
_BESIDE = 60.0  # seconds after an event, or after it has left the window, at which that ends
_CUTS = 4  # events of a case at which it does
_NEEDED = ("finding_id", "detection_id", "severity", "first_time", "last_time")  # of a finding
# Macros whose conditions no case can reach, for they ask what people have entered: they have tests of their own.
_ELSEWHERE = {"okta_itdr_finding": "tests/detections/test_suppression.py"}


@dataclass
class Held:
    """The mutants of one detection's own conditions, or of a macro's: which any case killed."""

    name: str
    killed: Set[Tuple[str, str]] = field(default_factory=set)  # clause and change
    alive: Set[Tuple[str, str]] = field(default_factory=set)

    @property
    def mutants(self) -> int:
        return len(self.killed) + len(self.alive)

    @property
    def score(self) -> float:
        return len(self.killed) / self.mutants if self.mutants else 1.0

    @property
    def met(self) -> bool:
        return self.score >= BAR or len(self.alive) <= _SPARED

    def add(self, told: Judged) -> None:
        mutant = (told.clause, told.change)
        if told.killed:
            self.killed.add(mutant)
            self.alive.discard(mutant)
        elif mutant not in self.killed:
            self.alive.add(mutant)


class Verdict(NamedTuple):
    held: List[Held]  # detections by name, then macros
    failing: List[str]  # detections that are not there or do not pass their own cases
    seconds: float

    @property
    def met(self) -> bool:
        return not self.failing and all(one.met for one in self.held)


def judge(folder: Path) -> Verdict:
    """All detections that have cases below `folder`, on every core."""
    begun = time.monotonic()
    names = sorted({case.detection for case in read_cases(folder)})
    found: Dict[str, List[Judged]] = {}
    failing: List[str] = []
    with (
        progress() as bars,
        ProcessPoolExecutor(min(os.cpu_count() or 1, len(names) or 1), get_context("spawn")) as pool,
    ):
        bar = bars.add_task("Mutation", total=len(names), note="")
        asked = {pool.submit(of_detection, folder, name): name for name in names}
        for done in as_completed(asked):
            name = asked[done]
            try:
                found[name] = done.result()
                bars.update(bar, advance=1, note=f"{name}: {len(found[name])} mutants")
            except (NotAsExpected, LabError):
                failing.append(name)
    return Verdict(held(found), sorted(failing), time.monotonic() - begun)


def held(found: Dict[str, List[Judged]]) -> List[Held]:
    own = {name: Held(name) for name in sorted(found)}
    macros: Dict[str, Held] = {}
    for name, mutants in found.items():
        for told in mutants:
            if told.macro is None:
                own[name].add(told)
            else:
                macro = told.macro.partition("(")[0]
                if macro in _ELSEWHERE:
                    continue
                macros.setdefault(macro, Held(f"`{macro}`")).add(told)
    return [*own.values(), *(macros[name] for name in sorted(macros))]


def of_detection(folder: Path, detection: str) -> List[Judged]:
    """The mutants of one detection, judged by its cases. Raises NotAsExpected where it does not pass them as it is."""
    cases = [case for case in read_cases(folder) if case.detection == detection]
    with installed_with(cases) as instance:
        searches = instance.saved_searches(APP)
        (rule,) = [saved for saved in searches if saved.title == search_of(detection)]
        before = searches_before(detection, searches)
        report_jobs(hunt(before, instance.head, newest(instance), instance.act))
        return _judged(instance, rule, cases)


def _judged(instance: Instance, rule: SavedSearch, cases: Sequence[Case]) -> List[Judged]:
    def context(window: Window) -> Context:
        return instance.head.context(window, rule.app, lambda message: None, None, rule.owner)

    def as_cases_say(rows: Sequence[Row]) -> bool:
        if any(row.get(column) is None for row in rows for column in _NEEDED):
            return False  # the alert action refuses such a row
        found = findings(rows)
        return not any(
            case.complaints([finding for finding in found if finding["tenant"] == case.name]) for case in cases
        )

    at_once = hunt_window(newest(instance))
    parsed = instance.head.parsed(rule.search, context(at_once), rule.app, rule.owner)
    search = Search(parsed.base, remembering(parsed.pipeline), parsed.inner)
    hunted = search.run(context(at_once)).rows
    runs = [Run(context(window), as_cases_say) for window in (at_once, Window(at_once.now))]
    runs += [Run(context(window), NothingNew(hunted, window)) for window in _cuts(instance, rule)]
    return list(judged(search, runs))


class NothingNew:
    """Whether rows are findings that the hunt knows, none worse than there, none wholly outside the window."""

    def __init__(self, hunted: Sequence[Row], window: Window) -> None:
        self._window = window
        self._allowed = {told for row in hunted for told in _no_worse(row["finding_id"], row["severity"])}

    def __call__(self, rows: Sequence[Row]) -> bool:
        return all(self._inside(row) and (row["finding_id"], row["severity"]) in self._allowed for row in rows)

    def _inside(self, row: Row) -> bool:
        return float(row["first_time"]) <= self._window.latest and float(row["last_time"]) >= self._window.earliest


def _no_worse(finding_id: str, severity: str) -> List[Tuple[str, str]]:
    return [(finding_id, other) for other in SEVERITIES[SEVERITIES.index(severity) :]]


def _cuts(instance: Instance, rule: SavedSearch) -> List[Window]:
    """The rule's window as it ends, or begins, among the events of a case. A rule that reads by index time has none:
    when these events were indexed says nothing."""
    if rule.index_earliest:
        return []
    times: Dict[str, List[float]] = {}  # by tenant
    for event in map(instance.store.event, range(len(instance.store))):
        if event.sourcetype == SOURCETYPE:
            times.setdefault(event.host, []).append(event.time)
    moments: Set[float] = set()
    for told in times.values():
        told.sort()
        for at in told[:: math.ceil(len(told) / _CUTS)]:
            length = at - scheduled_window(rule, at).earliest
            moments |= {at + _BESIDE, at + length + _BESIDE}
    return [scheduled_window(rule, moment) for moment in sorted(moments)]


# ---- telling


def as_json(one: Held) -> str:
    told = {
        "part": PART,
        "conditions_of": one.name,
        "mutants": one.mutants,
        "killed": len(one.killed),
        "score": round(one.score, 3),
        "goal": BAR,
        "alive": [{"where": clause, "change": change} for clause, change in sorted(one.alive)],
        "met": one.met,
    }
    return json.dumps(told, ensure_ascii=False)


def print_verdict(verdict: Verdict, console: Console) -> None:
    table = Table(PART, box=None, header_style="bold", padding=(0, 2))
    for column in ("mutants", "killed", "score", "goal"):
        table.add_column(column, justify="right")
    table.add_column()
    for one in verdict.held:
        score = (f"{one.mutants}", f"{len(one.killed)}", f"{one.score:.2f}", f"{BAR:g}")
        table.add_row(one.name, *score, "met" if one.met else "missed")
    console.print(table)
    for one in verdict.held:
        for clause, mutants in groupby(sorted(one.alive), key=lambda mutant: mutant[0]):
            console.print(f"\n{one.name} is as it was with: where {clause}", soft_wrap=True, markup=False)
            for _, change in mutants:
                console.print(f"    {change}", soft_wrap=True, markup=False, highlight=False)
    for name in verdict.failing:
        console.print(
            f"\n{name} does not pass its own cases: ./build.sh test tests/detections/test_detections.py -k {name}"
        )
    killed, mutants = (sum(map(count, verdict.held)) for count in (lambda one: len(one.killed), attrgetter("mutants")))
    console.print(f"\n{killed} of {mutants} mutants killed; {verdict.seconds:.0f} s", highlight=False)
