"""Okta's rate limit as all processes of an account keep it together: in Okta's clock, within their share."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest
from okta_itdr.okta.answer import Answer
from okta_itdr.okta.rate_limit import LONGEST_WAIT, RateLimit, Shares, wait_after_429
from okta_itdr.trouble import Trouble
from tenants import NOW, logged

THERE = 2_000_000_000  # Okta's time: years from this host's
ALL = Shares(all=1.0, backfill=1.0)


def answer(status: int = 200, date: float | None = THERE, **headers: object) -> Answer:
    named = {f"X-Rate-Limit-{name.title()}": str(value) for name, value in headers.items()}
    if date is not None:
        named["Date"] = formatdate(date, usegmt=True)
    return Answer("acme.okta.com", "/api/v1/logs", False, status, named, b"")


def minute(used: int = 1, limit: int = 100, ends: float = THERE + 30) -> Answer:
    return answer(limit=limit, remaining=limit - used, reset=int(ends))


@pytest.fixture
def state(tmp_path) -> Path:
    return tmp_path / "acme.json"


def limit(state: Path, shares: Shares = ALL) -> RateLimit:
    return RateLimit(state, shares, jitter=lambda: 0.25)


def admitted(one: RateLimit, now: float = THERE, backfill: bool = False) -> int:
    """How many requests may go at that moment."""
    number = 0
    while one.take(now, backfill) == 0:
        number += 1
    return number


def test_this_hosts_clock_would_decide_how_long_to_wait(state):
    one = limit(state)
    assert one.take(None) == 0  # nobody knows anything yet
    one.note(minute())
    assert admitted(one) == 90  # a tenth is left to others: the Admin Console's own log page
    assert one.take(THERE) == 30 + 1 + 0.25
    assert one.take(THERE + 29) == 1 + 1 + 0.25
    assert one.take(THERE + 30) == 0  # the next minute


def test_other_users_of_the_same_bucket_would_be_starved(state):
    one = limit(state)
    one.take(None)
    one.note(minute(used=85))
    assert admitted(one) == 6  # Okta counts what all have asked


def test_account_would_use_more_than_its_share(state):
    one = limit(state, Shares(all=0.5, backfill=0.3))
    one.take(None)
    one.note(minute())
    assert admitted(one, backfill=True) == 30
    assert admitted(one) == 19  # with the first and the thirty: half of the hundred
    assert admitted(one, THERE + 30, backfill=True) == 30


def test_backfill_would_keep_the_live_log_waiting(state):
    one = limit(state, Shares(all=0.5, backfill=0.5))
    one.take(None)
    one.note(minute())
    assert admitted(one) == 49
    assert admitted(one, backfill=True) == 0


def test_processes_of_one_account_would_each_take_the_whole(state):
    first, second = limit(state), limit(state)
    first.take(None)
    first.note(minute())
    assert admitted(first) + admitted(second) == 90
    second.note(answer(429, limit=100, remaining=0, reset=THERE + 30))
    assert first.take(THERE) == 30 + 1 + 0.25  # what one is told, all know


def test_threads_and_processes_at_once_would_lose_count(state):
    limits = [limit(state, Shares(1.0, 1.0)) for _ in range(3)]
    limits[0].note(minute(used=0, limit=1000))
    counted: list[int] = []
    threads = [threading.Thread(target=lambda one=one: counted.append(admitted(one))) for one in limits for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == 901  # all but the reserve of 100


def test_limit_of_concurrency_would_be_hammered_or_waited_for_without_end(state):
    """Its headers speak of concurrency: they tell nothing about the minute, and Reset is only an estimate."""
    one = limit(state)
    one.note(minute())
    for expected in (1, 2, 4, 8, 16, 32, 60, 60):
        one.note(answer(429, limit=5, remaining=0, reset=THERE - 1000))
        assert one.take(THERE) == expected + 0.25
    assert one.read().limit == 100
    one.note(minute(used=2))
    assert one.read().refused == 0
    one.note(answer(429, reset=THERE + 900_000))
    assert one.take(THERE) == LONGEST_WAIT + 0.25


def test_429_of_a_stranger_would_not_be_understood():
    assert wait_after_429(answer(429, date=None), 1) == 1


def test_clock_that_jumped_would_close_the_limit_for_years(state):
    """One answer dated by a wrong clock, and then the right one again."""
    one = limit(state)
    one.note(answer(429, date=THERE + 900_000_000, reset=THERE + 900_000_030))
    assert one.take(THERE) == 0
    one.note(minute(used=95, ends=THERE + 900_000_000))
    assert one.take(THERE) == 0
    one.note(minute(used=10))
    assert one.read().remaining == 90


def test_answer_of_an_older_minute_would_open_the_new_one_again(state):
    one = limit(state)
    one.note(minute(used=0, ends=THERE + 60))
    one.note(minute(used=50, ends=THERE))  # overtaken on the way
    assert (one.read().reset, one.read().remaining) == (THERE + 60, 100)


def test_state_cut_off_by_a_kill_would_stop_collection(state):
    one = limit(state)
    for spoilt in ("", "{", "[]", json.dumps({"limit": "x"})):
        state.write_text(spoilt)
        assert one.take(THERE) == 0


def test_folder_that_cannot_be_written_would_not_be_named(tmp_path):
    (tmp_path / "no folder").write_text("")
    with pytest.raises(Trouble, match="cannot be kept in .*no folder.*make room"):
        limit(tmp_path / "no folder" / "acme.json").take(THERE)


def test_two_inputs_of_one_account_would_take_twice_its_share(tenant_of, collector, splunkd, splunk):
    """Two packaged processes at once, each with more to read than the account may ask for in a minute."""
    tenant = tenant_of([logged(f"event-{n:05d}", NOW + n / 1000) for n in range(30_000)], requests_a_minute=20)
    splunkd.confs["ta_okta_itdr_account"]["acme"]["rate_share"] = "50"
    for name in ("main", "other"):
        assert collector.run_as(name).code == 0  # begins at Okta's now
    asked = len(tenant.asked)
    tenant.clock.set(NOW + 120)
    with ThreadPoolExecutor() as readers:
        processes = [splunk.start("okta_system_log.py") for _ in "ab"]
        for process, name in zip(processes, ("main", "other")):
            readers.submit(process.communicate, collector.definition(name).encode())
        time.sleep(4)
        for process in processes:
            process.terminate()
    # Each begins with one request before it knows Okta's time.
    assert 8 <= len(tenant.asked) - asked <= 10 + 2
