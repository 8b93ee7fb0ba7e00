"""Findings and what people said of them go when they are old and done, never while somebody has one open."""

from __future__ import annotations

import pytest
from keeper import APP, DAY, NOW, Keeper

FINDINGS, TRIAGE, CHANGES = "okta_itdr_findings", "okta_itdr_triage", "okta_itdr_triage_changes"
OLD, YOUNG = NOW - 401 * DAY, NOW - 399 * DAY


@pytest.fixture
def filled(keeper: Keeper) -> Keeper:
    keeper.put(
        FINDINGS,
        *(
            {"_key": key, "finding_id": key, "last_time": OLD, "registered": OLD, "updated": updated}
            for key, updated in (
                ("untouched", OLD),
                ("grown", YOUNG),
                ("open", OLD),
                ("reopened", OLD),
                ("done", OLD),
                ("done lately", OLD),
                ("long done", OLD - 60 * DAY),
            )
        ),
    )
    keeper.put(
        TRIAGE,
        {"_key": "open", "registered": OLD, "status": "in_progress", "changed": OLD},
        {"_key": "reopened", "registered": OLD, "status": "new", "changed": OLD, "acknowledged": OLD},
        {"_key": "done", "registered": OLD, "status": "closed", "changed": OLD, "resolved": OLD},
        {"_key": "done lately", "registered": OLD, "status": "resolved", "changed": NOW, "resolved": NOW - DAY},
        {"_key": "long done", "registered": OLD - 60 * DAY, "status": "closed", "resolved": OLD - 31 * DAY},
    )
    keeper.put(CHANGES, {"_key": "old", "time": OLD}, {"_key": "young", "time": YOUNG})
    return keeper


def test_what_is_old_goes_and_what_somebody_has_open_stays(filled):
    job = filled.search()
    assert job.done and job.triggered, (job.error, job.failed_actions)
    assert filled.left(FINDINGS) == ["grown", "open", "reopened"]
    # What was said outlives its finding, which might grow once more: then it is not new again.
    assert filled.left(TRIAGE) == ["done", "done lately", "open", "reopened"]
    assert filled.left(CHANGES) == ["young"]
    (told,) = [line for line in filled.logged() if f'collection="{FINDINGS}"' in line]
    assert told.endswith("removed=4")
    before = filled.everything()
    assert filled.search().done
    assert filled.everything() == before


def test_the_open_one_goes_once_it_is_done(filled):
    filled.put(TRIAGE, {"_key": "open", "registered": OLD, "status": "closed", "changed": NOW, "resolved": NOW})
    assert filled.search().done
    assert filled.left(FINDINGS) == ["grown", "reopened"]


def test_nothing_open_is_removed_by_one_request(filled):
    filled.instance.kvstore.collection(APP, TRIAGE).delete()
    assert filled.search().done
    assert filled.left(FINDINGS) == ["grown"]


def test_days_of_0_keep_for_ever(filled):
    filled.instance.configure(APP, "macros", "okta_itdr_findings_days", {"definition": "0"})
    before = filled.everything()
    job = filled.search()
    assert job.done and not {FINDINGS, TRIAGE, CHANGES} & {row["collection"] for row in job.rows}
    assert filled.everything() == before


@pytest.mark.parametrize("days", ["-1", "ninety"])
def test_days_that_are_none_remove_nothing(filled, days):
    filled.instance.configure(APP, "macros", "okta_itdr_findings_days", {"definition": days})
    before = filled.everything()
    assert filled.search().failed_actions
    assert filled.everything() == before


def test_more_open_ones_than_a_request_can_spare_are_said_and_none_is_removed(filled):
    many = [f"{number:064x}" for number in range(51)]
    filled.put(FINDINGS, *({"_key": key, "registered": OLD, "updated": OLD} for key in many))
    filled.put(TRIAGE, *({"_key": key, "registered": OLD, "status": "pending"} for key in many))
    job = filled.search()
    (said,) = job.failed_actions
    assert "53 findings are older than they are kept for and still open, more than 50" in said
    assert len(filled.left(FINDINGS)) == 7 + 51
    assert filled.left(CHANGES) == ["young"]


def test_fifty_open_ones_are_spared(filled):
    many = [f"{number:064x}" for number in range(48)]
    filled.put(FINDINGS, *({"_key": key, "registered": OLD, "updated": OLD} for key in many))
    filled.put(TRIAGE, *({"_key": key, "registered": OLD, "status": "pending"} for key in many))
    assert filled.search().done
    assert filled.left(FINDINGS) == sorted([*many, "grown", "open", "reopened"])
