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


# ---- one process for all stanzas; intervals by cron


SINGLE = """
import sys
import xml.etree.ElementTree as ElementTree

if sys.argv[1:] == ["--scheme"]:
    print("<scheme><title>One</title><streaming_mode>xml</streaming_mode>"
          "<use_single_instance>true</use_single_instance></scheme>")
    sys.exit(0)
stanzas = [stanza.get("name") for stanza in ElementTree.fromstring(sys.stdin.buffer.read()).iter("stanza")]
events = ["<event stanza='%s'><data>%s</data></event>" % (name, name) for name in stanzas]
if "tiny_single://lost" in stanzas:
    events.append("<event><data>whose?</data></event>")
print("<stream>%s</stream>" % "".join(events))
"""


@pytest.fixture
def single(splunk):
    """A scheme of which one process gets all stanzas."""
    (splunk.apps.folder / APP / "bin" / "tiny_single.py").write_text(SINGLE)
    splunk.configure(APP, "props", "tiny_single", {"SHOULD_LINEMERGE": "0", "DATETIME_CONFIG": "CURRENT"})
    splunk.configure(APP, "inputs", "tiny_single", {"interval": "600"})
    splunk.configure(APP, "inputs", "tiny_single://a", {"index": "main"})
    splunk.configure(APP, "inputs", "tiny_single://b", {"index": "summary"})
    splunk.configure(APP, "inputs", "tiny_single://c", {"index": "main", "disabled": "1"})
    return splunk


def test_a_single_instance_gets_all_enabled_stanzas_and_its_schemes_interval(single):
    (run,) = single.inputs.run_due(START)
    assert (run.stanza, run.exit_code, run.events, run.problems) == ("tiny_single", 0, 2, [])
    events = [single.store.event(ordinal) for ordinal in range(2)]
    assert [(event.raw, event.index) for event in events] == [
        ("tiny_single://a", "main"),
        ("tiny_single://b", "summary"),
    ]
    assert single.inputs.next_due() == START + 600


def test_an_event_of_a_single_instance_must_name_its_stanza(single):
    single.configure(APP, "inputs", "tiny_single://lost", {"index": "main"})
    (run,) = single.inputs.run_due(START)
    assert "names no stanza" in run.problems[0]


def test_an_interval_may_be_a_cron_expression(splunk):
    configure(splunk, interval="7-59/10 * * * *")  # START is 22:13:20
    assert splunk.inputs.next_due() == START + 220
    assert splunk.inputs.run_due(START) == []
    assert len(splunk.inputs.run_due(START + 220)) == 1
    assert splunk.inputs.next_due() == START + 820


@pytest.mark.parametrize("interval", ["soon", "61 * * * *"])
def test_an_interval_that_is_none_is_said_with_its_stanza(splunk, interval):
    configure(splunk, interval=interval)
    with pytest.raises(InputError, match=r"\[tiny_input://a\] interval = "):
        splunk.inputs.next_due()


def test_an_input_that_still_runs_is_not_started_again(splunk):
    configure(splunk, mode="wait")
    splunk.inputs.start(NAME)
    assert splunk.inputs.run_due(START) == []
    assert "still runs" in log(splunk)
    assert splunk.inputs.next_due() == START + 300
