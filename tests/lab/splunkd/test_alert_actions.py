"""Alert actions run as splunkd runs them: payload, results file, exit code."""

from __future__ import annotations

import csv
import io
import json

import pytest

from lab.schedule.dispatch import ActionError, Alert
from lab.schedule.saved_search import saved_search
from lab.schedule.window import Window
from lab.spl.errors import Unsupported

from .conftest import APP, START

ROWS = [
    {"user": "ann", "n": 3.0, "ids": ["a$b", "c\nd"], "text": 'say "ä",\nplease'},
    {"user": "bob", "other": 0.25},
]


def alert(rows=ROWS, title="My search", number=0, **settings) -> Alert:
    saved = saved_search(APP, title, {"search": "| makeresults", "action.tiny_action": "1", **settings})
    return Alert(saved, "scheduler__nobody__TA_tiny__x_at_1_1", Window(START), rows, ["user", "n", "ids"], number)


def acted(splunk):
    return [json.loads(line) for line in (splunk.home / "acted.jsonl").read_text().splitlines()]


def test_the_action_gets_the_payload_splunk_documents(splunk):
    splunk.act("tiny_action", alert(**{"action.tiny_action.param.size": "$result.n$ of $name$"}))
    (payload,) = acted(splunk)
    assert payload["argv"] == ["--execute"]
    assert payload["app"] == APP and payload["owner"] == "nobody" and payload["search_name"] == "My search"
    assert payload["configuration"] == {"colour": "blue", "size": "3 of My search"}
    assert payload["server_uri"] == splunk.uri
    assert payload["answer"] == 200  # its session key is good while it runs …
    assert splunk.sessions.user(payload["session_key"]) is None  # … and no longer
    assert payload["result"]["user"] == "ann" and payload["result"]["n"] == "3"
    assert payload["search_uri"] == f"/servicesNS/nobody/{APP}/saved/searches/My%20search"
    assert {"results_link", "server_host", "sid"} <= set(payload)


def test_results_hold_every_row_and_multivalues_apart(splunk):
    splunk.act("tiny_action", alert())
    (payload,) = acted(splunk)
    header, first, second = csv.reader(io.StringIO(payload["csv"], newline=""))
    names = ["user", "n", "ids", "text", "other"]
    assert header == names + [f"__mv_{name}" for name in names]
    assert first == ["ann", "3", "a$b\nc\nd", 'say "ä",\nplease', "", "", "", "$a$$b$;$c\nd$", "", ""]
    assert second == ["bob", "", "", "", "0.25", "", "", "", "", ""]


def test_an_alert_per_result_has_a_file_of_its_own(splunk):
    splunk.act("tiny_action", alert(rows=[ROWS[1]], number=1, **{"alert.digest_mode": "0"}))
    (payload,) = acted(splunk)
    assert payload["results_file"].endswith("per_result_alert/tmp_1.csv.gz")
    assert payload["result"]["user"] == "bob"


def test_a_failing_action_is_told_with_its_last_line(splunk):
    with pytest.raises(ActionError, match="tiny_action failed with exit code 2: cannot register"):
        splunk.act("tiny_action", alert(**{"action.tiny_action.param.mode": "fail"}))
    assert "error code=2" in splunk.log.file.read_text()


def test_an_action_that_hangs_is_killed_at_maxtime(splunk):
    script = splunk.apps.folder / APP / "bin" / "tiny_action.py"
    script.write_text("import time\ntime.sleep(60)\n")
    with pytest.raises(ActionError, match="longer than maxtime"):
        splunk.act("tiny_action", alert(**{"action.tiny_action.maxtime": "1s"}))


def test_an_action_nobody_defines_fails(splunk):
    saved = saved_search(APP, "x", {"search": "y", "action.nothing": "1"})
    with pytest.raises(ActionError, match="no alert action nothing"):
        splunk.act("nothing", Alert(saved, "sid", Window(START), ROWS, []))


def test_what_is_not_emulated_says_so(splunk):
    splunk.configure(APP, "alert_actions", "tiny_action", {"payload_format": "xml"})
    with pytest.raises(Unsupported, match="payload_format"):
        splunk.act("tiny_action", alert())
    splunk.configure(APP, "alert_actions", "tiny_action", {"payload_format": "json"})
    with pytest.raises(Unsupported, match=r"\$trigger_time\$"):
        splunk.act("tiny_action", alert(**{"action.tiny_action.param.when": "$trigger_time$"}))


def test_an_action_gets_maxresults_and_the_log_says_what_was_cut(splunk):
    splunk.act(
        "tiny_action", alert(rows=[{"user": str(n)} for n in range(5)], **{"action.tiny_action.maxresults": "3"})
    )
    (payload,) = acted(splunk)
    assert len(payload["csv"].splitlines()) == 1 + 3
    assert "5 results, of which the action gets 3 (maxresults)" in splunk.log.file.read_text()


def test_an_action_that_is_switched_off_is_not_started(splunk):
    splunk.configure(APP, "alert_actions", "tiny_action", {"disabled": "1"})
    with pytest.raises(ActionError, match="is disabled"):
        splunk.act("tiny_action", alert())
