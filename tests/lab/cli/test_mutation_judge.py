"""`judge mutation`: what it holds a changed condition to (lab/cli/mutation_judge.py)."""

from __future__ import annotations

from lab.cli.mutation_judge import NothingNew
from lab.schedule.window import Window


def test_a_window_may_find_nothing_that_is_new_worse_or_outside_of_it():
    def row(finding_id, severity="medium", at=150.0):
        return {"finding_id": finding_id, "severity": severity, "first_time": at, "last_time": at}

    def judged(*rows, own=()):
        asked = NothingNew([row("a"), row("far", at=900.0)], Window(200.0, 100.0, 200.0))
        asked(list(own))  # what the rule as it is gives there
        return asked(list(rows))

    assert judged() and judged(row("a")) and judged(row("a", "low")) and judged(row("own"), own=[row("own")])
    assert not judged(row("other")) and not judged(row("a", "high")) and not judged(row("far", at=900.0))
