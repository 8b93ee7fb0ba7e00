"""A splunkd that goes down and comes back on the same home: nothing that was due is lost, nothing happens twice."""

from __future__ import annotations

import json
from pathlib import Path

from lab.clock import Clock
from lab.schedule.replay import replay
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance
from tests.lab.splunkd.conftest import APP, START, make_app

SEARCHES = """
[Count]
search = index=main | stats count
enableSched = 1
cron_schedule = */10 * * * *
realtime_schedule = 0
dispatch.earliest_time = -10m@m
dispatch.latest_time = @m
action.tiny_action = 1
alert.suppress = 0

[Rising]
search = index=main | table n
enableSched = 1
cron_schedule = */10 * * * *
realtime_schedule = 0
dispatch.earliest_time = -10m@m
dispatch.latest_time = @m
counttype = number of events
relation = rises by
quantity = 2
action.tiny_action = 1

[Asleep]
search = | makeresults | fields _time
enableSched = 1
cron_schedule = */10 * * * *
realtime_schedule = 0
alert.suppress = 1
alert.suppress.period = 2h
action.tiny_action = 1
"""


def acted(home: Path) -> list:
    file = home / "acted.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def moment(run: dict) -> float:
    """The scheduled time, as the search id has it."""
    return float(run["sid"].split("_at_")[1].split("_")[0])


def test_an_outage_is_caught_up_with_each_windows_own_events(tmp_path):
    home = tmp_path / "splunk"
    make_app(home / "etc" / "apps")
    (home / "etc" / "apps" / APP / "default" / "savedsearches.conf").write_text(SEARCHES)
    (home / "etc" / "apps" / APP / "default" / "props.conf").write_text(
        "[n]\nSHOULD_LINEMERGE = false\nDATETIME_CONFIG = CURRENT\nKV_MODE = json\n"
    )
    clock = Clock(tmp_path / "clock", START)

    def arrive(minute: float, number: int) -> Arrival:
        return Arrival(json.dumps({"n": number}), "main", "n", "s", "h", START + minute * 60)

    first = Instance(home, clock)
    first.start()
    first.index([arrive(minute, minute) for minute in (1, 12, 13, 14, 21, 31, 32, 33, 34)])
    replay(first.scheduler(), clock, START + 600)  # 22:20, of the three moments to 22:50 the first
    first.stop()
    before = acted(home)
    clock.set(START + 35 * 60)
    second = Instance(home, clock)
    second.start()
    second.scheduler().run_due(clock.now())
    second.scheduler().run_due(clock.now())  # nothing is left to be done twice
    second.stop()
    runs = acted(home)[len(before) :]
    assert [run["search_name"] for run in before] == ["Asleep", "Count"]
    counts = [(moment(run), run["result"]["count"]) for run in runs if run["search_name"] == "Count"]
    at_2220 = START // 600 * 600 + 600
    assert counts == [(at_2220 + 600, "3"), (at_2220 + 1200, "1")]
    assert "Asleep" not in [run["search_name"] for run in runs]
    # From one event to three it rises by two, from three to one it does not.
    assert [moment(run) for run in runs if run["search_name"] == "Rising"] == [at_2220 + 600]
