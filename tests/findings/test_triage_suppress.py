"""oktasuppress, and what a detection then finds no more: the packaged command and macros in the emulated splunkd."""

from __future__ import annotations

import pytest
from triage_world import ADMIN, ANN, APP, CHANGES, DAY, NOW, SUPPRESSIONS, signed_in

ONE, TWO = (f"{number:064x}" for number in (1, 2))

# A detection's last lines, over rows that it found.
_ENDS = """| makeresults
| eval tenant = "{tenant}", user = nullif("{user}", ""), src_ip = nullif("{src_ip}", ""),
    session_id = nullif("{session_id}", ""),
    anchor = "a", severity = "high", risk_score = 75, first_time = {last_time} - 60, last_time = {last_time},
    message = "m", evidence = "e", reasons = "r"
| `okta_itdr_finding({detection})`"""


def found(world, **changed):
    """Whether such a finding is left by the macro that every detection ends with."""
    row = {"tenant": "acme.okta.com", "user": "jo@acme.com", "src_ip": "192.0.2.7", "session_id": "102session"}
    row.update(detection="session_hijack", last_time=NOW + 400)
    result = world.search(_ENDS.format(**{**row, **changed}), ADMIN)
    assert result.error == ""
    return len(result.rows) == 1


def hide(world, options, who=ADMIN):
    done = world.search(f"| oktasuppress finding_id={ONE} {options}", who)
    assert done.error == "", done
    return done.rows[0]


def test_from_a_finding_by_its_workflow_action_once_there_is_a_reason(triage_splunk):
    (event,) = triage_splunk.search(f'| search index=summary sourcetype="okta_itdr:finding" finding_id={ONE}').rows
    link = triage_splunk.linked("okta_itdr_triage_suppress", event)
    failed = triage_splunk.search(link, ADMIN)
    assert failed.error and 'needs reason="…"' in failed.said[0]
    assert found(triage_splunk)
    filled = triage_splunk.search(link.replace('reason=""', 'reason="scanner of the security team"'), ADMIN)
    assert filled.error == ""
    assert not found(triage_splunk)
    (entry,) = triage_splunk.documents(SUPPRESSIONS)
    assert {name: entry.get(name) for name in ("owner", "reason", "user", "src_ip", "session_id", "detection_id")} == {
        "owner": ADMIN,
        "reason": "scanner of the security team",
        "user": "jo@acme.com",
        "src_ip": "192.0.2.7",
        "session_id": None,
        "detection_id": "session_hijack",
    }
    assert round(entry["expires"]) == NOW + 300 + 30 * DAY
    (change,) = triage_splunk.audited()
    assert (change["action"], change["list"], change["changed_by"]) == ("suppress", SUPPRESSIONS, ADMIN)


@pytest.mark.parametrize(
    "by, others_that_stay",
    [
        ("user", [{"user": "al@acme.com"}, {"detection": "ioc_ip"}, {"tenant": "other.okta.com"}, {"user": ""}]),
        ("src_ip", [{"src_ip": "192.0.2.8"}, {"src_ip": ""}]),
        ("session_id", [{"session_id": "102other"}, {"session_id": ""}]),
        ("user,src_ip", [{"user": "al@acme.com"}, {"src_ip": "192.0.2.8"}, {"user": ""}, {"src_ip": ""}]),
        ("user,session_id", [{"user": "al@acme.com"}, {"session_id": ""}]),
        ("src_ip,session_id", [{"src_ip": ""}, {"session_id": "102other"}]),
        ("session_id,src_ip,user", [{"src_ip": ""}, {"session_id": ""}, {"user": ""}]),
    ],
)
def test_only_what_has_the_very_values_of_the_entry_is_hidden(triage_splunk, by, others_that_stay):
    hide(triage_splunk, f'by="{by}" reason=x')
    assert not found(triage_splunk)
    free = {"user": "zoe@acme.com", "src_ip": "198.51.100.1", "session_id": "102z"}
    assert not found(triage_splunk, **{name: value for name, value in free.items() if name not in by})
    for other in others_that_stay:
        assert found(triage_splunk, **other), other


