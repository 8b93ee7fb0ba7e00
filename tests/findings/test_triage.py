"""oktatriage as analysts run it: the packaged command as a process of the emulated splunkd, on each Python."""

from __future__ import annotations

import threading

import pytest
from triage_world import ADMIN, ANN, BOB, CARL, CHANGES, NOW, TRIAGE

ONE, TWO, THREE = (f"{number:064x}" for number in (1, 2, 3))
LATER = NOW + 300


def test_from_a_finding_by_its_workflow_action_to_its_state(triage_splunk):
    """The whole way: registered, taken by the link in its event's menu, shown to everybody, audited."""
    (event,) = triage_splunk.search(f'| search index=summary sourcetype="okta_itdr:finding" finding_id={ONE}').rows
    assert event["eventtype"] == "okta_itdr_finding"
    link = triage_splunk.linked("okta_itdr_triage_take", event)
    taken = triage_splunk.search(link)
    assert (taken.error, taken.said) == ("", [])
    (row,) = taken.rows
    assert {name: row[name] for name in ("finding_id", "status", "owner", "changed", "title", "user")} == {
        "finding_id": ONE,
        "status": "in_progress",
        "owner": ANN,
        "changed": "yes",
        "title": "Session used where its user never signed in",
        "user": "jo@acme.com",
    }
    shown = triage_splunk.search("| `okta_itdr_findings_with_triage` | sort 0 finding_id", CARL).rows
    assert [(one["finding_id"], one["status"], one.get("owner")) for one in shown] == [
        (ONE, "in_progress", ANN),
        (TWO, "new", None),
        (THREE, "new", None),
    ]
    triage_splunk.copy()
    (change,) = triage_splunk.audited()
    assert {name: change.get(name) for name in ("changed_by", "status", "status_before", "owner", "finding_id")} == {
        "changed_by": ANN,
        "status": "in_progress",
        "status_before": "new",
        "owner": ANN,
        "finding_id": ONE,
    }
    assert float(change["_time"]) == pytest.approx(LATER, abs=1)


def test_a_whole_incident_is_taken_by_its_link(triage_splunk):
    (event,) = triage_splunk.search(f'| search index=summary sourcetype="okta_itdr:finding" finding_id={ONE}').rows
    rows = triage_splunk.search(triage_splunk.linked("okta_itdr_triage_take_incident", event)).rows
    assert [(row["finding_id"], row["status"], row["changed"]) for row in rows] == [
        (ONE, "in_progress", "yes"),
        (THREE, "in_progress", "yes"),
    ]
    assert triage_splunk.state(2) is None


def test_the_findings_themselves_stay_as_they_are(triage_splunk):
    before = triage_splunk.documents("okta_itdr_findings")
    triage_splunk.triage(f"finding_id={ONE} status=closed verdict=false_positive")
    assert triage_splunk.documents("okta_itdr_findings") == before


def test_what_is_not_said_stays_and_times_are_those_of_the_first_and_the_last_step(triage_splunk):
    triage_splunk.triage(f'finding_id={ONE} status=in_progress owner=me note="asked jo, 100% sure | {{}} \\"x\\""')
    triage_splunk.later(600)
    triage_splunk.triage(f"finding_id={ONE} verdict=true_positive", BOB)
    triage_splunk.later(600)
    triage_splunk.triage(f"finding_id={ONE} status=resolved", BOB)
    state = triage_splunk.state()
    assert {name: state[name] for name in ("status", "owner", "verdict", "note", "changed_by", "detection_id")} == {
        "status": "resolved",
        "owner": ANN,
        "verdict": "true_positive",
        "note": 'asked jo, 100% sure | {} "x"',
        "changed_by": BOB,
        "detection_id": "session_hijack",
    }
    times = [round(state[name]) for name in ("registered", "acknowledged", "resolved", "changed")]
    assert times == [NOW, LATER, LATER + 1200, LATER + 1200]
    triage_splunk.later(600)
    triage_splunk.triage(f"finding_id={ONE} status=closed")
    assert round(triage_splunk.state()["resolved"]) == LATER + 1200  # done is done, whatever it is called
    triage_splunk.triage(f"finding_id={ONE} status=in_progress owner=unassigned")
    state = triage_splunk.state()
    assert "resolved" not in state and "owner" not in state and round(state["acknowledged"]) == LATER


def test_a_change_that_changes_nothing_writes_nothing(triage_splunk):
    for _ in range(2):
        assert triage_splunk.triage(f"finding_id={ONE} status=pending note=x").error == ""
        kept = triage_splunk.documents(TRIAGE), triage_splunk.documents(CHANGES)
        triage_splunk.later(60)
    (row,) = triage_splunk.triage(f'finding_id={ONE} status=pending owner="" verdict=undetermined').rows
    assert (row["changed"], row["status"]) == ("no", "pending")
    assert (triage_splunk.documents(TRIAGE), triage_splunk.documents(CHANGES)) == kept
    triage_splunk.copy()
    triage_splunk.copy()
    assert len(triage_splunk.audited(once=False)) == 1


