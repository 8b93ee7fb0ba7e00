"""The alert action as splunkd starts it: what a detection found is registered once, copied, never lost."""

from __future__ import annotations

import json

from servers import Reply, Request

NOW = 1772400000


def row(finding_id: str = "f1", **changed: object) -> dict:
    """A detection's row as its search ends: numbers are texts in Splunk's results."""
    return {
        "_time": "1772390600.5",
        "finding_id": finding_id,
        "incident_key": "102sessionA",
        "detection_id": "session_hijack",
        "title": "Session used where its user never authenticated",
        "severity": "medium",
        "risk_score": "50",
        "tenant": "acme.okta.com",
        "user": "jo@example.com",
        "src_ip": "192.0.2.7",
        "session_id": "102sessionA",
        "first_time": "1772390000.250000",
        "last_time": "1772390600.5",
        "message": 'Session of "jo", 5$ of it; elsewhere',
        "evidence": ["e1", "e$2"],
        "reasons": "country changed",
        "mitre_attack": "T1539,T1550.004",
        **changed,
    }


FINDING = {
    "finding_id": "f1",
    "incident_key": "102sessionA",
    "detection_id": "session_hijack",
    "title": "Session used where its user never authenticated",
    "severity": "medium",
    "risk_score": 50,
    "tenant": "acme.okta.com",
    "user": "jo@example.com",
    "src_ip": "192.0.2.7",
    "session_id": "102sessionA",
    "first_time": 1772390000.25,
    "last_time": 1772390600.5,
    "message": 'Session of "jo", 5$ of it; elsewhere',
    "evidence": ["e1", "e$2"],
    "reasons": ["country changed"],
    "mitre_attack": ["T1539", "T1550.004"],
    "registered": NOW,
    "updated": NOW,
    "raised": NOW,
}


def copies(splunkd) -> list[str]:
    return [copy["finding_id"] for _, copy in splunkd.indexed]


def test_finding_would_be_of_other_types_than_its_readers_expect(action, splunkd):
    done = action.run(row())
    assert (done.code, done.err) == (0, "")
    assert splunkd.documents == {"f1": {**FINDING, "_key": "f1", "_user": "nobody", "state": "written"}}
    ((place, copy),) = splunkd.indexed
    assert copy == FINDING
    assert place == {
        "index": "summary",
        "sourcetype": "okta_itdr:finding",
        "source": "session_hijack",
    }
    received = next(request for request in splunkd.requests if request.path == "/services/receivers/simple")
    assert received.body.startswith(b'{"last_time":1772390600.500,"')  # where props.conf looks for the time
    assert list(json.loads(received.body))[-4:] == ["mitre_attack", "message", "reasons", "evidence"]  # may be long


def test_session_that_is_none_would_tie_strangers_together(action, splunkd):
    action.run(row(session_id="", user=""))
    assert not {"session_id", "user"} & set(splunkd.documents["f1"])


def test_multivalue_of_one_would_be_refused(action, splunkd):
    assert action.run(row(src_ip=["192.0.2.7"], evidence=["e1"])).code == 0
    assert (splunkd.documents["f1"]["src_ip"], splunkd.documents["f1"]["evidence"]) == ("192.0.2.7", ["e1"])


def test_same_finding_would_be_alerted_again_with_every_run(action, splunkd):
    for later in range(3):
        assert action.run(row(), now=NOW + later * 600).code == 0
    assert copies(splunkd) == ["f1"]
    assert splunkd.documents["f1"]["updated"] == NOW


def test_finding_that_grew_would_stay_as_first_seen_or_forget(action, splunkd):
    action.run(row())
    more = row(
        severity="high",
        risk_score="80",
        evidence=["e$2", "e3"],
        reasons=["proxy"],
        first_time="1772390500",
        last_time="1772391000",
        message="Worse",
        src_ip="192.0.2.9",
    )
    action.run(more, now=NOW + 600)
    grown = splunkd.documents["f1"]
    assert grown == {
        **FINDING,
        "_key": "f1",
        "_user": "nobody",
        "severity": "high",
        "risk_score": 80,
        "evidence": ["e1", "e$2", "e3"],
        "reasons": ["country changed", "proxy"],
        "src_ip": "192.0.2.9",
        "last_time": 1772391000,
        "message": "Worse",
        "state": "written",
        "updated": NOW + 600,
        "raised": NOW + 600,
    }
    assert [copy["severity"] for _, copy in splunkd.indexed] == ["medium", "high"]


def test_smaller_window_would_play_a_finding_down(action, splunkd):
    action.run(row(severity="high", risk_score="80"))
    known = dict(splunkd.documents["f1"])
    action.run(row(severity="low", risk_score="10", evidence="e1", message="Less", reasons=""), now=NOW + 600)
    assert splunkd.documents["f1"] == known
    assert copies(splunkd) == ["f1"]


def test_two_rows_of_one_finding_would_be_two_findings(action, splunkd):
    action.run(row(evidence="e1"), row(evidence="e2", severity="high"), row("f2"))
    assert sorted(splunkd.documents) == ["f1", "f2"]
    assert splunkd.documents["f1"]["evidence"] == ["e1", "e2"]
    assert splunkd.documents["f1"]["severity"] == "high"


