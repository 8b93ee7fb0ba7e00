"""The command line's contract (DESIGN section 5): what tools outside the project rely on."""

import errno
import gzip
import io
import json
import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from lab.__main__ import main
from lab.cli.findings import COLUMNS

pytestmark = pytest.mark.usefixtures("tarball")

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT.parent / "shared" / "data" / "okta_samples.jsonl"
ATTACK = ROOT / "tests" / "detections" / "session_hijack" / "attack_cookie_replayed_through_malaysian_proxy.jsonl"
BENIGN = ROOT / "tests" / "detections" / "session_hijack" / "benign_browser_updates_itself_in_the_session.jsonl"


def hunted(capsys, *arguments):
    status = main(["hunt", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_findings_are_json_lines_in_the_shape_that_other_tools_read(capsys):
    status, found, _ = hunted(capsys, ATTACK)
    assert status == 3
    assert {f["detection_id"] for f in found} >= {
        "session_hijack",
        "admin_action_via_proxy",
        "console_denied_not_followed",
    }
    for finding in found:
        assert set(finding) == set(COLUMNS)
        assert all(isinstance(finding[column], list) for column in ("evidence", "reasons", "mitre_attack"))
        assert isinstance(finding["risk_score"], int)
        for column in ("first_time", "last_time"):
            assert finding[column].endswith("Z")
            assert datetime.fromisoformat(finding[column][:-1]).year == 2023
        assert finding["incident_key"] and len(finding["finding_id"]) == 64


def test_nothing_found_is_status_0_and_no_output(capsys):
    assert hunted(capsys, BENIGN)[:2] == (0, [])


def test_a_count_says_how_often_each_detection_would_have_fired(capsys):
    status, told, _ = hunted(capsys, "--count", ATTACK)
    assert status == 3
    (one,) = [count for count in told if count.get("detection_id") == "session_hijack"]
    assert one == {
        "detection": "Okta ITDR - Session Hijack - Rule",
        "detection_id": "session_hijack",
        "severity": "high",
        "findings": 2,
        "a_day": 2.0,
    }
    assert main(["hunt", "--count", str(BENIGN)]) == 0
    shown = capsys.readouterr().out
    assert "Session Hijack" in shown and "0.00" in shown


def test_a_report_changes_neither_the_findings_nor_the_status(capsys, tmp_path):
    plain = hunted(capsys, ATTACK)
    with_report = hunted(capsys, ATTACK, "--html", tmp_path / "report.html")
    assert with_report[:2] == plain[:2]
    assert "report.html" in with_report[2].replace("\n", "")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_report_that_cannot_be_written_is_said_before_the_hunt(capsys, tmp_path):
    status, found, err = hunted(capsys, ATTACK, "--html", tmp_path / "nowhere" / "report.html")
    assert (status, found) == (2, [])
    assert "report.html cannot be written: there is no folder" in " ".join(err.split())


def test_a_report_that_cannot_be_written_after_all_takes_no_findings_with_it(capsys, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "report.html").write_text("of yesterday")
    status, found, err = hunted(capsys, ATTACK, "--html", tmp_path / "report.html")
    assert (status, len(found) > 0) == (2, True)
    assert "No space left on device" in err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report.html", "of yesterday")]


def test_the_order_form_and_packing_of_an_export_change_nothing(capsys, tmp_path, monkeypatch):
    expected = {f["finding_id"]: set(f["evidence"]) for f in hunted(capsys, ATTACK)[1]}
    lines = ATTACK.read_text().splitlines()
    packed = gzip.compress(("[" + ",\n".join(reversed(lines)) + "]").encode())
    (tmp_path / "array.json.gz").write_bytes(packed)
    twice = io.BufferedReader(io.BytesIO("\n".join(lines + lines).encode()))
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": twice}))
    for export in (tmp_path / "array.json.gz", "-"):
        assert {f["finding_id"]: set(f["evidence"]) for f in hunted(capsys, export)[1]} == expected


def test_bad_lines_are_named_and_the_good_events_hunted(capsys, tmp_path):
    (tmp_path / "cut.jsonl").write_text(ATTACK.read_text() + '{"uuid": "x"\n')
    number = len(ATTACK.read_text().splitlines()) + 1
    status, found, err = hunted(capsys, tmp_path / "cut.jsonl")
    assert (status, len(found) > 0) == (2, True)
    assert f"cut.jsonl:{number}: truncated JSON" in err.replace("\n", "")
    assert hunted(capsys, "--lenient", tmp_path / "cut.jsonl")[0] == 3


@pytest.mark.parametrize("name", ["missing.json", "empty.json"])
def test_a_file_without_events_is_status_2(capsys, tmp_path, name):
    (tmp_path / "empty.json").write_text("")
    status, found, err = hunted(capsys, tmp_path / name)
    assert (status, found) == (2, [])
    assert name in err.replace("\n", "")


def test_people_read_who_where_why_and_what_next(capsys):
    assert main(["hunt", str(ATTACK)]) == 3
    out = " ".join(capsys.readouterr().out.split())
    for words in ("HIGH", "Session used where its user never authenticated", "Malaysia", "why", "Clear", "findings:"):
        assert words in out


HIGH_AMONG_SAMPLES = {  # what is high in public samples, and why
    "admin_privilege_granted": "super and organization administrators are granted there",
    "federation_tampering": "an identity provider is created by a person",
    "console_endpoint_without_console": "one anonymised session id stands for sessions of several clients",
}


@pytest.mark.skipif(not SAMPLES.is_file(), reason="../shared/data is not here")
def test_real_looking_events_of_44_types_are_hunted_with_no_high_finding_but_those_explained(capsys):
    status, found, _ = hunted(capsys, SAMPLES)
    assert status == 3
    assert {f["detection_id"] for f in found if f["severity"] in ("high", "critical")} <= set(HIGH_AMONG_SAMPLES)


def searched(capsys, *arguments):
    status = main(["search", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_search_over_events_has_the_shipped_fields(capsys):
    spl = "`okta_itdr_log` outcome=DENY | stats count values(src_ip) AS from BY actor_user tenant"
    status, rows, _ = searched(capsys, spl, "--events", ATTACK, "--tenant", "acme.okta.com")
    assert status == 0
    assert [(row["count"], row["tenant"], row["from"]) for row in rows] == [("1", "acme.okta.com", "202.59.10.100")]


def test_search_over_rows_gives_strings_arrays_and_no_nulls(capsys, tmp_path):
    (tmp_path / "rows").write_text('{"a": 1, "m": ["x", "y"], "b": true}\n{"a": 2.5, "m": null}\n')
    rows = searched(capsys, "* | eval n = a * 2, none = null()", "--rows", tmp_path / "rows")[1]
    assert rows == [{"a": "1", "m": ["x", "y"], "b": "true", "n": "2"}, {"a": "2.5", "n": "5"}]


def test_search_times_bound_the_events(capsys):
    everything = searched(capsys, "* | stats count", "--events", ATTACK)[1]
    none = searched(capsys, "* | stats count", "--events", ATTACK, "--latest", "2001-01-01")[1]
    assert (int(everything[0]["count"]) > 10, none) == (True, [{"count": "0"}])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["* | frobnicate"], "frobnicate"),
        (["| stats count"], "stats"),
        (["* | eval x = nosuch(1)"], "nosuch"),
        (["`no_such_macro`"], "no_such_macro"),
        (["*", "--rows", "nowhere"], "nowhere"),
    ],
)
def test_a_search_that_cannot_run_is_status_2_with_the_reason(capsys, arguments, reason):
    status, rows, err = searched(capsys, *arguments)
    assert (status, rows) == (2, [])
    assert reason in err


def test_conformance_ends_with_the_counts(capsys, tmp_path):
    vector = {"id": "v", "source": "s", "topic": "t", "confidence": "c", "note": "", "events": [{"a": "1"}]}
    (tmp_path / "v").write_text(json.dumps({**vector, "spl": "* | table a", "expected": [{"a": "1"}]}) + "\n")
    assert main(["conformance", str(tmp_path / "v")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
    (tmp_path / "v").write_text(json.dumps({**vector, "spl": "* | table a", "expected": []}) + "\n")
    assert main(["conformance", str(tmp_path / "v")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"
