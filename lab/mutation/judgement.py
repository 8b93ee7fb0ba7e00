"""Which mutants of a detection's conditions its cases notice.

The detection runs once over all its cases, each a tenant; what reaches each `where` is kept. A mutant is judged from
there on: it lives when it lets the same rows pass, or when no case complains of what comes out in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from lab.mutation.conditions import Mutant, Words, mutants
from lab.mutation.values import known_before
from lab.spl.command import Command, Fields, Rows
from lab.spl.commands.where import Where
from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import Expression
from lab.spl.search import Pipeline, Search, Stage
from lab.spl.values import copied


class Run(NamedTuple):
    """A dispatch of the detection: its context, and whether the rows that come out are what the cases expect."""

    context: Context
    as_expected: Callable[[Sequence[Row]], bool]


class Judged(NamedTuple):
    """A mutant: the `where` it changes, how, and whether any case noticed."""

    macro: Optional[str]  # the macro whose expansion holds the where; None: it stands in the detection itself
    clause: str
    change: str
    killed: bool


class NotAsExpected(Exception):
    """The detection does not pass its cases as it is."""


def judged(search: Search, runs: Sequence[Run]) -> Iterator[Judged]:
    """Each mutant of each `where` of the search's own pipeline; killed when any of `runs` is not as expected."""
    pipeline, source = search.pipeline, search.pipeline.source
    tapped = [_tapped(search, run) for run in runs]
    for index, stage in enumerate(pipeline.stages):
        if not isinstance(stage.command, Where):
            continue
        benches = [_Bench(pipeline, index, rows[index], run) for run, rows in zip(runs, tapped)]
        expression = stage.command.expression
        macro, clause = source.origin(stage.start)[2], Words(source.text)(expression.tree)
        known = known_before(pipeline.commands[:index])
        seen: Set[str] = set()
        for mutant in [Mutant("no condition", None), *mutants(expression, known)]:
            if mutant.change not in seen:
                seen.add(mutant.change)
                yield Judged(macro, clause, mutant.change, any(bench.notices(mutant.expression) for bench in benches))


def _tapped(search: Search, run: Run) -> Dict[int, List[Row]]:
    """The rows that reach each `where`, by the stage's index."""
    taps: Dict[int, _Tap] = {}
    stages: List[Stage] = []
    for index, stage in enumerate(search.pipeline.stages):
        if isinstance(stage.command, Where):
            taps[index] = _Tap()
            stages.append(Stage(taps[index], stage.start, stage.end))
        stages.append(stage)
    found = Search(search.base, Pipeline(stages, search.pipeline.source), search.inner).run(run.context)
    if not run.as_expected(found.rows):
        raise NotAsExpected
    return {index: tap.rows for index, tap in taps.items()}


class _Tap(Command):
    """Keeps a copy of the rows that pass."""

    name = "tap"

    def __init__(self) -> None:
        self.rows: List[Row] = []

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            self.rows.append(copied(row))
            yield row


@dataclass
class _Bench:
    """Tries other conditions in one `where`, the stage at `index`, over the rows that reach it."""

    pipeline: Pipeline
    index: int
    rows: List[Row]
    run: Run

    def __post_init__(self) -> None:
        original = self.pipeline.stages[self.index].command
        assert isinstance(original, Where)
        self._verdicts: Dict[Tuple[bool, ...], bool] = {self._passing(original.expression): False}

    def notices(self, condition: Optional[Expression]) -> bool:
        """None: no condition at all. The same rows are judged once."""
        try:
            passing = self._passing(condition)
        except SearchError:
            return True
        if passing not in self._verdicts:
            self._verdicts[passing] = not self._stands(passing)
        return self._verdicts[passing]

    def _passing(self, condition: Optional[Expression]) -> Tuple[bool, ...]:
        if condition is None:
            return (True,) * len(self.rows)
        return tuple(map(condition.condition(self.run.context), self.rows))

    def _stands(self, passing: Tuple[bool, ...]) -> bool:
        rows = (copied(row) for row, passes in zip(self.rows, passing) if passes)
        rest = Pipeline(self.pipeline.stages[self.index + 1 :], self.pipeline.source)
        try:
            return self.run.as_expected(list(rest.run(rows, self.run.context)))
        except SearchError:
            return False
