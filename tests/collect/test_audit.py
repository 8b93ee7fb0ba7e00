"""Hours compared with Okta after the fact: what is missing is found, named and collected, whoever lost it."""

from __future__ import annotations

import hashlib
import json
import signal

import pytest
from okta_itdr.collect.asked_hours import AskedHours, read_hours
from okta_itdr.collect.audit import FIELDS
from okta_itdr.trouble import Trouble
from shipped import ROOT, Done
from tenants import logged

from lab.okta import faults

HOUR = 3600.0
TEN = 1773136800  # 2026-03-10T10:00:00Z
AT_TEN, AT_ELEVEN, AT_TWELVE, AT_THIRTEEN = (f"2026-03-10T{hour}:00:00.000Z" for hour in range(10, 14))


def uuids(*runs: Done) -> list[str]:
    return [json.loads(event.raw)["uuid"] for run in runs for event in run.events]


def audits(*runs: Done) -> list[dict]:
    return [json.loads(event.raw) for run in runs for event in run.all_events if event.sourcetype == "okta_itdr:audit"]


def digest(names) -> int:
    """As a search computes it: sum(tonumber(substr(sha256(uuid), 1, 8), 16)) of distinct uuids."""
    return sum(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) for name in set(names))


def an_hour(beginning: float, number: int, name: str = "event") -> list:
    return [logged(f"{name}-{n:05d}", beginning + 3599.0 * n / number) for n in range(number)]


@pytest.fixture
def runs(tenant_of, collector):
    """Runs the input at each of some moments, seconds after ten o'clock; began at a quarter to ten."""
    tenant = tenant_of([*an_hour(TEN, 2_500), *an_hour(TEN + 2 * HOUR, 40, "later")], now=TEN - 900)

    def at(*seconds: float) -> list[Done]:
        done = []
        for second in seconds:
            tenant.clock.set(TEN + second)
            done.append(collector.run())
        return done

    at.tenant = tenant
    at(-900)
    return at


def test_documentation_would_leave_out_a_field():
    text = (ROOT / "docs" / "collection.md").read_text(encoding="utf-8")
    assert [name for name, meaning in FIELDS.items() if f"| `{name}` | {meaning} |" not in text] == []


def test_nobody_could_prove_that_an_hour_is_whole(runs):
    """Three hours after its end it is read once more: as many as Okta has, none of them new, and a sum to compare."""
    names = [event.uuid for event in an_hour(TEN, 2_500)]
    read, early, done = runs(HOUR + 60, 4 * HOUR - 1, 4 * HOUR + 1)
    assert audits(read, early) == [] and len(uuids(early)) == 40
    (event,) = [event for event in done.all_events if event.sourcetype == "okta_itdr:audit"]
    assert float(event.time) == TEN and event.host == "localhost"
    told = json.loads(event.raw)
    assert told.pop("audited").startswith("2026-03-10T14:00:0")
    assert told == {
        "hour": AT_TEN,
        "tenant": "localhost",
        "account": "acme",
        "input": "main",
        "count": 2_500,
        "digest": digest(names),
        "added": 0,
        "repeated": 0,
        "again": False,
    }
    assert sorted(uuids(read)) == names and uuids(done) == []
    assert audits(*runs(4 * HOUR + 120)) == []  # once


def test_event_that_polling_never_brought_would_be_missing_for_ever(runs, splunk):
    lost = {"event-00000", "event-01234", "event-02499"}
    runs.tenant.never_polled = lost
    read, done = runs(HOUR + 60, 4 * HOUR + 1)
    assert len(uuids(read)) == 2_497 and lost <= set(uuids(done))
    (told,) = audits(done)
    assert (told["hour"], told["count"], told["added"]) == (AT_TEN, 2_500, 3)
    assert "3 events of the hour 2026-03-10T10:00:00.000Z had not been collected and were now" in splunk.log()
    runs.tenant.never_polled = set()
    assert sorted(uuids(*runs(4 * HOUR + 60, 6 * HOUR))) == []


def test_late_event_would_leave_the_proof_of_its_hour_behind(tenant_of, collector):
    """Okta stores it a day later; the live log brings it, and the hour is compared once more."""
    late = logged("late", TEN + 30, TEN + 20 * HOUR)
    tenant = tenant_of([*an_hour(TEN, 10), late], now=TEN - 900)
    done = []
    for hours in (-0.25, 1, 4.1, 20.1, 20.2, 23.3, 23.4):
        tenant.clock.set(TEN + hours * HOUR)
        done.append(collector.run())
    assert sorted(uuids(*done)) == [*(f"event-{n:05d}" for n in range(10)), "late"]
    of_ten = [(told["count"], told["digest"], told["added"]) for told in audits(*done) if told["hour"] == AT_TEN]
    names = [f"event-{n:05d}" for n in range(10)]
    assert of_ten == [(10, digest(names), 0), (11, digest([*names, "late"]), 0)]


