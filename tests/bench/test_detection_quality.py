"""What `bench detections` holds the detections to, and the page it writes."""

from __future__ import annotations

import pytest

from bench.detections import a_day, check, expectations, hunted, meets, play
from bench.quality_page import PAGE, titles
from bench.result import Result
from lab.okta.attacks import STEPS
from lab.okta.attacks.variants import VARIANTS


def test_every_expectation_is_of_a_step_and_a_variant_that_there_is():
    wanted = expectations()
    assert {one.scenario for one in wanted} == set(VARIANTS)
    for one in wanted:
        assert one.step in STEPS[one.scenario], one
        assert set(one.only) | set(one.unless) <= set(VARIANTS[one.scenario]), one
        assert one.who in ("victim", "owner", ""), one


def test_the_page_names_every_detection_attack_and_variant():
    text = PAGE.read_text(encoding="utf-8")
    named = [f"`{name}`" for name in titles()]
    named += [
        f"`{scenario}` | {variant.replace('_', ' ')} |" for scenario in VARIANTS for variant in VARIANTS[scenario]
    ]
    assert [name for name in named if name not in text] == [], "run `./build.sh bench detections --page`"


def test_false_findings_are_scaled_to_five_thousand_people_and_a_day():
    found = [{"detection_id": "a", "severity": severity} for severity in ("low", "high", "low")]
    assert a_day(found, people=1000, days=2) == {("a", "high"): 2.5, ("a", "low"): 5.0}


def test_a_finding_meets_an_expectation_by_its_detection_person_and_evidence():
    (wanted,) = [one for one in expectations() if one.detection == "session_hijack" and one.step == 1][:1]
    finding = {"detection_id": "session_hijack", "user": "ann", "evidence": ["u1", "u2"]}
    assert meets(finding, wanted, "ann", {"u2"})
    assert not meets(finding, wanted, "bob", {"u2"})
    assert not meets(finding, wanted, "ann", {"u3"})
    assert not meets({**finding, "detection_id": "other"}, wanted, "ann", {"u2"})


def test_a_goal_is_met_figure_by_figure():
    result = Result("a", "lab", {"recall": 1.0, "false": 3.0, "events": 7}, {"recall": 1.0}, {"false": 2})
    assert [result.meets(name) for name in result.figures] == [True, False, True]
    assert not result.met
    with pytest.raises(KeyError):
        assert Result("a", "lab", {}, {"recall": 1.0}, {}).met


@pytest.mark.usefixtures("tarball")
def test_a_step_that_nobody_saw_is_told_apart_from_one_that_was_seen():
    played = dict([play("beyondtrust_2023", "as_reported", "test", ["workday"])])
    found = hunted({host: one.tenant for host, one in played.items()})
    met = {(one.expectation.detection, one.expectation.step): bool(one.met_by) for one in check(played, found)}
    assert all(met["session_hijack", step] for step in (1, 2, 3, 4))
    found.findings.clear()
    assert not any(one.met_by for one in check(played, found))
