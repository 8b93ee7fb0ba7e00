"""What pytest-splunk-addon ingests: every sourcetype twice, as it was but for the one event whose time is made up."""

from __future__ import annotations

from configparser import RawConfigParser

import pytest

from lab.addon_judge.samples import CONF, Event, write

NOON = 1709640000.0  # 2024-03-05 12:00 UTC


def event(number: int, sourcetype: str = "a:log", **other) -> Event:
    raw = f'{{"n":{number},"published":"2024-03-05T12:00:{number:02}.125Z"}}'
    given = {"raw": raw, "time": NOON + number + 0.125, "source": "s://x", "index": "web", **other}
    return Event(sourcetype=sourcetype, **given)


def written(folder):
    conf = RawConfigParser()
    conf.read_string((folder / CONF).read_text())
    return {name: dict(conf[name]) for name in conf.sections()}


def test_a_sourcetypes_events_are_one_piece_of_data_from_beginning_to_end(tmp_path):
    assert write(tmp_path, [event(number) for number in range(50)], NOON, NOON, most=5) == ["a:log"]
    lines = (tmp_path / "samples" / "a_log.lines").read_text().splitlines()
    assert lines == [event(number).raw for number in (0, 10, 20, 30, 40)]
    settings = written(tmp_path)[r"a_log\.lines"]
    assert (settings["input_type"], settings["expected_event_count"]) == ("scripted_input", "5")
    assert (settings["sourcetype"], settings["source"], settings["index"]) == ("a:log", "s://x", "web")


def test_a_time_is_made_up_near_splunks_now_whatever_the_clock_on_the_wall_says(tmp_path):
    write(tmp_path, [event(7)], NOON, NOON + 1000)
    assert (tmp_path / "samples" / "a_log.time").read_text() == '{"n":7,"published":"##time##.000Z"}\n'
    settings = written(tmp_path)[r"a_log\.time"]
    assert settings["token.0.replacement"] == "%Y-%m-%dT%H:%M:%S"
    assert (settings["earliest"], settings["latest"]) == ("-11800s", "-8200s")


def test_a_time_in_epoch_seconds_is_made_up_as_such(tmp_path):
    write(tmp_path, [event(0, raw='{"last_time":1709640000.125,"a":1}')], NOON, NOON)
    assert (tmp_path / "samples" / "a_log.time").read_text() == '{"last_time":##time##.000,"a":1}\n'
    assert written(tmp_path)[r"a_log\.time"]["token.0.replacement"] == "%s"


def test_samples_share_no_host_so_that_counting_one_counts_no_other(tmp_path):
    write(tmp_path, [event(1), event(2, "b:log")], NOON, NOON)
    hosts = [settings["host"] for settings in written(tmp_path).values()]
    assert len(set(hosts)) == len(hosts) == 4


def test_an_event_that_does_not_say_its_time_is_named(tmp_path):
    with pytest.raises(ValueError, match="a:log does not say its time"):
        write(tmp_path, [event(1, raw="{}")], NOON, NOON)
