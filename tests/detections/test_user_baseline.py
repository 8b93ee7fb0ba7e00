"""The user baseline remembers from where each person has authenticated, and unlearns what a finding speaks against."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from installed_addon import LOG, TENANT, addon, after_each, moment
from okta_events import SYSTEM, event, user

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - User Baseline - Gen"
BACKFILL = "Okta ITDR - User Baseline - Backfill"
FORGETTING = "Okta ITDR - User Baseline Forgetting - Gen"
COLLECTION = "okta_itdr_user_baseline"
NOW = moment("2026-03-10T12:00:00Z")
HOUR = 3600.0
DAY = 86400.0

HOME = event(NOW - 3 * HOUR, "user.session.start")
HOME_AGAIN = event(NOW - 2 * HOUR, "user.session.start", session="idxLater", address="192.0.2.99")
TRAIN = event(NOW - HOUR, "user.authentication.auth_via_mfa", asn=6805, address="198.51.100.7")


def finding(session, severity="high", updated=NOW):
    """A finding on a session, as the alert action writes it."""
    return {"_key": session, "tenant": TENANT, "session_id": session, "severity": severity, "updated": updated}


def lines(splunk):
    """(network, country, system, browser) → document, of those that teach something."""
    return {
        tuple(document[name] for name in ("network", "country", "os_family", "browser_family")): document
        for document in splunk.documents(COLLECTION).values()
        if document.get("first_seen") is not None
    }


def baseline(*parts, now=NOW):
    """The lines after each part has arrived and the search has run, ten minutes from part to part."""
    return [lines(splunk) for splunk in after_each(GEN, parts, now)]


def test_a_line_is_a_person_s_network_country_system_and_browser():
    (told,) = baseline([HOME_AGAIN, TRAIN, HOME])
    home, train = ("AS3320", "Germany", "Windows", "chrome"), ("AS6805", "Germany", "Windows", "chrome")
    assert set(told) == {home, train}
    assert told[home]["actor_user"] == "ann@acme.com"
    assert (told[home]["first_seen"], told[home]["proof_uuid"]) == (NOW - 3 * HOUR, HOME["uuid"])
    assert (told[home]["session_key"], told[home]["proof_event"]) == ("idxHome", "user.session.start")
    assert told[train]["asn"] == "6805"


def test_mere_use_is_no_proof():
    used = [
        event(NOW - HOUR, "user.authentication.sso"),
        event(NOW - HOUR, "policy.evaluate_sign_on", "ALLOW"),
        event(NOW - HOUR, "user.session.start", "FAILURE"),
        event(NOW - HOUR, "user.session.start", actor=SYSTEM),
    ]
    assert baseline(used) == [{}]


def test_a_sign_in_that_okta_s_system_recorded_is_its_target_s():
    told = event(
        NOW - HOUR, "user.authentication.auth_via_IDP", session=None, actor=SYSTEM, target=[user("ann@acme.com")]
    )
    ((document,),) = [state.values() for state in baseline([told])]
    assert document["actor_user"] == "ann@acme.com"


def test_late_repeated_and_backwards_give_the_same_lines():
    (whole,) = baseline([HOME, HOME_AGAIN, TRAIN])
    for order in permutations([HOME, HOME_AGAIN, TRAIN]):
        assert baseline(*([one] for one in order), [order[0]])[-1] == whole, order


def test_any_window_again_changes_nothing():
    midnight = moment("2026-03-10T00:00:00Z")
    with addon(midnight) as splunk:
        splunk.index(LOG, [json.loads(told.raw) for told in Tenant("baseline", 24, "2026-03-09").events()])
        (told,) = splunk.run(GEN, midnight + 60)
        once = splunk.documents(COLLECTION)
        assert len(once) == told["written"] > 20
        assert splunk.run(GEN, midnight + 660) == []
        assert splunk.written_again(BACKFILL, "2026-03-09", midnight + 700) == 0
        assert splunk.documents(COLLECTION) == once


def test_a_line_is_written_once_a_day_however_often_it_is_used():
    often = [event(NOW - 3 * HOUR + 60 * minute, "user.session.start", session=f"idx{minute}") for minute in range(90)]
    with addon(NOW) as splunk:
        written = 0
        for number, one in enumerate(often[::10]):
            splunk.clock.set(NOW + 600 * number)
            splunk.index(LOG, [one])
            (told,) = splunk.run(GEN, NOW + 600 * number + 60)
            written += told["written"]
        assert written == 1
        splunk.clock.set(NOW + DAY)
        splunk.index(LOG, [event(NOW + DAY - 60, "user.session.start", session="idxNext")])
        assert splunk.run(GEN, NOW + DAY + 60)[0]["written"] == 1
        (document,) = lines(splunk).values()
        assert (document["first_seen"], document["last_seen"]) == (NOW - 3 * HOUR, moment("2026-03-11T00:00:00Z"))


@pytest.mark.parametrize(("severity", "learns"), [("informational", True), ("low", False), ("high", False)])
def test_a_session_with_a_finding_teaches_nothing(severity, learns):
    with addon(NOW) as splunk:
        splunk.write("okta_itdr_findings", finding("idxHome", severity))
        splunk.index(LOG, [HOME])
        splunk.run(GEN, NOW + 60)
        assert bool(lines(splunk)) is learns


def test_what_a_session_taught_before_its_finding_is_forgotten_and_learnt_anew_from_a_clean_one():
    with addon(NOW) as splunk:
        splunk.index(LOG, [HOME, TRAIN])
        splunk.run(GEN, NOW + 60)
        assert len(lines(splunk)) == 2
        splunk.write("okta_itdr_findings", finding("idxHome", updated=NOW + 600))
        splunk.run(FORGETTING, NOW + 660)
        assert lines(splunk) == {}
        emptied = splunk.documents(COLLECTION)
        splunk.run(FORGETTING, NOW + 1260)
        assert splunk.documents(COLLECTION) == emptied
        splunk.clock.set(NOW + 1800)
        clean = event(NOW + 1200, "user.session.start", session="idxClean")
        splunk.index(LOG, [clean])
        splunk.run(GEN, NOW + 1860)
        (document,) = lines(splunk).values()
        assert (document["first_seen"], document["session_key"]) == (NOW + 1200, "idxClean")


def test_a_clean_session_teaches_anew_what_is_not_emptied_yet():
    with addon(NOW) as splunk:
        splunk.index(LOG, [HOME])
        splunk.run(GEN, NOW + 60)
        splunk.write("okta_itdr_findings", finding("idxHome", updated=NOW + 600))
        splunk.clock.set(NOW + 1800)
        splunk.index(LOG, [event(NOW + 1200, "user.session.start", session="idxClean")])
        splunk.run(GEN, NOW + 1860)
        (document,) = lines(splunk).values()
        assert (document["first_seen"], document["session_key"]) == (NOW + 1200, "idxClean")


def test_of_two_sessions_the_clean_one_teaches_even_if_it_came_later():
    with addon(NOW) as splunk:
        splunk.write("okta_itdr_findings", finding("idxHome"))
        splunk.index(LOG, [HOME, HOME_AGAIN])
        splunk.run(GEN, NOW + 60)
        (document,) = lines(splunk).values()
        assert (document["first_seen"], document["session_key"]) == (NOW - 2 * HOUR, "idxLater")


def known(splunk, at):
    """What a search at a time trusts of Ann's countries and of her home network."""
    (row,) = splunk.search(
        f'| makeresults | eval tenant = "{TENANT}", who = "ann@acme.com", network = "AS3320", at = {at} '
        "| `okta_itdr_known_countries(who,at)` | `okta_itdr_network_known_since(who)` "
        "| table known_countries network_known_since",
        NOW + 10 * DAY,
    )
    return row.get("known_countries"), row.get("network_known_since")


def test_a_line_is_trusted_once_it_is_a_day_old():
    with addon(NOW) as splunk:
        abroad = event(NOW - HOUR, "user.session.start", asn=4788, country="Malaysia", session="idxAbroad")
        splunk.index(LOG, [HOME, abroad])
        splunk.run(GEN, NOW + 60)
        assert known(splunk, NOW - 3 * HOUR + DAY - 1)[0] is None
        assert known(splunk, NOW - 3 * HOUR + DAY) == ("Germany", NOW - 3 * HOUR)
        assert sorted(known(splunk, NOW + DAY)[0]) == ["Germany", "Malaysia"]


def test_emptied_lines_are_not_trusted():
    with addon(NOW) as splunk:
        splunk.index(LOG, [HOME])
        splunk.run(GEN, NOW + 60)
        splunk.write("okta_itdr_findings", finding("idxHome"))
        splunk.run(FORGETTING, NOW + 660)
        assert known(splunk, NOW + 10 * DAY) == (None, None)
