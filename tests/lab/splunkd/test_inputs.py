"""Modular inputs started as splunkd starts them: real processes, events into the store."""

from __future__ import annotations

import json
import os
import time

import pytest

from lab.knowledge.conf import ConfError
from lab.splunkd.modular_input import InputError

from .conftest import APP, START

NAME = "tiny_input://a"


def configure(splunk, **settings):
    splunk.configure(APP, "inputs", NAME, {"account": "good", "index": "main", **settings})


def log(splunk) -> str:
    return splunk.log.file.read_text()


def test_events_arrive_whole_with_their_own_metadata_or_the_inputs(splunk):
    configure(splunk)
    run = splunk.inputs.start(NAME).wait(20)
    assert (run.exit_code, run.events, run.problems) == (0, 4, [])
    first, second, third, fourth = (splunk.store.event(ordinal) for ordinal in range(4))
    assert first.raw == '{"a": "<&ä"}'
    assert (first.time, first.index_time) == (1_699_999_000.25, START)
    assert (first.host, first.source, first.sourcetype, first.index) == ("h", "s", "tiny:log", "summary")
    assert (second.source, second.sourcetype, second.index, second.time) == (NAME, "tiny_input", "main", START)
    assert [third.raw, fourth.raw] == ["one", "two"]


def test_the_process_gets_what_splunkd_gives_and_nothing_of_ours(splunk, monkeypatch):
    monkeypatch.setenv("OKTA_TOKEN_OF_THE_DEVELOPER", "secret")
    configure(splunk, mode="tell")
    splunk.inputs.start(NAME).wait(20)
    told = json.loads((splunk.home / "told.json").read_text())
    assert told["server_uri"] == splunk.uri
    assert told["checkpoints"] == str(splunk.home / "var/lib/splunk/modinputs/tiny_input")
    assert os.path.isdir(told["checkpoints"])
    assert told["params"]["interval"] == "300" and told["params"]["account"] == "good"
    assert "SPLUNK_HOME" in told["environment"] and "OKTA_TOKEN_OF_THE_DEVELOPER" not in told["environment"]
    assert splunk.sessions.user(told["session_key"]) is None  # the key ends with the process


def test_a_failing_input_is_told_with_its_last_line_and_in_splunkd_log(splunk):
    configure(splunk, mode="fail")
    run = splunk.inputs.start(NAME).wait(20)
    assert run.problems == [f"[{NAME}] ended with exit code 3: ERROR Okta refused the key"]
    assert "first line" in log(splunk) and "ERROR ExecProcessor" in log(splunk)


def test_a_cut_stream_keeps_the_events_before_it(splunk):
    configure(splunk, mode="garbage")
    run = splunk.inputs.start(NAME).wait(20)
    assert run.events == 1 and splunk.store.event(0).raw == "good"
    assert "ends inside the event stream" in run.problems[0]


def test_stopping_splunkd_lets_an_input_finish_what_it_writes(splunk):
    configure(splunk, mode="wait")
    process = splunk.inputs.start(NAME)
    deadline = time.monotonic() + 20
    while process.events < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    splunk.inputs.stop()
    assert not process.running and splunk.inputs.problems == []
    assert [splunk.store.event(ordinal).raw for ordinal in range(2)] == ["started", "stopped"]


def test_a_killed_input_leaves_the_events_it_had_flushed(splunk):
    configure(splunk, mode="wait")
    process = splunk.inputs.start(NAME)
    deadline = time.monotonic() + 20
    while process.events < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    run = process.wait(20)
    assert run.exit_code < 0 and len(splunk.store) == 1


def test_events_the_lab_cannot_index_stop_the_input_and_are_told(splunk):
    configure(splunk, sourcetype="merges:lines")
    run = splunk.inputs.start(NAME).wait(20)
    assert "does not merge lines" in run.problems[0]


def test_a_broken_conf_met_while_indexing_reaches_whoever_waits(splunk):
    configure(splunk)
    splunk.configure(APP, "props", "tiny:log", {"TRUNCATE": "many"})
    with pytest.raises(ConfError, match="TRUNCATE is a whole number"):
        splunk.inputs.start(NAME).wait(20)


def test_an_input_for_a_missing_index_is_not_started(splunk):
    configure(splunk, index="okta")
    with pytest.raises(InputError, match="the index okta of .* is not configured"):
        splunk.inputs.start(NAME)


def test_an_input_without_a_required_setting_is_not_started(splunk):
    splunk.configure(APP, "inputs", NAME, {"index": "main"})
    with pytest.raises(InputError, match="lacks account"):
        splunk.inputs.start(NAME)


def test_the_input_judges_its_own_settings(splunk):
    configure(splunk)
    assert splunk.inputs.validate(NAME) == ""
    configure(splunk, account="bad")
    assert splunk.inputs.validate(NAME) == "there is no account bad"


def test_inputs_run_at_start_and_at_their_interval(splunk):
    assert splunk.inputs.next_due() is None
    configure(splunk)
    assert splunk.inputs.next_due() == START
    assert len(splunk.inputs.run_due(START)) == 1
    assert splunk.inputs.run_due(START + 299) == []
    assert splunk.inputs.next_due() == START + 300
    configure(splunk, disabled="1")
    assert splunk.inputs.next_due() is None


def test_an_input_with_a_negative_interval_runs_once(splunk):
    configure(splunk, interval="-1")
    assert len(splunk.inputs.run_due(START)) == 1
    assert splunk.inputs.next_due() is None