def test_full_index_would_lose_the_copy(action, splunkd):
    """The copy fails in the middle: splunkd is told, what arrived is marked, any later call brings the rest."""
    received = 0

    def full(request: Request) -> Reply | None:
        nonlocal received
        received += request.path == "/services/receivers/simple"
        return Reply(503, b"queue is full") if received == 2 and "receivers" in request.path else None

    splunkd.fails = full
    failed = action.run(row("f1"), row("f2"), row("f3"))
    assert failed.code == 1
    assert "splunkd refused index summary" in failed.err and "503" in failed.err
    assert {key: document["state"] for key, document in splunkd.documents.items()} == {
        "f1": "written",
        "f2": "pending",
        "f3": "pending",
    }
    assert action.run(row("other"), now=NOW + 600).code == 0
    assert copies(splunkd) == ["f1", "other", "f2", "f3"]
    assert {document["state"] for document in splunkd.documents.values()} == {"written"}


def test_store_that_shows_old_states_would_copy_without_end(action, splunkd):
    """A member of a cluster may answer with what was true a moment ago."""
    splunkd.documents["f9"] = {**FINDING, "finding_id": "f9", "_key": "f9", "state": "pending", "updated": NOW - 900}
    splunkd.fails = lambda request: Reply(body=b"[]") if request.path.endswith("batch_save") else None
    assert action.run(row()).code == 0
    assert copies(splunkd) == ["f1", "f9"]


def test_repeat_soon_after_a_failure_would_find_nothing_to_do(action, splunkd):
    splunkd.fails = lambda request: Reply(503) if "receivers" in request.path else None
    assert action.run(row()).code == 1
    splunkd.fails = lambda _request: None
    assert action.run(row(), now=NOW + 60).code == 0
    assert copies(splunkd) == ["f1"]


def test_work_of_another_call_would_be_done_twice(action, splunkd):
    """What is pending for a moment only is that call's own business."""
    splunkd.documents["f9"] = {**FINDING, "finding_id": "f9", "_key": "f9", "state": "pending", "updated": NOW - 5}
    assert action.run(row()).code == 0
    assert copies(splunkd) == ["f1"]


def test_finding_that_grows_while_it_is_copied_would_be_marked_as_copied(action, splunkd):
    def meanwhile(request: Request) -> None:
        if "receivers" in request.path:
            splunkd.documents["f1"].update(severity="critical", updated=NOW + 1)

    splunkd.fails = meanwhile
    action.run(row())
    assert (splunkd.documents["f1"]["severity"], splunkd.documents["f1"]["state"]) == ("critical", "pending")


def test_unreachable_kv_store_would_pass_for_success(action, splunkd):
    splunkd.fails = lambda request: Reply(503, b"KV Store is starting") if "collections" in request.path else None
    done = action.run(row())
    assert done.code == 1
    assert done.err.startswith("ERROR splunkd refused collection okta_itdr_findings")
    assert done.err.count("\n") == 1 and "Traceback" not in done.err
    assert splunkd.indexed == []


def test_row_that_is_no_finding_would_take_the_others_with_it(action, splunkd):
    several = row("f3", user=["jo@example.com", "al@example.com"])
    done = action.run(row("f1"), row("f2", severity="grave"), several, row(""), row("f4", risk_score="much"), row("f5"))
    assert done.code == 1
    assert "4 of the 6 rows of 'Okta ITDR - Session Hijack - Rule' are not findings" in done.err
    assert "severity 'grave'" in done.err
    assert sorted(splunkd.documents) == ["f1", "f5"] and copies(splunkd) == ["f1", "f5"]


def test_large_batch_would_be_refused(action, splunkd):
    """More than one batch: no call carries more than 500 documents, every finding arrives."""
    rows = [row(f"{number:064x}") for number in range(520)]
    assert action.run(*rows).code == 0
    assert action.run(*rows, now=NOW + 600).code == 0
    saved = [len(json.loads(request.body)) for request in splunkd.requests if request.path.endswith("batch_save")]
    assert max(saved) == 500
    assert len(splunkd.documents) == len(splunkd.indexed) == 520
    asked = [request for request in splunkd.requests if request.method == "GET" and "collections" in request.path]
    assert max(len(request.query["query"]) for request in asked) < 8000


def test_admins_index_would_be_ignored_or_misread(action, splunkd):
    macro = splunkd.confs["macros"]["okta_itdr_findings_index"]
    for definition, index in (
        ("findings", "findings"),
        ('index="okta_findings"', "okta_findings"),
        ("index = a-b", "a-b"),
    ):
        macro["definition"] = definition
        splunkd.documents.clear()
        assert action.run(row()).code == 0
        assert splunkd.indexed[-1][0]["index"] == index
    macro["definition"] = "(index=a OR index=b)"
    splunkd.documents.clear()
    done = action.run(row())
    assert done.code == 1 and "names no single index" in done.err and splunkd.documents == {}


def test_search_run_by_hand_would_not_be_registered(action, splunkd):
    action.sid = "admin__admin__search__search7_{now}.123"
    assert action.run(row()).code == 0
    assert splunkd.documents["f1"]["registered"] == NOW + 0.123
    action.sid = "a sid of another shape"
    assert action.run(row("f2")).code == 0
    assert splunkd.documents["f2"]["registered"] > NOW


def test_cut_off_results_would_pass_for_the_whole(action):
    done = action.run(row(), cut=True)
    assert done.code == 1 and "cannot be read" in done.err


def test_secrets_would_be_shown(action, splunk, splunkd):
    told = [action.run(row())]
    splunkd.fails = lambda _request: Reply(401)
    told.append(action.run(row()))
    assert [done.code for done in told] == [0, 1]
    everything = "".join(done.out.decode() + done.err for done in told) + splunk.log()
    assert splunkd.session_key not in everything