def test_an_entry_is_judged_by_the_findings_own_time(triage_splunk):
    hide(triage_splunk, "by=user days=2 reason=x")
    until = round(triage_splunk.documents(SUPPRESSIONS)[0]["expires"])
    triage_splunk.later(10 * DAY)
    assert not found(triage_splunk, last_time=until - 1)
    assert found(triage_splunk, last_time=until + 1)


def test_an_entry_that_asks_for_nothing_or_has_no_expiry_hides_nothing(triage_splunk):
    entries = triage_splunk.instance.kvstore.collection(APP, SUPPRESSIONS)
    empty = "session_hijack|acme.okta.com|||"
    entries.batch_save(
        [
            {"detection_id": "session_hijack", "tenant": "acme.okta.com", "match": empty, "expires": NOW + DAY},
            {"detection_id": "session_hijack", "expires": NOW + DAY},
            {"match": "*", "expires": NOW + DAY},
            {"match": "session_hijack|acme.okta.com|||*", "user": "*", "expires": NOW + DAY},
            {"match": "session_hijack|acme.okta.com|||jo@acme.com", "user": "jo@acme.com"},
        ]
    )
    assert found(triage_splunk)
    assert found(triage_splunk, user="", src_ip="", session_id="")


def test_made_again_it_is_the_same_entry_with_the_new_expiry_and_ends_when_told(triage_splunk):
    hide(triage_splunk, "by=user days=2 reason=x")
    triage_splunk.later(3600)
    row = hide(triage_splunk, "by=user days=5 reason=y")
    (entry,) = triage_splunk.documents(SUPPRESSIONS)
    assert (entry["_key"], entry["reason"], round(entry["expires"])) == (row["entry"], "y", NOW + 300 + 3600 + 5 * DAY)
    assert not found(triage_splunk)
    ended = triage_splunk.search(f"| oktasuppress end={row['entry']} reason=gone", ADMIN)
    assert ended.error == ""
    assert found(triage_splunk, last_time=triage_splunk.now + 60)
    triage_splunk.copy()
    assert [change["action"] for change in triage_splunk.audited()] == ["suppress", "suppress", "end"]


def test_networks_and_pairs_go_to_the_admins_own_lists(triage_splunk):
    hide(triage_splunk, "network=AS64500 reason=office")
    hide(triage_splunk, "client=0oa123 network=AS64501 reason=integration days=365")
    (network,) = triage_splunk.documents("okta_itdr_trusted_networks")
    assert {name: network[name] for name in ("network", "owner", "reason")} == {
        "network": "AS64500",
        "owner": ADMIN,
        "reason": "office",
    }
    (pair,) = triage_splunk.documents("okta_itdr_allowed_clients")
    assert (pair["client"], pair["network"], round(pair["expires"])) == ("0oa123", "AS64501", NOW + 300 + 365 * DAY)
    assert triage_splunk.documents(SUPPRESSIONS) == []


REFUSED = [
    (f"finding_id={ONE} by=user", 'needs reason="…"'),
    ('by=user reason="x"', "needs finding_id=<id>"),
    ("finding_id=00 by=user reason=x", "There is no finding with finding_id=00"),
    (f"finding_id={ONE} reason=x", 'needs by="user,src_ip"'),
    (f'finding_id={ONE} by="" reason=x', "is no choice of session_id, src_ip, user"),
    (f"finding_id={ONE} by=tenant reason=x", "by=tenant is no choice"),
    (f"finding_id={TWO} by=src_ip reason=x", "The finding has no src_ip"),
    (f"finding_id={ONE} client=0oa123 reason=x", 'needs by="user,src_ip"'),
    (f'finding_id={ONE} network="AS*" reason=x', "must name one network, without * or ?"),
    (f'finding_id={ONE} network="as 64500" reason=x', "is no autonomous system: write it as AS64500"),
    (f"finding_id={ONE} network=AS64500 by=user reason=x", 'needs by="user,src_ip"'),
    (f"finding_id={ONE} by=user days=0 reason=x", "cannot do days=0: give a whole number from 1 to 365"),
    (f"finding_id={ONE} by=user days=366 reason=x", "cannot do days=366"),
    (f"finding_id={ONE} by=user days=x reason=x", "cannot do days=x"),
    ("end=00 reason=x", "There is no entry 00"),
    ("end=00 days=3 reason=x", "end= takes a reason alone: remove days"),
    (f"finding_id={ONE} by=user owner=ann reason=x", "has no option owner=ann"),
]


