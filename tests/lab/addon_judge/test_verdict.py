"""No failure and no skip goes by without a reason, and no reason stays that nothing needs."""

from __future__ import annotations

import json

import pytest

from lab.addon_judge.verdict import FAILED, PASSED, SKIPPED, Excepted, Outcome, Verdict, read_exceptions, read_report

REPORT = """<testsuites><testsuite>
<testcase name="test_fields[a::field::x]"/>
<testcase name="test_fields[a::field::y]"><failure message="no result">trace</failure></testcase>
<testcase name="test_fields[a::field::z]"><error message="failed on setup">trace</error></testcase>
<testcase name="test_tags[none0]"><skipped message="got empty parameter set" type="pytest.skip"/></testcase>
</testsuite></testsuites>"""
TAGS = Excepted("test_tags*", SKIPPED, "there are no tags")
Y, Z = (Excepted(f"test_fields[a::field::{name}]", FAILED, "a reason") for name in "yz")


@pytest.fixture
def outcomes(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    return read_report(tmp_path / "report.xml")


def test_an_error_on_the_way_is_a_failure(outcomes):
    assert [outcome.result for outcome in outcomes] == [PASSED, FAILED, FAILED, SKIPPED]
    assert [outcome.words for outcome in outcomes[1:]] == ["no result", "failed on setup", "got empty parameter set"]
    assert [outcome.kind for outcome in outcomes] == ["test_fields"] * 3 + ["test_tags"]


@pytest.mark.parametrize(
    ("exceptions", "misses", "stale"),
    [
        ([TAGS, Y, Z], 0, 0),
        ([TAGS, Y], 1, 0),
        ([Y, Z], 1, 0),
        ([TAGS, Y, Z, Excepted("test_gone*", FAILED, "once")], 0, 1),
        ([TAGS, Y, Z._replace(result=SKIPPED)], 1, 1),
        ([TAGS, Y._replace(words="^no +result$"), Z], 0, 0),
        ([TAGS, Y._replace(words="another"), Z], 1, 1),
        ([TAGS, Excepted("test_fields[[]a]*", FAILED, "brackets are no set")], 2, 1),
    ],
)
def test_it_is_met_only_with_a_reason_for_each_and_a_use_for_each_reason(outcomes, exceptions, misses, stale):
    verdict = Verdict(outcomes, exceptions)
    assert (len(verdict.misses), len(verdict.stale), verdict.met) == (misses, stale, not misses + stale)


def test_nothing_but_skips_is_not_met():
    assert not Verdict([Outcome("test_tags[none0]", SKIPPED)], [TAGS]).met
    assert not Verdict([], []).met


@pytest.mark.parametrize(
    "wrong",
    [{}, [{"test": "a", "result": "failed"}], [{"test": "a", "result": "passed", "reason": "x"}]]
    + [[{"test": "a", "result": "failed", "reason": " "}]],
)
def test_an_exception_without_a_reason_is_refused(tmp_path, wrong):
    (tmp_path / "exceptions.json").write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match="reason"):
        read_exceptions(tmp_path / "exceptions.json")
