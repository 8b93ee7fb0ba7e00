"""The soak on a small scale, and that it would tell: every way in which its judgement must fail."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import List

import pytest

from lab.__main__ import main
from lab.cli import judge
from lab.soak import PAGE, Output, Soak, Verdict, judged, log_of

LOG = log_of(Random("judge"), 3_000)
RAWS = list(dict.fromkeys(event.raw for event in LOG))


def test_ten_kills_under_faults_would_lose_or_double_events(shipped_python: Path, tarball: Path, tmp_path: Path):
    told: List[int] = []
    soak = Soak("ten", 10, tarball, shipped_python, tmp_path / "lives", events=9_000)
    verdict = soak.run(lambda kills, note: told.append(kills))
    assert verdict.complaints == []
    assert (verdict.kills, verdict.lost, verdict.excess, verdict.altered, verdict.met) == (10, 0, 0, 0, True)
    assert verdict.repeating <= 10 and verdict.repeated <= verdict.repeating * PAGE
    # It was no child's play: most struck a process at work, and Okta did fail.
    assert verdict.struck >= 5 and verdict.events > 8_500 and sum(verdict.faults.values()) > 0 and told[-1] == 10
    assert list((tmp_path / "lives").iterdir()) == []


def whole(*raws: bytes) -> Output:
    return Output(False, raws)


def killed(*raws: bytes) -> Output:
    return Output(True, raws)


def test_log_that_is_all_there_and_once_would_be_complained_of():
    verdict = judged(LOG, [killed(*RAWS[:700]), killed(), whole(*RAWS[700:])])
    assert (verdict.met, verdict.kills, verdict.runs, verdict.events) == (True, 2, 3, len(RAWS))


def test_page_in_hand_at_a_kill_would_not_be_allowed_to_come_again():
    verdict = judged(LOG, [killed(*RAWS[:1500]), killed(*RAWS[500:1500]), whole(*RAWS[500:])])
    assert (verdict.met, verdict.repeated, verdict.repeating) == (True, 2 * PAGE, 2)


@pytest.mark.parametrize(
    ("outputs", "lost", "excess", "altered"),
    [
        ([killed(*RAWS[:700]), whole(*RAWS[701:])], 1, 0, 0),
        ([whole(*RAWS, *[RAWS[5]] * 2000)], 0, 2000, 0),
        ([killed(*RAWS[:1500], RAWS[1499]), whole(*RAWS[1500:])], 0, 1, 0),
        ([killed(*RAWS[:1500]), whole(*RAWS[499:])], 0, 1, 0),
        ([whole(*RAWS[:1500]), whole(*RAWS[1490:])], 0, 10, 0),
        ([killed(*RAWS[:1500]), whole(*RAWS[1490:]), whole(RAWS[1495])], 0, 1, 0),
        ([whole(*RAWS[:-1], RAWS[-1].replace(b"1.50E+1", b"15.0"))], 1, 0, 1),
    ],
    ids=[
        "one is lost",
        "one comes 2000 times again",
        "again in the same run",
        "more than a page again after a kill",
        "again though nobody killed",
        "a page again twice after one kill",
        "one is written anew",
    ],
)
def test_what_a_broken_input_does_would_pass(outputs, lost, excess, altered):
    verdict = judged(LOG, outputs)
    assert (verdict.met, verdict.lost, verdict.excess, verdict.altered) == (False, lost, excess, altered)
    assert len(verdict.complaints) == sum(map(bool, (lost, excess, altered)))


@pytest.mark.parametrize(("lost", "status"), [(0, 0), (3, 1)])
def test_loss_would_not_show_in_the_exit_status(lost, status, monkeypatch, capsys, tmp_path, tarball):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where judge leaves what went wrong
    monkeypatch.setattr(judge.pythons, "found", lambda: dict.fromkeys(((3, 9), (3, 12), (3, 13)), Path("python")))
    monkeypatch.setattr(Soak, "run", lambda soak, say: Verdict(soak.kills, lost=lost, faults=Counter(reset=2)))
    assert main(["judge", "soak", "--kills", "7", "--json"]) == status
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["part"], one["python"], one["kills"], one["lost"], one["faults"], one["met"]) for one in said] == [
        ("soak", python, 7, lost, {"reset": 2}, not lost) for python in ("3.9", "3.13")
    ]
    assert main(["judge", "soak"]) == status
    assert ("missed" in capsys.readouterr().out) == bool(lost)


def test_soak_would_be_taken_for_something_that_runs_on_a_splunk(capsys):
    assert main(["judge", judge.SOAK, "--splunk", "https://localhost:1"]) == 2
