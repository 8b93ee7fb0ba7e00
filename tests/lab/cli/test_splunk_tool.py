"""What `judge addon` says: each miss on a line of its own, each reason printed, the counts at the end."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from lab.__main__ import main
from lab.addon_judge.verdict import FAILED, PASSED, SKIPPED, Excepted, Outcome, Verdict, read_exceptions
from lab.cli.splunk_tool import Judgement, as_json, complaints, print_judgement

EXCEPTIONS = Path(__file__).parents[2] / "judges" / "addon" / "exceptions.json"
NO_TAGS = Excepted("test_tags*", SKIPPED, "there are no tags")
OUTCOMES = [
    Outcome("test_fields[a::x]", PASSED),
    Outcome("test_fields[a::y]", FAILED, "no\n result"),
    Outcome("test_tags[none0]", SKIPPED, "empty"),
]
FOUND = Verdict(
    [Outcome("test_fields[b]", FAILED), Outcome("test_fields[c]", PASSED)], [Excepted("*b]", FAILED, "bad")]
)
BLIND = Verdict([Outcome("test_fields[b]", PASSED)], [Excepted("*b]", FAILED, "bad")])


@pytest.mark.judge
def test_the_tool_would_object_to_what_ships(tarball, capsys):
    """The whole of `judge addon`: most of its two minutes it waits."""
    assert main(["judge", "addon", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["met"] and told["passed"] > 300
    assert {one["test"] for one in told["excepted"]} <= {one.test for one in read_exceptions(EXCEPTIONS)}


def printed(judgement):
    out = io.StringIO()
    print_judgement(judgement, Console(file=out, width=80))
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_a_failure_without_a_reason_is_a_miss():
    judgement = Judgement(Verdict(OUTCOMES, [NO_TAGS]), FOUND, 61.2)
    assert not judgement.met
    assert complaints(judgement) == ["test_fields[a::y] failed: no result"]
    lines = printed(judgement)
    assert "test_fields 1 1 missed" in lines
    assert "test_tags 1 excepted" in lines
    assert "skipped: test_tags* (there are no tags)" in lines
    assert lines[-1] == "1 passed, 1 failed, 1 skipped; 1 of the control's 1 faults found; 61 s"
    told = json.loads(as_json(judgement))
    assert (told["passed"], told["failed"], told["skipped"], told["met"]) == (1, 1, 1, False)
    assert told["excepted"][0]["reason"] == "there are no tags"


def test_a_judge_that_does_not_see_what_is_wrong_is_no_judge():
    judgement = Judgement(Verdict(OUTCOMES[:1], []), BLIND, 1.0)
    assert not judgement.met
    assert complaints(judgement) == ["the control's fault was not found: *b] failed (bad)"]


def test_a_reason_that_nothing_needs_is_said():
    judgement = Judgement(Verdict(OUTCOMES[:1], [NO_TAGS]), FOUND, 1.0)
    assert complaints(judgement) == ["no test needs this exception any more: test_tags* skipped (there are no tags)"]
