"""What the report is made of: axis, incidents, lanes, events, the file. The page itself: test_page.py."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.report import evidence, file
from lab.report.axis import Axis
from lab.report.evidence import indented
from lab.report.incident import incidents, to_list, to_tell, told_and_next
from lab.report.moments import shown, span
from lab.report.page import visible
from lab.report.searches import one_of
from lab.report.session import STEPS, keys_of, sessions

DAY = 86_400.0


def finding(number, severity="high", **more):
    return {
        "finding_id": f"{number:064d}",
        "incident_key": f"incident {number}",
        "detection_id": "session_hijack",
        "title": "Session used where its user never authenticated",
        "severity": severity,
        "tenant": "acme",
        "user": f"user{number}@acme.example",
        "first_time": f"2024-03-05T10:{number % 60:02d}:00.000Z",
        "message": "It was used elsewhere. Clear the user's sessions in Okta.",
        "evidence": [f"uuid-{number}"],
        **more,
    }


# ---- the axis


def test_a_short_intrusion_in_a_long_session_is_not_one_dot():
    begin = 3 * DAY
    axis = Axis([0.0, 60.0, 120.0, begin, begin + 60, begin + 120])
    places = [axis.left(begin + offset) for offset in (0, 60, 120)]
    assert places[1] - places[0] > 5 and places[2] - places[1] > 5
    assert [silence.label for silence in axis.breaks()] == ["2 days 23 hours"]


@given(st.lists(st.floats(0, 400 * DAY, allow_nan=False), min_size=1, max_size=60))
def test_later_is_never_further_left_and_all_lies_on_the_axis(moments):
    axis = Axis(moments)
    places = [axis.left(moment) for moment in sorted(moments)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in (*places, axis.left(-1.0), axis.left(500 * DAY)))
    ticks = axis.ticks()
    assert len(ticks) <= 20 and [tick.left for tick in ticks] == sorted(tick.left for tick in ticks)


# ---- incidents


def test_the_gravest_incident_stands_first_and_a_takeover_chain_before_all():
    chain = finding(9, "critical", detection_id="admin_takeover_chain", incident_key="c")
    critical = [finding(n, "critical", incident_key="b") for n in (1, 2)]
    found = incidents([*critical, chain, finding(3, "medium", incident_key="d"), finding(4, incident_key="c")])
    assert [incident.key for incident in found] == ["c", "b", "d"]
    assert [incident.key for incident in to_tell(found)] == ["c", "b"]
    assert [incident.key for incident in to_list(found)] == ["d"]


def test_with_nothing_grave_the_gravest_is_told_alone():
    found = incidents([finding(1, "medium"), finding(2, "low")])
    assert [incident.severity for incident in to_tell(found)] == ["medium"]


def test_what_to_do_is_said_once_and_by_the_grave_findings():
    group = [
        finding(1, incident_key="a"),
        finding(2, incident_key="a"),
        finding(3, "low", incident_key="a", message="An old browser. Update the machine."),
    ]
    (incident,) = incidents(group)
    assert incident.next == ["Clear the user's sessions in Okta."]
    assert [f["finding_id"] for f in incident.others] == [group[2]["finding_id"]]


def test_incidents_that_share_an_event_say_so():
    first, second, third = incidents(
        [finding(1), finding(2, "low", evidence=["uuid-1"]), finding(3, "low", tenant="b", evidence=["uuid-1"])]
    )
    assert (first.shares, second.shares, third.shares) == ([second], [first], [])


@pytest.mark.parametrize(
    ("message", "told", "wanted"),
    [
        ("A, from 192.0.2.1 (X, inc.): b of c. Clear them.", "A, from 192.0.2.1 (X, inc.): b of c.", "Clear them."),
        ("One sentence alone.", "One sentence alone.", ""),
        ("", "", ""),
    ],
)
def test_a_message_ends_in_what_to_do(message, told, wanted):
    assert told_and_next(message) == (told, wanted)


# ---- sessions


def row(number, context="home", **more):
    told = {"_time": 1000.0 + 10 * number, "uuid": f"u{number:04d}", "tenant": "acme", "session_key": "s"}
    return {**told, "context": context, "network": "AS1", "event_type": "x", "outcome": "SUCCESS", **more}


def test_the_owners_lane_stands_first_and_every_event_is_drawn():
    rows = [row(n, "home", anchor=1 if n == 250 else 0, actor_user="ann") for n in range(250, 750)]
    rows += [row(0, "away", outcome="DENY"), row(1, "away", admin_weight="3"), row(1, "away", admin_weight="3")]
    wanted = keys_of([finding(1, session_id="s", evidence=["u0001"])])
    (session,) = sessions(wanted, [*rows, row(5, session_key="another"), row(6, tenant="other")], {})
    assert [(lane.letter, lane.signed_in, lane.events) for lane in session.lanes] == [("A", True, 500), ("B", False, 2)]
    for lane in session.lanes:
        assert sum(mark.count for mark in lane.marks) == lane.events
    assert len(session.lanes[0].marks) <= 2 * 241
    assert session.lanes[1].counts == {"refused": 1, "admin": 1}
    assert (len(session.steps), session.steps_left_out) == (STEPS, 502 - STEPS)
    assert {"u0000", "u0001"} <= {step.uuid for step in session.steps}  # what matters is not what is left out
    assert [step.uuid for step in session.acts({"u0001", "u0000"}, 1)[0]] == ["u0000"]


def test_sessions_of_light_findings_are_not_drawn():
    assert keys_of([finding(1, "low", session_id="s"), finding(2, "medium")]) == {}


# ---- events

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), _JSON), st.booleans())
def test_indented_json_says_the_same(event, ascii_only):
    raw = json.dumps(event, ensure_ascii=ascii_only)
    assert json.loads(indented(raw)) == event


def test_indented_json_keeps_what_a_parser_would_drop():
    shown_text = indented('{"a":1.10,"a":1e400,"b":[],"c":"{,:"}')
    assert shown_text == '{\n  "a": 1.10,\n  "a": 1e400,\n  "b": [],\n  "c": "{,:"\n}'


def test_an_event_of_brackets_stays_small():
    assert len(indented("[" * 10_000 + "]" * 10_000)) < 2_000_000
    assert indented('{"a": "cut of').startswith('{\n  "a": ')


def test_a_thousand_events_are_shown_and_the_rest_is_counted():
    findings = [finding(1, evidence=[f"u{n:05d}" for n in range(2500)]), finding(2, "low", evidence=["last"])]
    keys, left_out = evidence.wanted(findings)
    assert (len(keys), left_out) == (evidence.EVENTS, 2501 - evidence.EVENTS)
    assert ("acme", "u00000") in keys and ("acme", "last") not in keys


# ---- texts


def test_letters_that_hide_or_turn_others_are_written_out():
    assert visible("a\u202eb\x00\ud800\u200b") == "a‹U+202E›b‹U+0000›‹U+D800›‹U+200B›"
    assert visible("Zoë\t漢字 🙂\n") == "Zoë\t漢字 🙂\n"


def test_values_of_the_log_cannot_write_the_search():
    told = one_of("session_key", ['x") | delete `m` "', "plain-1", ""])
    assert told == 'session_key IN ("plain-1", "x*****delete**m***")'


def test_spans_and_moments_are_read_by_people():
    assert [span(seconds) for seconds in (1, 59, 90, 3600, 5400, 90_000)] == [
        *("1 second", "59 seconds", "1 minute", "1 hour", "1 hour 30 minutes", "1 day 1 hour"),
    ]
    assert shown("2024-03-05T20:12:16.123Z") == shown(1709669536.123) == "2024-03-05 20:12:16"


# ---- the file


def test_a_file_is_written_whole_or_what_stood_there_stays(tmp_path, monkeypatch):
    report = tmp_path / "report.html"
    assert file.write_whole(str(report), "é") == 2
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(file.CannotWrite, match="report.html cannot be written: No space left on device"):
        file.write_whole(str(report), "another")
    assert (report.read_text(encoding="utf-8"), os.listdir(tmp_path)) == ("é", ["report.html"])


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to("real.html")
    file.write_whole(str(tmp_path / "link.html"), "new")
    assert (tmp_path / "link.html").is_symlink() and (tmp_path / "real.html").read_text() == "new"


@pytest.mark.parametrize(("name", "reason"), [("", "a folder"), ("no/r.html", "no folder"), ("/dev/null", "ordinary")])
def test_what_cannot_be_written_is_said(tmp_path, name, reason):
    with pytest.raises(file.CannotWrite, match=reason):
        file.check(str(tmp_path / name))