def test_what_cannot_be_is_one_message_and_nothing_is_written(triage_splunk):
    triage_splunk.register(triage_splunk.row(2, src_ip=""))
    without = triage_splunk.instance.kvstore.collection(APP, "okta_itdr_findings")
    without.replace(TWO, {k: v for k, v in without.get(TWO, "nobody").items() if k != "src_ip"}, "nobody")
    for options, said in REFUSED:
        failed = triage_splunk.search(f"| oktasuppress {options}", ADMIN)
        errors = [text for text in failed.said if text.startswith("ERROR")]
        assert len(errors) == 1 and said in errors[0], options
    lists = (SUPPRESSIONS, "okta_itdr_trusted_networks", "okta_itdr_allowed_clients", CHANGES)
    assert [triage_splunk.documents(name) for name in lists] == [[], [], [], []]


def test_an_analyst_may_not_and_is_told_whom_to_ask(triage_splunk):
    failed = triage_splunk.search(f"| oktasuppress finding_id={ONE} by=user reason=x", ANN)
    (said,) = [text for text in failed.said if text.startswith("ERROR")]
    assert "You may not change the list okta_itdr_suppressions: ask an admin" in said
    assert triage_splunk.documents(SUPPRESSIONS) == []
    triage_splunk.copy()
    assert triage_splunk.audited() == []


def test_the_report_shows_each_entry_and_what_it_would_hide(triage_splunk):
    triage_splunk.register(triage_splunk.row(4, user="al@acme.com"))
    hide(triage_splunk, "by=user days=2 reason=x")
    hide(triage_splunk, 'by="session_id" days=9 reason=z')
    hide(triage_splunk, "network=AS64500 reason=office days=1")
    triage_splunk.later(1.5 * DAY)
    rows = triage_splunk.run_saved("Okta ITDR - Suppressions - Report")
    told = [
        {name: row.get(name) for name in ("list", "user", "session_id", "network", "counts", "would_hide", "owner")}
        for row in rows
    ]
    blank = dict.fromkeys(("user", "session_id", "network", "would_hide"))
    assert told == [
        {**blank, "list": SUPPRESSIONS, "user": "jo@acme.com", "counts": "yes", "would_hide": 3, "owner": ADMIN},
        {**blank, "list": SUPPRESSIONS, "session_id": "102session", "counts": "yes", "would_hide": 4, "owner": ADMIN},
        {**blank, "list": "okta_itdr_trusted_networks", "network": "AS64500", "counts": "no, expired", "owner": ADMIN},
    ]
    assert all(row["entry"] and row["expires"].startswith("2026-") for row in rows)


def test_the_choices_are_the_networks_and_clients_of_the_findings_own_events(triage_splunk):
    events = [
        ("e1", "jo@acme.com", 64500, 'Head "office"'),
        ("e2", "jo@acme.com", 64501, None),
        ("other", "al@acme.com", 64502, None),
    ]
    triage_splunk.index(*(signed_in(*event, NOW - 600) for event in events))
    (event,) = triage_splunk.search(f'| search index=summary sourcetype="okta_itdr:finding" finding_id={ONE}').rows
    rows = triage_splunk.search(triage_splunk.linked("okta_itdr_triage_places", event), ADMIN).rows
    assert sorted((row["network"], row["client"]) for row in rows) == [
        ("AS64500", "jo@acme.com"),
        ("AS64501", "jo@acme.com"),
        ('Head "office"', "jo@acme.com"),
    ]
    for row in rows:
        for column in ("ours", "this_client_from_there"):
            done = triage_splunk.search(row[column].replace('reason=""', "reason=x"), ADMIN)
            assert (done.error, done.rows[0]["network"]) == ("", row["network"])
    assert len(triage_splunk.documents("okta_itdr_trusted_networks")) == 3
    pairs = triage_splunk.documents("okta_itdr_allowed_clients")
    assert {(pair["client"], pair["network"]) for pair in pairs} == {(row["client"], row["network"]) for row in rows}
