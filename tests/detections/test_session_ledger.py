"""The session ledger remembers the first place where each session was proven, whatever the order of arrival."""

from __future__ import annotations

import json
from hashlib import md5
from itertools import permutations

import pytest
from installed_addon import LOG, TENANT, addon, after_each, moment
from okta_events import SYSTEM, event, user

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - Session Ledger - Gen"
BACKFILL = "Okta ITDR - Session Ledger - Backfill"
COLLECTION = "okta_itdr_session_ledger"
MARKS = "okta_itdr_high_water"
NOW = moment("2026-03-10T12:00:00Z")
HOUR = 3600.0
MIDNIGHT = moment("2026-03-10T00:00:00Z")


def day():
    """A simulated day before MIDNIGHT."""
    return [json.loads(event.raw) for event in Tenant("ledger", 24, "2026-03-09").events()]


def ledger(*parts, now=NOW):
    """The documents by session after each part has arrived and the search has run, ten minutes from part to part."""
    states = []
    for splunk in after_each(GEN, parts, now):
        documents = splunk.documents(COLLECTION)
        states.append({document["session_key"]: document for document in documents.values()})
        for key, document in documents.items():
            assert key == md5(f"{document['tenant']}|{document['session_key']}".encode()).hexdigest()
    return states


def proven(document):
    """Client keys and the time since when each is proven."""
    return {text.split("|")[0]: float(text.split("|")[1]) for text in document["proven"]}


def client(network, os, browser):
    return md5(f"{network}|{os}|{browser}".encode()).hexdigest()


START = event(NOW - 3 * HOUR, "user.session.start", dthash="d1")
VERIFIED = event(
    NOW - 2 * HOUR, "user.authentication.auth_via_mfa", address="198.51.100.7", asn=6805, country="Austria"
)
AGAIN = event(NOW - HOUR, "user.authentication.verify", name="again")


def test_a_document_holds_the_place_and_its_proof():
    (documents,) = ledger([VERIFIED, START])
    document = documents["idxHome"]
    assert (document["tenant"], document["actor_user"], document["session_key"]) == (TENANT, "ann@acme.com", "idxHome")
    assert (document["first_seen"], document["last_seen"]) == (NOW - 3 * HOUR, NOW - 2 * HOUR)
    assert (document["proof_uuid"], document["proof_event"]) == (START["uuid"], "user.session.start")
    assert [document[name] for name in ("network", "asn", "country", "city", "os_family", "browser_family", "src_ip")] \
        == ["AS3320", "3320", "Germany", "Munich", "Windows", "chrome", "192.0.2.10"]  # fmt: skip
    assert (document["lat"], document["browser_version"], document["dthash"]) == (48.14, 140, "d1")
    assert proven(document) == {
        client("AS3320", "Windows", "chrome"): NOW - 3 * HOUR,
        client("192.0.2.10", "Windows", "chrome"): NOW - 3 * HOUR,
        client("AS6805", "Windows", "chrome"): NOW - 2 * HOUR,
        client("198.51.100.7", "Windows", "chrome"): NOW - 2 * HOUR,
    }


def test_the_place_is_of_one_event_not_of_several():
    """What the proving event does not tell is not taken from a later one."""
    bare = event(NOW - 4 * HOUR, "user.session.start", address="203.0.113.5", asn=None, country=None)
    (documents,) = ledger([bare, START])
    document = documents["idxHome"]
    assert (document["src_ip"], document["network"]) == ("203.0.113.5", "AS unknown")
    assert not {"asn", "country", "lat"} & {name for name, value in document.items() if value is not None}
    assert set(proven(document)) == {
        client("203.0.113.5", "Windows", "chrome"),
        client("AS3320", "Windows", "chrome"),
        client("192.0.2.10", "Windows", "chrome"),
    }


def test_what_is_no_proof_is_not_remembered():
    told = [
        event(NOW - HOUR, "user.session.start", "FAILURE", session="idxFailed"),
        event(NOW - HOUR, "policy.evaluate_sign_on", "ALLOW", session="idxAllowed"),
        event(NOW - HOUR, "user.authentication.sso", session="idxApp"),
        event(NOW - HOUR, "user.session.access_admin_app", session="idxConsole"),
        event(NOW - HOUR, "user.authentication.auth_via_mfa", agent="okta.mobile/7.12.0 OktaVerify/7.12.0 iOS/17"),
        event(NOW - HOUR, "user.session.start", session="trsRequest"),
        event(NOW - HOUR, "user.session.start", session="unknown"),
        event(NOW - HOUR, "user.session.start", session=None),
    ]
    assert ledger(told) == [{}]


