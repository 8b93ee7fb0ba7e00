"""AppInspect exits 0 whatever it finds: its JSON decides, and only explained warnings pass."""

from __future__ import annotations

import json

import pytest

from tools import appinspect

EXPLAINED = {"check_threads": {"where": ["lib/solnlib/"], "why": "not called"}}


def report(kind: str, check: str = "check_threads", place: str | None = "lib/solnlib/pool.py") -> dict:
    message = {"result": kind, "message": "said", "message_filename": place}
    checks = [{"name": check, "result": kind, "messages": [message]}]
    counts = dict.fromkeys(["error", "failure", "future_failure", "warning", "success", "not_applicable"], 0)
    return {"reports": [{"groups": [{"checks": checks}]}], "summary": {**counts, kind: 1}}


def test_an_explained_warning_passes() -> None:
    assert appinspect.problems(report("warning"), EXPLAINED) == []


def test_a_warning_that_nobody_explained_stops_the_build() -> None:
    assert appinspect.problems(report("warning", check="check_new"), EXPLAINED) == ["warning: check_new: said"]


def test_an_explanation_for_a_library_does_not_excuse_our_own_code() -> None:
    assert appinspect.problems(report("warning", place="bin/okta_itdr/x.py"), EXPLAINED) != []
    assert appinspect.problems(report("warning", place=None), EXPLAINED) != []


@pytest.mark.parametrize("kind", ["error", "failure", "future_failure"])
def test_no_explanation_excuses_a_failure(kind: str) -> None:
    assert appinspect.problems(report(kind), EXPLAINED) == [f"{kind}: check_threads: said"]


def test_a_failure_that_is_only_counted_stops_the_build() -> None:
    counted = report("success")
    counted["summary"]["failure"] = 1
    assert appinspect.problems(counted, EXPLAINED) != []


def test_every_explanation_says_where_and_why() -> None:
    for check, entry in json.loads(appinspect.EXPLAINED.read_text()).items():
        assert entry["where"] and entry["why"].endswith("."), check
