"""The past beside the live log: all of it, once, whatever interrupts."""

from __future__ import annotations

import json
import shutil
import signal
import time

import pytest
from shipped import Done
from tenants import NOW, logged, moment

from lab.okta import faults

HOUR, DAY = 3600.0, 86400.0


@pytest.fixture(autouse=True)
def with_a_past(collector):
    collector.settings["start"] = "2026-03-01"


def uuids(*runs: Done) -> list[str]:
    return [json.loads(event.raw)["uuid"] for run in runs for event in run.events]


def past(number: int, start: str = "2026-03-01T00:00:00Z", end: float = NOW) -> list:
    """Events spread evenly from `start` on."""
    begin = moment(start)
    return [logged(f"past-{n:05d}", begin + (end - begin) * n / number) for n in range(number)]


def test_past_would_be_missing_or_come_twice(tenant_of, collector):
    events = past(5_000)
    tenant = tenant_of(events)
    done = collector.run()
    assert (done.code, done.err) == (0, "")
    assert sorted(uuids(done)) == [event.uuid for event in events]
    assert done.health[-1]["backfill"] == "sweep" and done.health[-1]["events"] == 5_000
    live = next(index for index, query in enumerate(tenant.asked) if "since" in query and "until" not in query)
    assert live <= 2  # at once, while the past is still being read
    tenant.clock.set(NOW + HOUR)
    assert uuids(collector.run()) == []
    done = collector.run()
    assert (uuids(done), done.health[-1]["backfill"]) == ([], "done")


def test_seam_between_past_and_live_log_would_lose_or_double_events(tenant_of, collector):
    """Events around the first poll, some stored minutes after they were published, some an hour."""
    delays = [0.4, 2, 70, 800, 3500]
    events = [
        logged(f"seam-{n:04d}", NOW - 2 * HOUR + 10 * n, NOW - 2 * HOUR + 10 * n + delays[n % 5]) for n in range(1_500)
    ]
    tenant = tenant_of(events)
    runs = [collector.run()]
    for minutes in (1, 20, 65, 130, 131, 240):
        tenant.clock.set(NOW + 60 * minutes)
        runs.append(collector.run())
    assert sorted(uuids(*runs)) == sorted(event.uuid for event in events)
    assert runs[-1].health[-1]["backfill"] == "done"


def test_event_that_okta_had_delayed_would_never_be_found(tenant_of, collector):
    events = past(500, "2026-03-10T00:00:00Z")
    tenant = tenant_of(events)
    tenant.log.hidden = {"past-00300", "past-00301"}
    first = collector.run()
    assert len(uuids(first)) == 498
    tenant.log.hidden = set()
    tenant.clock.set(NOW + HOUR)
    second = collector.run()
    assert sorted(uuids(second)) == ["past-00300", "past-00301"]


@pytest.mark.parametrize("inclusive", [False, True], ids=["until excluded", "until included"])
def test_edge_of_a_window_would_lose_or_double_an_event(tenant_of, collector, inclusive):
    """Events at every whole second for hours: each edge of each window falls on one."""
    events = [logged(f"edge-{n:05d}", NOW - 3 * HOUR + n) for n in range(int(3 * HOUR))]
    tenant = tenant_of(events, inclusive=inclusive)
    done = collector.run()
    assert sorted(uuids(done)) == sorted(event.uuid for event in events)
    assert len(set(tenant.windows)) > 5


def test_many_events_of_one_millisecond_would_be_cut_at_a_page(tenant_of, collector):
    events = [logged(f"same-{n:05d}", NOW - HOUR) for n in range(2_500)]
    tenant_of(events)
    assert sorted(uuids(collector.run())) == [event.uuid for event in events]