REFUSED = [
    ("finding_id=00ff status=closed", "There is no finding with finding_id=00ff"),
    ('finding_id="*" status=closed', "There is no finding with finding_id=*"),
    ("status=closed", "needs one of finding_id=<id> and incident_key=<key>"),
    (f"finding_id={ONE} incident_key=x status=closed", "needs one of finding_id=<id> and incident_key=<key>"),
    (f"finding_id={ONE} status=done", "cannot do status=done: use status=new, status=in_progress"),
    (f'finding_id={ONE} status=resolved verdict="" note=""', "cannot do verdict=: use verdict=undetermined"),
    (f"finding_id={ONE} note={'x' * 1001}", "note has 1001 characters, and 1000 are the most"),
    (f"finding_id={ONE} owner={'x' * 101}", "owner has 101 characters"),
    (f"finding_id={ONE}", "was told nothing new"),
    (f"finding_id={ONE} status=closed who=bob", "has no option who=bob"),
    (f"finding_id={ONE} closed", "takes options alone, name=value: remove closed"),
    (f"finding_id={ONE} audit=copy", "audit=copy stands alone"),
]


def test_what_cannot_be_is_one_message_and_nothing_is_written(triage_splunk):
    for options, said in REFUSED:
        found = triage_splunk.triage(options)
        errors = [text for text in found.said if text.startswith("ERROR")]
        assert len(errors) == 1 and said in errors[0] and "Traceback" not in errors[0], options
        assert found.error and found.rows == []
    assert triage_splunk.documents(TRIAGE) == triage_splunk.documents(CHANGES) == []


def test_a_search_that_is_only_parsed_changes_nothing(triage_splunk):
    triage_splunk.parse(f"| oktatriage finding_id={ONE} status=closed | table status")
    assert triage_splunk.documents(CHANGES) == []


def test_who_may_not_gets_a_clear_message(triage_splunk):
    found = triage_splunk.triage(f"finding_id={ONE} status=closed", CARL)
    (said,) = [text for text in found.said if text.startswith("ERROR")]
    assert "You may not change what became of a finding" in said and found.error
    assert triage_splunk.documents(TRIAGE) == triage_splunk.documents(CHANGES) == []


def test_two_analysts_at_once_the_last_one_stands_and_both_are_audited(triage_splunk):
    said = {ANN: "status=in_progress owner=me", BOB: "status=closed verdict=false_positive"}
    ready = threading.Barrier(2)
    found = {}

    def go(who: str) -> None:
        ready.wait()
        found[who] = triage_splunk.triage(f"finding_id={ONE} {said[who]}", who)

    people = [threading.Thread(target=go, args=(who,)) for who in said]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert [result.error for result in found.values()] == ["", ""]
    state = triage_splunk.state()
    assert (state["changed_by"], state["status"]) in ((ANN, "in_progress"), (BOB, "closed"))
    triage_splunk.copy()
    assert {(change["changed_by"], change["status"]) for change in triage_splunk.audited()} == {
        (ANN, "in_progress"),
        (BOB, "closed"),
    }


def test_an_admins_change_is_in_the_index_at_once(triage_splunk):
    triage_splunk.triage(f"finding_id={ONE} status=in_progress", ADMIN)
    assert [change["changed_by"] for change in triage_splunk.audited()] == [ADMIN]
    triage_splunk.copy()
    assert len(triage_splunk.audited(once=False)) == 1


def test_reports_on_it(triage_splunk):
    triage_splunk.triage(f'finding_id={ONE} status=in_progress owner=me note="asked jo"')
    triage_splunk.later(1200)
    triage_splunk.triage(f"finding_id={ONE} status=resolved verdict=false_positive", BOB)
    triage_splunk.triage(f"finding_id={TWO} status=closed verdict=true_positive", BOB)
    figures = triage_splunk.run_saved("Okta ITDR - Triage Figures - Report")
    assert [row["detection_id"] for row in figures] == ["all", "session_hijack"]
    expected = {
        "findings": "2",
        "acknowledged": "2",
        "mean_minutes_to_acknowledge": "15",
        "median_minutes_to_acknowledge": "25",
        "resolved": "2",
        "mean_minutes_to_resolve": "25",
        "judged": "2",
        "false_alarms": "1",
        "false_alarm_percent": "50",
    }
    for row in figures:
        assert {name: str(round(float(row[name]))) for name in expected} == expected
    assert triage_splunk.run_saved("Okta ITDR - Triage Figures - Report", earliest=triage_splunk.now + 1) == []
    (open_row,) = triage_splunk.run_saved("Okta ITDR - Open Findings - Report")
    assert {name: str(open_row[name]) for name in ("age", "open", "high", "critical", "without_owner")} == {
        "age": "less than a day",
        "open": "1",
        "high": "1",
        "critical": "0",
        "without_owner": "1",
    }
    history = triage_splunk.run_saved("Okta ITDR - Triage History - Report")
    assert len(history) == 3
    assert (history[-1]["changed_by"], history[-1]["what"]) == (
        ANN,
        f"status: new > in_progress; owner: nothing > {ANN}; note: nothing > asked jo",
    )
