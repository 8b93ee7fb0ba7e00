"""`judge mutation`: what it holds a changed condition to (lab/cli/mutation_judge.py)."""

from __future__ import annotations

from lab.cli.mutation_judge import NothingNew
from lab.schedule.window import Window


def test_a_window_may_find_nothing_that_is_new_worse_or_outside_of_it():
    def row(finding_id, severity="medium", at=150.0):
        return {"finding_id": finding_id, "severity": severity, "first_time": at, "last_time": at}

    judged = NothingNew([row("a"), row("far", at=900.0)], Window(200.0, 100.0, 200.0))
    assert judged([]) and judged([row("a")]) and judged([row("a", "low")])
    for rows in ([row("other")], [row("a", "high")], [row("a"), row("far", at=900.0)]):
        assert not judged(rows)