def test_cursor_lost_in_the_midst_of_a_millisecond_would_bring_it_twice(tenant_of, collector):
    """Days ago, where no hour is remembered: stopped within it, its cursor gone, the next run asks for it anew."""
    events = [logged(f"same-{n:05d}", NOW - 3 * DAY) for n in range(3_500)]
    tenant = tenant_of(events)
    process = collector.splunk.start("okta_system_log.py")
    tenant.before = lambda: process.terminate() if len([1 for query in tenant.asked if "after" in query]) == 2 else None
    out, _ = process.communicate(collector.definition().encode(), timeout=60)
    stopped = Done(process.returncode, out, "")
    assert 0 < len(stopped.events) < 3_500
    tenant.before = lambda: None
    tenant.api.expire_cursors()
    assert sorted(uuids(stopped, collector.run())) == [event.uuid for event in events]


def test_dense_hour_would_be_read_by_one_worker_alone(tenant_of, collector):
    """40 pages in one hour: after ten it is shared out, and nothing is read twice for it."""
    events = [logged(f"dense-{n:05d}", NOW - HOUR + n * 0.09) for n in range(39_000)]
    tenant = tenant_of(events)
    done = collector.run()
    assert sorted(uuids(done)) == [event.uuid for event in events]
    assert len([window for window in set(tenant.windows) if window[0] > "2026-03-10T11:00:00"]) > 1
    assert len(tenant.asked) < 39 + 60


def test_kill_would_lose_or_double_the_past(tenant_of, collector):
    """kill -9 at one fsync after the other: at most one page twice, though four read at once."""
    events = past(3_000, "2026-03-10T00:00:00Z")
    tenant_of(events)
    for moment_of_kill in (1, 3, 6, 9, 12, 15, 18):
        shutil.rmtree(collector.splunk.checkpoints)
        collector.splunk.checkpoints.mkdir()
        killed = collector.run(KILL_AT_SYNC=str(moment_of_kill))
        assert killed.code == -signal.SIGKILL
        both = uuids(killed, collector.run())
        assert sorted(set(both)) == [event.uuid for event in events]
        assert len(both) - len(set(both)) <= 1_000


def test_trouble_with_the_past_would_stop_the_live_log(tenant_of, collector):
    events = past(800, "2026-03-09T00:00:00Z")
    tenant = tenant_of(events)
    for fault in (faults.internal_error, faults.truncated, faults.corrupt, faults.reset, faults.bad_gateway):
        tenant.faults.add(fault(query="until="))
    done = collector.run()
    assert (done.code, sorted(uuids(done))) == (0, [event.uuid for event in events])


def test_date_that_okta_no_longer_keeps_would_be_asked_for_in_silence(tenant_of, collector, splunk):
    collector.settings["start"] = "2025-01-01"
    tenant = tenant_of(past(10, "2026-03-10T00:00:00Z"))
    assert len(uuids(collector.run())) == 10
    assert "Okta keeps its log for 90 days: what was before 2025-12-10T12:00:00.000Z is gone" in splunk.log()
    assert min(since for since, _ in tenant.windows) >= "2025-12-10T11:59:59"


def test_date_to_come_would_wait_or_fail(tenant_of, collector):
    collector.settings["start"] = "2026-06-01"
    tenant = tenant_of(past(10))
    tenant.clock.set(NOW + 60)
    done = collector.run()
    assert (done.code, uuids(done), tenant.windows) == (0, [], [])


def test_nobody_would_know_how_far_it_is(tenant_of, collector):
    """Stopped in the middle, it tells the share that is read; the next run goes on from there."""
    tenant = tenant_of(past(3_000))
    process = collector.splunk.start("okta_system_log.py")
    tenant.before = lambda: process.terminate() if len(tenant.windows) == 8 else time.sleep(0.7)
    out, _ = process.communicate(collector.definition().encode(), timeout=60)
    first = Done(process.returncode, out, "")
    health = first.health[-1]
    assert (health["status"], health["backfill"], health["lag_seconds"]) == ("ok", "windows", 0)
    assert 0 < health["backfill_percent"] < 50 and health["backfill_seconds_left"] > 1
    tenant.before = lambda: None
    assert sorted(uuids(first, collector.run())) == [f"past-{n:05d}" for n in range(3_000)]