def test_hours_of_an_outage_would_never_be_compared(runs):
    """The input was down for three days: all of its hours are, and nothing comes twice."""
    runs(60)
    back = runs(72 * HOUR)
    assert len(uuids(*back)) + 1_000 > 2_500
    hours = [told["hour"] for told in audits(*back)]
    assert hours[:2] == [AT_TEN, AT_ELEVEN] and len(hours) == len(set(hours)) == 69
    assert all(told["added"] == 0 for told in audits(*back))


def test_first_hour_would_be_compared_though_half_of_it_came_before_the_input(runs):
    assert [told["hour"] for told in audits(*runs(HOUR, 7 * HOUR))] == [AT_TEN, AT_ELEVEN, AT_TWELVE, AT_THIRTEEN][:4]


def test_audit_that_was_off_would_take_what_it_forgot_for_missing(runs, collector):
    runs(HOUR)
    collector.settings["audit"] = "0"
    assert audits(*runs(9 * HOUR)) == []
    collector.settings["audit"] = "1"
    assert audits(*runs(9 * HOUR + 60, 12 * HOUR)) == []
    assert [told["hour"] for told in audits(*runs(14 * HOUR))] == ["2026-03-10T20:00:00.000Z"]


def test_clock_that_jumps_would_leave_hours_out_or_double_them(runs):
    """Okta's date is five days ahead for one run: what was compared by it is compared once more when it is right."""
    runs(HOUR + 60)
    runs.tenant.faults.add(faults.skewed_clock(TEN + 5 * 24 * HOUR, times=10_000))
    ahead = runs(3 * HOUR)
    runs.tenant.faults.clear()
    back = runs(3 * HOUR + 60, 4 * HOUR + 60, 5 * HOUR + 60)
    assert len(audits(*ahead)) > 100
    assert [told["hour"] for told in audits(*back)] == [AT_TEN, AT_ELEVEN]
    found = uuids(*ahead, *back)
    assert len(found) == len(set(found)) == 40


def test_event_dated_years_ahead_would_make_all_hours_forgotten(tenant_of, collector):
    odd = logged("odd", TEN + 5 * 365 * 24 * HOUR, TEN + 1800)
    tenant = tenant_of([*an_hour(TEN, 50), odd], now=TEN - 900)
    done = []
    for hours in (-0.25, 0.75, 1, 4.1):
        tenant.clock.set(TEN + hours * HOUR)
        done.append(collector.run())
    found = uuids(*done)
    assert len(found) == len(set(found)) == 51
    assert [told["added"] for told in audits(*done)] == [0]


def test_kill_during_an_audit_would_double_what_it_added_or_hide_it(runs, collector):
    runs.tenant.never_polled = {f"event-{n:05d}" for n in range(0, 2_500, 5)}
    runs(HOUR + 60, 3 * HOUR + 60)
    runs.tenant.clock.set(TEN + 4 * HOUR + 1)
    killed = []
    for sync in (2, 3, 4):
        killed.append(collector.run(KILL_AT_SYNC=str(sync)))
        assert killed[-1].code == -signal.SIGKILL
    done = runs(4 * HOUR + 2)
    found = uuids(*killed, *done)
    assert sorted(set(found)) == sorted(runs.tenant.never_polled)
    assert len(found) - len(set(found)) <= 200  # what one page had added
    (told,) = [told for told in audits(*killed, *done) if told["hour"] == AT_TEN]
    assert told["count"] == 2_500 and told["added"] >= 300


def test_trouble_of_an_hour_would_stop_the_live_log(runs):
    runs(HOUR)
    for fault in (faults.internal_error, faults.truncated, faults.reset):
        runs.tenant.faults.add(fault(query="until="))
    (done,) = runs(4 * HOUR + 1)
    assert done.code == 0 and [told["count"] for told in audits(done)] == [2_500]
    assert len(uuids(done)) == 40


