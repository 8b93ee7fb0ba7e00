"""docs/detections.md tells of every detection, and the truth."""

from __future__ import annotations

import pytest

from tools import detection_reference
from tools.detection_reference import CASES, PAGE, NotDescribed, anchor, cases, detections, page, window


def test_page_would_be_stale():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/run.py tools.detection_reference`"


def test_every_detection_has_a_section_with_its_cases():
    text = page()
    for one in detections():
        assert f"\n## {one.title}\n" in text
        assert f"(#{anchor(one.title)})" in text
        told = list(cases(one.id))
        assert len(told) == len(list((CASES / one.id).glob("*.jsonl")))
        assert {"attack", "benign"} <= {case.kind for case in told}


def test_thresholds_and_lists_of_a_detection_are_those_it_uses_by_way_of_other_macros():
    (hijack,) = [one for one in detections() if one.id == "session_hijack"]
    assert "okta_itdr_border_distance" in {entry.name for entry in hijack.thresholds()}  # two macros deep
    assert {"okta_itdr_trusted_networks", "okta_itdr_session_ledger"} <= hijack.lookups()


def test_windows_are_told_in_words():
    by_index = {"cron_schedule": "4-59/10 * * * *", "dispatch.earliest_time": "-24h@h"}
    by_index.update({"dispatch.index_earliest": "-25m@m", "dispatch.index_latest": "-5m@m"})
    told = "every 10 minutes, over what was indexed 25 to 5 minutes before and is not older than 24 hours"
    assert window(by_index) == told
    assert window({"cron_schedule": "0 3 * * *", "dispatch.earliest_time": "-1d"}) == (
        "at `0 3 * * *`, over the events of the last 1 day"
    )
    with pytest.raises(NotDescribed):
        window({"cron_schedule": "0 3 * * *", "dispatch.earliest_time": "rt"})


def test_an_attack_without_a_source_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "detections" / "session_hijack"
    folder.mkdir(parents=True)
    (folder / "attack_new.jsonl").touch()
    (folder.parent / "README.md").write_text("| file | source |\n|---|---|\n| `session_hijack/attack_n*` | a paper |\n")
    monkeypatch.setattr(detection_reference, "CASES", folder.parent)
    assert [case.source for case in cases("session_hijack")] == ["a paper"]
    (folder / "attack_old.jsonl").touch()
    with pytest.raises(NotDescribed, match="attack_old has no source"):
        list(cases("session_hijack"))
