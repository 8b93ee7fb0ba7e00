"""Which search runs when: cron, missed runs, replay over the clock."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from lab.clock import Clock
from lab.schedule.dispatch import Job
from lab.schedule.memory import DamagedMemory, ScheduleMemory
from lab.schedule.replay import replay
from lab.schedule.saved_search import SavedSearchError, saved_search
from lab.schedule.scheduler import Scheduler
from lab.schedule.throttle import Throttle
from lab.schedule.window import Window, hunt_window, scheduled_window


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def saved(title="s", cron="*/10 * * * *", realtime="0", **settings):
    schedule = {"enableSched": "1", "cron_schedule": cron, "realtime_schedule": realtime}
    return saved_search("app", title, {"search": "x", **schedule, **settings})


class Runs:
    """Takes the place of a dispatch and keeps what ran."""

    def __init__(self):
        self.ran = []

    def __call__(self, search, moment):
        self.ran.append((search.title, moment))
        return Job(search, Window(moment), "sid")


def test_each_due_moment_runs_once():
    runs = Runs()
    scheduler = Scheduler([saved(cron="7-59/10 * * * *")], runs, since=at("2024-03-01T10:00"))
    assert scheduler.next_due() == at("2024-03-01T10:07")
    scheduler.run_due(at("2024-03-01T10:07"))
    scheduler.run_due(at("2024-03-01T10:07"))
    assert runs.ran == [("s", at("2024-03-01T10:07"))]
    assert scheduler.next_due() == at("2024-03-01T10:17")


def test_continuous_scheduling_catches_up_what_an_outage_missed():
    runs = Runs()
    scheduler = Scheduler([saved()], runs, since=at("2024-03-01T10:00"))
    scheduler.run_due(at("2024-03-01T10:35"))
    assert [moment for _, moment in runs.ran] == [at(f"2024-03-01T10:{minute}") for minute in (10, 20, 30)]


def test_real_time_scheduling_skips_what_an_outage_missed():
    runs = Runs()
    scheduler = Scheduler([saved(realtime="1")], runs, since=at("2024-03-01T10:00"))
    scheduler.run_due(at("2024-03-01T10:35"))
    assert runs.ran == []
    scheduler.run_due(at("2024-03-01T10:40"))
    assert runs.ran == [("s", at("2024-03-01T10:40"))]


def test_searches_due_together_run_in_one_order_always():
    runs = Runs()
    searches = [saved("b"), saved("c", realtime="1"), saved("a")]
    Scheduler(searches, runs, since=at("2024-03-01T10:00")).run_due(at("2024-03-01T10:10"))
    assert [title for title, _ in runs.ran] == ["c", "a", "b"]


def test_disabled_and_unscheduled_searches_never_run():
    searches = [saved("a", disabled="1"), saved("b", enableSched="0")]
    assert Scheduler(searches, Runs(), since=0).next_due() is None


def test_a_wrong_cron_schedule_is_named():
    with pytest.raises(SavedSearchError, match=r"\[s\] cron_schedule = 61 \* \* \* \*"):
        Scheduler([saved(cron="61 * * * *")], Runs(), since=0)


class Every:
    """An input at an interval."""

    def __init__(self, first, seconds, log):
        self.due, self._seconds, self._log = first, seconds, log

    def next_due(self):
        return self.due

    def run_due(self, now):
        if now >= self.due:
            self._log.append(("input", now))
            self.due = now + self._seconds


def test_a_replay_steps_the_clock_through_inputs_and_searches(tmp_path):
    start = at("2024-03-01T10:00")
    clock = Clock(tmp_path / "clock", start)
    runs, seen = Runs(), []
    scheduler = Scheduler([saved()], runs, since=start)
    inputs = Every(start, 400, runs.ran)

    def each_tick(moment, jobs):
        seen.append((moment, clock.now(), len(jobs)))

    replay(scheduler, clock, start + 1300, each_tick, inputs)
    assert [(name, moment - start) for name, moment in runs.ran] == [
        ("input", 0), ("input", 400), ("s", 600), ("input", 800), ("input", 1200), ("s", 1200)
    ]  # fmt: skip
    assert all(moment == now for moment, now, _ in seen)
    assert [jobs for _, _, jobs in seen] == [0, 0, 1, 0, 1]
    assert clock.now() == start + 1300


def test_a_windows_times_count_from_the_scheduled_moment():
    now = at("2024-03-01T10:07:30")
    search = saved(
        **{
            "dispatch.earliest_time": "-24h@h",
            "dispatch.latest_time": "now",
            "dispatch.index_earliest": "-25m@m",
            "dispatch.index_latest": "-5m@m",
        }
    )
    assert scheduled_window(search, now) == Window(
        now, at("2024-02-29T10:00"), now, at("2024-03-01T09:42"), at("2024-03-01T10:02")
    )


def test_an_empty_window_does_not_bound():
    assert scheduled_window(saved(), 5.0) == Window(5.0, 0.0, float("inf"), 0.0, float("inf"))


def test_a_hunt_looks_back_from_a_day_after_the_last_event():
    assert hunt_window(1000.0) == Window(1000.0 + 86_400, 0.0, 1000.0 + 86_400, 0.0, float("inf"))


ROWS = [{"user": "ann", "n": 1}, {"user": "bob", "n": 2}]


def test_a_throttled_alert_sleeps_for_its_period():
    search = saved(**{"alert.suppress": "1", "alert.suppress.period": "1h"})
    throttle = Throttle()
    assert throttle.passes(search, ROWS, 0) == ROWS
    assert throttle.passes(search, ROWS[1:], 3599) == []
    assert throttle.passes(search, ROWS, 3600) == ROWS


def test_throttling_single_results_goes_by_the_fields_values():
    settings = {"alert.suppress": "1", "alert.suppress.period": "1h", "alert.suppress.fields": "user"}
    search = saved(**{**settings, "alert.digest_mode": "0"})
    throttle = Throttle()
    assert throttle.passes(search, ROWS[:1], 0) == ROWS[:1]
    assert throttle.passes(search, ROWS, 60) == ROWS[1:]
    assert throttle.passes(search, ROWS, 3600) == ROWS[:1]


def test_without_suppression_everything_passes_every_time():
    throttle = Throttle()
    assert throttle.passes(saved(), ROWS, 0) == throttle.passes(saved(), ROWS, 0) == ROWS


# ---- what is remembered over a restart


def restarted(tmp_path) -> ScheduleMemory:
    """The memory as a new splunkd on the same home finds it."""
    return ScheduleMemory(tmp_path / "scheduler" / "memory.json")


def test_after_a_restart_continuous_scheduling_catches_up_and_real_time_does_not(tmp_path):
    searches = [saved("every one"), saved("fresh ones", realtime="1")]
    Scheduler(searches, Runs(), at("2024-03-01T10:00"), restarted(tmp_path)).run_due(at("2024-03-01T10:10"))
    runs = Runs()
    back = at("2024-03-01T10:45")
    scheduler = Scheduler(searches, runs, back, restarted(tmp_path))
    scheduler.run_due(back)
    assert runs.ran == [("every one", at(f"2024-03-01T10:{minute}")) for minute in (20, 30, 40)]
    scheduler.run_due(at("2024-03-01T10:50"))
    assert runs.ran[3:] == [(title, at("2024-03-01T10:50")) for title in ("fresh ones", "every one")]


def test_another_cron_and_a_search_that_was_off_start_anew(tmp_path):
    before = at("2024-03-01T10:00")
    Scheduler([saved("a"), saved("b")], Runs(), before, restarted(tmp_path)).run_due(at("2024-03-01T10:10"))
    Scheduler([saved("a"), saved("b", disabled="1")], Runs(), before, restarted(tmp_path)).run_due(before)
    runs = Runs()
    back = at("2024-03-01T12:01")
    memory = restarted(tmp_path)
    Scheduler([saved("a", cron="5 * * * *"), saved("b", disabled="1")], runs, back, memory).run_due(back)
    assert runs.ran == []
    Scheduler([saved("b")], runs, back, memory).run_due(back)
    assert runs.ran == []


def test_an_alert_sleeps_over_a_restart(tmp_path):
    search = saved(**{"alert.suppress": "1", "alert.suppress.period": "1h"})
    assert Throttle(restarted(tmp_path)).passes(search, ROWS, 0) == ROWS
    assert Throttle(restarted(tmp_path)).passes(search, ROWS, 3599) == []
    assert Throttle(restarted(tmp_path)).passes(search, ROWS, 3600) == ROWS


def test_a_damaged_memory_says_what_to_do(tmp_path):
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "memory.json").write_text('{"runs": {')
    with pytest.raises(DamagedMemory, match="remove it"):
        restarted(tmp_path)


def test_at_one_moment_priority_goes_before_the_name():
    runs = Runs()
    ranks = {"a": "default", "b": "higher", "c": "highest"}
    searches = [saved(title, schedule_priority=rank) for title, rank in ranks.items()]
    Scheduler([*searches, saved("d", realtime="1")], runs, at("2024-03-01T10:00")).run_due(at("2024-03-01T10:10"))
    assert [title for title, _ in runs.ran] == ["d", "c", "b", "a"]
