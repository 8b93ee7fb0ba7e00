"""Which events were written, remembered: the last ones, and by hour; and where the place in the log is kept."""

from __future__ import annotations

import json
import os

import pytest
from okta_itdr.collect.checkpoint import CheckpointError, CheckpointFile
from okta_itdr.collect.page import read_page
from okta_itdr.collect.recent import KEPT, RecentUuids
from okta_itdr.collect.written_hours import KEPT_HOURS, WrittenHours
from servers import event

HOUR = 3600


def events(*numbers: int, day: str = "2026-03-01", hour: int = 10) -> list:
    texts = [event(number).replace("2026-03-01T10", f"{day}T{hour:02d}") for number in numbers]
    return read_page(f"[{','.join(texts)}]".encode())


def test_memory_of_what_was_written_would_grow_for_ever():
    recent = RecentUuids()
    for page in range(12):
        recent.fresh(events(*range(page * 1000, page * 1000 + 1000)))
    again = RecentUuids(str(recent))
    assert len(again.fresh(events(*range(2_000, 12_000)))) == 0
    assert len(again.fresh(events(*range(1_000)))) == 1_000
    assert len(str(again)) < KEPT * 11


def test_hour_would_not_be_known_again_by_the_next_process(tmp_path):
    WrittenHours(tmp_path, "main").add(events(1, 2))
    hours = WrittenHours(tmp_path, "main")
    assert [each.uuid for each in hours.unknown(events(1, 2, 3))] == ["uuid-00003"]
    hours.add(events(3))
    assert hours.unknown(events(1, 2, 3)) == []
    assert len(WrittenHours(tmp_path, "other").unknown(events(1, 2, 3))) == 3
    assert len(hours.unknown(events(1, hour=11))) == 1  # another hour: another event


def test_busy_hour_would_fill_the_memory(tmp_path, monkeypatch):
    """What is added to an hour in memory is let go after a while, and still known."""
    monkeypatch.setattr("okta_itdr.collect.written_hours._ADDED", 10)
    hours = WrittenHours(tmp_path, "main")
    hours.unknown(events(1))
    for number in range(0, 100, 5):
        hours.add(events(*range(number, number + 5)))
    assert hours.unknown(events(*range(101))) == events(100)
    assert len(hours._loaded) <= 1


def test_event_without_uuid_or_time_would_be_left_out(tmp_path):
    hours = WrittenHours(tmp_path, "main")
    odd = read_page(b'[{"uuid":"1"},{"published":"2026-03-01T10:00:00.000Z"},7]')
    hours.add(odd)
    assert hours.unknown(odd) == odd


def test_hour_cut_off_by_a_full_disk_would_forget_all_that_follows(tmp_path):
    WrittenHours(tmp_path, "main").add(events(1))
    (file,) = (tmp_path / "main.hours").iterdir()
    file.write_bytes(file.read_bytes() + b"abc")
    hours = WrittenHours(tmp_path, "main")
    hours.add(events(2))
    assert WrittenHours(tmp_path, "main").unknown(events(1, 2)) == []


def test_old_hours_would_fill_the_disk_or_be_gone_before_the_backfill_needs_them(tmp_path):
    hours = WrittenHours(tmp_path, "main")
    hours.add(events(1, day="2026-03-01"))
    hours.keep("backfill", events(1, day="2026-03-02")[0].time)
    hours.add(events(2, day="2026-03-02"))
    hours.add(events(3, day="2026-03-09"))
    assert hours.unknown(events(2, day="2026-03-02")) == []
    assert len(list((tmp_path / "main.hours").iterdir())) == 2
    hours.keep("backfill", None)
    hours.add(events(4, day="2026-03-09", hour=11))
    assert sorted(int(path.name) * HOUR for path in (tmp_path / "main.hours").iterdir())[0] > 0
    assert len(WrittenHours(tmp_path, "main").unknown(events(2, day="2026-03-02"))) == 1
    assert KEPT_HOURS == 48
    hours.delete()
    assert list(tmp_path.iterdir()) == []


def test_full_disk_would_leave_half_a_checkpoint(tmp_path, monkeypatch):
    kept = CheckpointFile(tmp_path, "main", "live")
    kept.save({"next": "https://acme.okta.com/a", "hw": "2026-03-01T10:00:00.000Z"})

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left on device.*make room"):
        kept.save({"next": "https://acme.okta.com/b"})
    assert kept.load() == {"next": "https://acme.okta.com/a", "hw": "2026-03-01T10:00:00.000Z"}


def test_record_would_leave_its_folder_or_not_fit_a_kv_store(tmp_path):
    """One flat document of texts, whatever the input is called."""
    kept = CheckpointFile(tmp_path, "../odd name", "live")
    assert kept.load() is None
    kept.save({"next": "n"})
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text()) == {"next": "n"}
    kept.delete()
    kept.delete()
    assert kept.load() is None