def test_filter_would_make_the_numbers_look_wrong(tenant_of, collector):
    collector.settings["filter"] = 'eventType eq "user.session.start"'
    tenant = tenant_of(an_hour(TEN, 5), now=TEN - 900)
    for hours in (-0.25, 1, 4.1):
        tenant.clock.set(TEN + hours * HOUR)
        done = collector.run()
    (told,) = audits(done)
    assert (told["count"], told["filter"]) == (5, 'eventType eq "user.session.start"')


# Hours asked for


def test_hour_that_splunk_lost_could_not_be_had_again(runs, collector):
    """All of it is written once more, in one run, once; and the audit says so."""
    runs(HOUR + 60, 4 * HOUR + 1)
    collector.settings["collect_again"] = "request-1 2026-03-10T10"
    (done,) = runs(4 * HOUR + 60)
    assert sorted(uuids(done)) == [f"event-{n:05d}" for n in range(2_500)]
    (told,) = audits(done)
    assert (told["hour"], told["count"], told["added"], told["again"]) == (AT_TEN, 2_500, 2_500, True)
    assert told["repeated"] == 2_500
    assert uuids(*runs(4 * HOUR + 120)) == []
    collector.settings["collect_again"] = "request-2 2026-03-10T10, 2026-03-10T12"
    assert len(uuids(*runs(4 * HOUR + 180))) == 2_540


def test_kill_would_write_a_whole_hour_a_third_time(runs, collector):
    runs(HOUR + 60, 4 * HOUR + 1)
    collector.settings["collect_again"] = "request-1 2026-03-10T10"
    runs.tenant.clock.set(TEN + 4 * HOUR + 60)
    killed = [collector.run(KILL_AT_SYNC=str(sync)) for sync in (3, 3)]
    done = runs(4 * HOUR + 120)
    found = uuids(*killed, *done)
    assert len(set(found)) == 2_500 and len(found) <= 2_500 + 1_000 * len(killed)
    assert [told["added"] for told in audits(*killed, *done)] == [2_500]


def test_lost_cursor_would_leave_half_an_hour_out(runs, collector):
    runs(HOUR + 60, 4 * HOUR + 1)
    collector.settings["collect_again"] = "request-1 2026-03-10T10"
    runs.tenant.faults.add(faults.expired_cursor(query="after=", probability=1.0))
    assert set(uuids(*runs(4 * HOUR + 60))) == {f"event-{n:05d}" for n in range(2_500)}


@pytest.mark.parametrize(
    "hour, why",
    [("2025-11-01T10", "Okta keeps its log for 90 days."), ("2026-03-10T14", "It has not ended yet.")],
)
def test_hour_that_cannot_be_had_would_be_passed_over_in_silence(runs, collector, splunk, hour, why):
    runs(HOUR)
    collector.settings["collect_again"] = f"request-1 {hour},2026-03-10T10"
    (done,) = runs(4 * HOUR + 1)
    refused = next(told for told in audits(done) if "error" in told)
    assert (refused["hour"][:13], refused["error"], refused["again"]) == (hour, why, True)
    assert f"{hour}:00:00.000Z cannot be collected again: {why}" in splunk.log()
    assert [told["added"] for told in audits(done) if told["again"] and "error" not in told] == [2_500]


def test_second_wish_would_take_the_place_of_the_first():
    asked = AskedHours()
    assert asked.request("one 2026-03-10T10,2026-03-10T11") and not asked.request("one 2026-03-10T10,2026-03-10T11")
    asked.link = "half of ten"
    assert asked.request("two 2026-03-10T11,2026-03-10T12")
    assert asked.hours == [TEN // 3600, TEN // 3600 + 1, TEN // 3600 + 2] and asked.link == "half of ten"


def test_hours_as_people_write_them():
    assert read_hours("2026-03-10T10Z 2026-03-10T09:00:00.000Z,2026-03-10T10:00") == [TEN // 3600 - 1, TEN // 3600]
    for wrong in ("2026-03-10", "2026-03-10T10:30", "2026-13-10T10", "yesterday"):
        with pytest.raises(Trouble, match="is no hour: give hours in UTC"):
            read_hours(wrong)
    with pytest.raises(Trouble, match="at most 48"):
        read_hours(",".join(f"2026-03-{day:02d}T{hour:02d}" for day in (1, 2, 3) for hour in range(24)))


def test_setting_that_is_none_would_be_found_out_at_night(runs, collector):
    collector.settings["collect_again"] = "request-1 yesterday"
    (done,) = runs(HOUR)
    assert done.code == 1 and "'yesterday' is no hour" in done.err
