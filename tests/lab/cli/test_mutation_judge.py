"""`judge mutation`: the cases of a detection tried on changes of its conditions, in processes of their own."""

import json
import shutil
from pathlib import Path

import pytest

from lab.__main__ import main
from lab.cli.mutation_judge import NothingNew
from lab.schedule.window import Window

pytestmark = pytest.mark.usefixtures("tarball")

CASES = Path(__file__).resolve().parents[2] / "detections" / "console_denied_not_followed"


def test_the_alive_are_named_and_too_many_of_them_are_a_miss(tmp_path, capsys):
    folder = tmp_path / "cases" / CASES.name
    folder.mkdir(parents=True)
    for file in CASES.glob("attack_repeated_denials_are_one_finding*"):
        shutil.copy(file, folder)
    status = main(["judge", "mutation", "--cases", str(folder.parent), "--json"])
    told = {one["conditions_of"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    one = told["console_denied_not_followed"]
    assert one["mutants"] == one["killed"] + len(one["alive"])
    assert 0 < one["killed"] < one["mutants"]
    assert "no condition" in {mutant["change"] for mutant in one["alive"]}
    assert (status, one["met"]) == (1, False)


def test_a_window_may_find_nothing_that_is_new_worse_or_outside_of_it():
    def row(finding_id, severity="medium", at=150.0):
        return {"finding_id": finding_id, "severity": severity, "first_time": at, "last_time": at}

    judged = NothingNew([row("a"), row("far", at=900.0)], Window(200.0, 100.0, 200.0))
    assert judged([]) and judged([row("a")]) and judged([row("a", "low")])
    for rows in ([row("other")], [row("a", "high")], [row("a"), row("far", at=900.0)]):
        assert not judged(rows)
