"""The collector's parts where a process would hide what matters: number of writes, waits, odd links and pages."""

from __future__ import annotations

import io
import json
import os
from email.utils import formatdate

import pytest
from okta_itdr.collect.checkpoint import Checkpoint, CheckpointError, CheckpointFile
from okta_itdr.collect.output import Output
from okta_itdr.collect.page import PageError, read_page
from okta_itdr.collect.recent import KEPT, RecentUuids
from okta_itdr.okta.errors import ForeignLink
from okta_itdr.okta.links import next_link
from okta_itdr.okta.rate_limit import RateLimit
from servers import event

ORIGIN = "https://acme.okta.com"


class CountingPipe(io.RawIOBase):
    """Remembers each write and flush."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def write(self, data: bytes) -> int:
        self.calls.append(f"write {len(data)}")
        return len(data)

    def flush(self) -> None:
        self.calls.append("flush")


def test_page_would_go_out_in_pieces():
    pipe = CountingPipe()
    output = Output(pipe, "okta_system_log://main", "acme.okta.com", "OktaIM2:log")
    page = read_page(f"[{','.join(event(number) for number in range(1000))}]".encode())
    pipe.calls.clear()
    output.write(page)
    assert [call.split()[0] for call in pipe.calls] == ["write", "flush"]


@pytest.mark.parametrize(
    "body, words",
    [
        (b"", "does not begin as a list"),
        (b'{"errorCode":"E0000009"}', "does not begin as a list"),
        (b'[{"uuid":"1"}', "breaks off after 1 events"),
        (b'[{"uuid":"1"},', "element 2 at character 14"),
        (b'[{"uuid":"1"},{"uu', "element 2 at character 14"),
        (b'[{"uuid":"1"}{"uuid":"2"}]', "breaks off after 1 events"),
        (b'[{"uuid":"1"}]<html>', "something follows the list"),
        (b"[" * 100_000, "element 1"),
    ],
)
def test_half_a_page_would_be_taken_for_a_whole_one(body, words):
    with pytest.raises(PageError, match=words):
        read_page(body)


def test_spaces_between_events_or_a_spoilt_letter_would_stop_collection():
    body = b' [\r\n {"uuid":"1","published":"2026-03-01T10:00:00.000Z"} ,\t{"uuid":"2","t":"\xff\x01"}\n] \n'
    first, second = read_page(body)
    assert first == (
        '{"uuid":"1","published":"2026-03-01T10:00:00.000Z"}',
        "1",
        "2026-03-01T10:00:00.000Z",
        1772359200,
        None,
    )
    assert second.raw == '{"uuid":"2","t":"\ufffd\x01"}' and second.odd
    assert read_page(b"[]") == read_page(b" [ ] ") == []


@pytest.mark.parametrize(
    "link",
    [
        "http://acme.okta.com/api/v1/logs?after=1",
        "https://acme.okta.com:8443/api/v1/logs?after=1",
        "https://acme.okta.com.evil.example/api/v1/logs",
        "https://acme.okta.com@evil.example/api/v1/logs",
        "https://evil.example\\@acme.okta.com/api/v1/logs",
        "https://user@acme.okta.com/api/v1/logs",
        "//evil.example/api/v1/logs",
        "/api/v1/logs?after=1",
        "https://[acme.okta.com/api",
        "https://acme.okta.com/api/v1/logs?after=1 HTTP/1.1",
        "",
    ],
)
def test_link_would_lead_the_key_astray(link):
    with pytest.raises(ForeignLink):
        next_link([f'<{link}>; rel="next"'], ORIGIN)


def test_next_link_would_not_be_found():
    own = f"{ORIGIN}/api/v1/logs?after=1627500044869_1&limit=1000"
    same_in_other_words = "https://ACME.okta.com:443/api/v1/logs?after=2"
    assert next_link([f'<{ORIGIN}/x>; rel="self"', f'<{own}>; rel="next"'], ORIGIN) == own
    assert next_link([f'<{ORIGIN}/x,y>; rel="self", <{own}>; title="a, b"; rel=next'], ORIGIN) == own
    assert next_link([f'<{same_in_other_words}>; rel="next"'], ORIGIN) == same_in_other_words
    assert next_link([f'<{ORIGIN}/x>; rel="self"'], ORIGIN) is None
    assert next_link([], ORIGIN) is None


def answered(limit: RateLimit, status: int, **headers: object) -> float:
    limit.note(status, {name.replace("_", "-"): str(value) for name, value in headers.items()})
    return limit.take_wait()


def test_this_hosts_clock_would_decide_how_long_to_wait():
    """Okta's Date is years from ours; what counts is how far its reset is from it."""
    limit = RateLimit(jitter=lambda: 0.25)
    there = formatdate(2_000_000_000, usegmt=True)
    assert answered(limit, 429, Date=there, X_Rate_Limit_Reset=2_000_000_030) == 31.25
    assert answered(limit, 200, Date=there, X_Rate_Limit_Limit=100, X_Rate_Limit_Remaining=50) == 0
    used_up = {"X_Rate_Limit_Limit": 100, "X_Rate_Limit_Remaining": 9, "X_Rate_Limit_Reset": 2_000_000_012}
    assert answered(limit, 200, Date=there, **used_up) == 13.25
    assert limit.take_wait() == 0  # once waited for, not again


def test_limit_of_concurrency_would_be_hammered_or_waited_for_without_end():
    limit = RateLimit(jitter=lambda: 0.0)
    there = formatdate(2_000_000_000, usegmt=True)
    past = {"Date": there, "X_Rate_Limit_Reset": 1_999_999_000}
    assert [answered(limit, 429, **past) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert answered(limit, 200) == 0
    assert answered(limit, 429) == 1
    assert answered(limit, 429, Date=there, X_Rate_Limit_Reset=2_000_900_000) == 120


def test_full_disk_would_leave_half_a_checkpoint(tmp_path, monkeypatch):
    kept = CheckpointFile(str(tmp_path), "main")
    kept.save(Checkpoint("https://acme.okta.com/a", "2026-03-01T10:00:00.000Z", "u1 u2"))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left on device.*make room"):
        kept.save(Checkpoint("https://acme.okta.com/b"))
    assert kept.load() == Checkpoint("https://acme.okta.com/a", "2026-03-01T10:00:00.000Z", "u1 u2")


def test_record_would_not_fit_a_kv_store(tmp_path):
    """One flat document of texts, whatever the input is called."""
    CheckpointFile(str(tmp_path), "../odd name").save(Checkpoint("n", "h", "u1 u2"))
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text()) == {"next": "n", "hw": "h", "uuids": "u1 u2"}


def test_memory_of_what_was_written_would_grow_for_ever():
    recent = RecentUuids()
    for page in range(12):
        recent.fresh(read_page(f"[{','.join(event(page * 1000 + number) for number in range(1000))}]".encode()))
    assert len(str(recent).split()) == KEPT
    again = RecentUuids(str(recent))
    assert again.fresh(read_page(f"[{event(11_999)}]".encode())) == []
    assert len(again.fresh(read_page(f"[{event(1)}]".encode()))) == 1