def test_the_person_of_a_sign_in_that_okta_s_system_recorded():
    told = event(NOW - HOUR, "user.authentication.auth_via_IDP", actor=SYSTEM, target=[user("ann@acme.com")])
    assert ledger([told])[0]["idxHome"]["actor_user"] == "ann@acme.com"


def test_late_repeated_and_backwards_give_the_same_document():
    (whole,) = ledger([START, VERIFIED, AGAIN])
    for order in permutations([START, VERIFIED, AGAIN]):
        assert ledger(*([one] for one in order), [order[0]], [order[1], order[2]])[-1] == whole, order


def test_a_client_is_proven_since_its_first_sign_in_and_stands_once():
    once, again = ledger([START], [AGAIN])
    assert again["idxHome"]["proven"] == once["idxHome"]["proven"]
    assert set(proven(again["idxHome"]).values()) == {NOW - 3 * HOUR}
    (backwards,) = ledger([AGAIN, START])
    assert backwards["idxHome"]["proven"] == once["idxHome"]["proven"]


def test_two_proofs_of_the_same_moment_have_one_order():
    twin = event(NOW - 3 * HOUR, "user.authentication.verify", address="198.51.100.9", asn=64500, name="twin")
    one, other = ledger([START], [twin])[-1], ledger([twin], [START])[-1]
    assert one == other
    assert one["idxHome"]["proof_uuid"] == min(START["uuid"], twin["uuid"])


def test_any_window_again_changes_nothing():
    """Over a simulated day: the Gen search, then the backfill over every stretch of it."""
    with addon(MIDNIGHT) as splunk:
        splunk.index(LOG, day())
        (told,) = splunk.run(GEN, MIDNIGHT + 60)
        once, marks = splunk.documents(COLLECTION), splunk.documents(MARKS)
        assert len(once) == told["written"] == told["read"] > 20
        assert splunk.run(GEN, MIDNIGHT + 660) == []
        assert splunk.written_again(BACKFILL, "2026-03-09", MIDNIGHT + 700) == 0
        assert splunk.documents(COLLECTION) == once
        assert splunk.documents(MARKS) == marks


def test_in_parts_as_in_one():
    raws = day()
    half = len(raws) // 2
    assert ledger(raws[half:], raws[:half], raws[half - 50 :], now=MIDNIGHT)[-1] == ledger(raws, now=MIDNIGHT)[-1]


def test_it_reads_from_its_mark_on_and_makes_up_for_an_outage():
    with addon(NOW) as splunk:
        splunk.index(LOG, [START])
        splunk.run(GEN, NOW + 60)
        mark = splunk.documents(MARKS)["session_ledger"]
        assert (mark["high_water"], mark["read"], mark["written"]) == (NOW, 1, 1)
        # The search head sleeps for four days; events go on arriving.
        splunk.clock.set(NOW + 86400)
        splunk.index(LOG, [event(NOW + 86400 - 60, "user.session.start", session="idxAsleep")])
        splunk.clock.set(NOW + 4 * 86400)
        (told,) = splunk.run(GEN, NOW + 4 * 86400)
        assert told["high_water"] == NOW + 86400
        assert {row["session_key"] for row in splunk.documents(COLLECTION).values()} == {"idxHome", "idxAsleep"}


def test_a_mark_from_a_clock_that_was_ahead_hides_nothing():
    with addon(NOW) as splunk:
        splunk.write(MARKS, {"_key": "session_ledger", "high_water": NOW + 30 * 86400, "read": 1, "written": 1})
        splunk.index(LOG, [START])
        splunk.run(GEN, NOW + 60)
        assert len(splunk.documents(COLLECTION)) == 1


def test_what_was_there_before_the_search_was_turned_on_comes_by_the_backfill():
    old = event(NOW - 20 * 86400, "user.session.start", session="idxOld")
    with addon(NOW) as splunk:
        splunk.index(LOG, [old, START])
        splunk.run(GEN, NOW + 60)
        assert {row["session_key"] for row in splunk.documents(COLLECTION).values()} == {"idxHome"}
        (told,) = splunk.run(BACKFILL, NOW + 60)
        assert (told["read"], told["written"]) == (2, 1)
        assert len(splunk.documents(COLLECTION)) == 2
