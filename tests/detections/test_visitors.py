"""The ledger of visitors remembers who used another's session, whatever the order in which events come."""

from __future__ import annotations

from itertools import permutations

import pytest
from installed_addon import LOG, addon, moment
from okta_events import CHROME, event

pytestmark = pytest.mark.usefixtures("tarball")

SESSIONS = "Okta ITDR - Session Ledger - Gen"
GEN = "Okta ITDR - Visitors - Gen"
BACKFILL = "Okta ITDR - Visitors - Backfill"
COLLECTION = "okta_itdr_visitors"
NOW = moment("2026-03-10T12:00:00Z")
HOUR = 3600.0
THIEF = {
    "address": "203.0.113.80", "asn": 4788, "country": "Malaysia", "proxy": True, "os": "Mac OS X", "dthash": "d1",
    "agent": CHROME.format(120),
}  # fmt: skip
SIGN_IN = event(NOW - 6 * HOUR, "user.session.start", dthash="d0")
AT_HOME = event(NOW - 5 * HOUR, "user.authentication.sso", dthash="d0")
VISIT = event(NOW - 4 * HOUR, "user.authentication.sso", **THIEF)
AGAIN = event(NOW - 4 * HOUR + 60, "user.session.access_admin_app", **THIEF)
LATER = event(NOW - 2 * HOUR, "user.authentication.sso", **THIEF)


OWN = {
    "abroad": {"address": "203.0.113.80", "asn": 4788, "country": "Malaysia"},
    "updated abroad": {"address": "203.0.113.80", "asn": 4788, "country": "Malaysia", "agent": CHROME.format(141)},
    "own VPN": {"address": "203.0.113.80", "asn": 212238, "proxy": True},
    "access network at home": {"address": "203.0.113.81", "asn": 3209, "os": "Mac OS X", "agent": CHROME.format(120)},
    "no agent": {
        "address": "203.0.113.80", "asn": 4788, "country": "Malaysia", "agent": None, "os": None, "browser": None,
    },
    "no address": {"address": None, "asn": None, "country": None, "os": "Mac OS X"},
}  # fmt: skip
TOLD = [SIGN_IN, AT_HOME, VISIT, AGAIN, LATER]
ORDERS = [TOLD, *list(permutations(TOLD))[17::29]]


@pytest.fixture(scope="module")
def splunk():
    """Each order of the events a tenant, each person's own client another; both ledgers read after each event."""
    with addon(NOW) as installed:
        for name, own in OWN.items():
            told = [SIGN_IN, AT_HOME, event(NOW - HOUR, "user.authentication.sso", dthash="d0", **own)]
            installed.index(LOG, told, name)
        for step in range(len(TOLD) + 1):  # the last: one of them again
            for number, order in enumerate(ORDERS):
                installed.index(LOG, [order[step % len(TOLD)]], f"order {number}")
            for title in (SESSIONS, GEN):
                installed.run(title, NOW)
        yield installed


def visitors(splunk, tenant):
    found = [document for document in splunk.documents(COLLECTION).values() if document["tenant"] == tenant]
    found.sort(key=lambda document: document["first_seen"])
    return [{name: value for name, value in one.items() if name not in ("_key", "tenant")} for one in found]


def test_a_visitor_hour_by_hour_and_why(splunk):
    first, second = visitors(splunk, "order 0")
    assert (first["first_seen"], first["last_seen"]) == (NOW - 4 * HOUR, NOW - 4 * HOUR + 60)
    assert first["evidence"] == " ".join(sorted((VISIT["uuid"], AGAIN["uuid"])))
    assert (second["evidence"], second["src_ip"], second["network"]) == (LATER["uuid"], "203.0.113.80", "AS4788")
    assert first["why"].split("; ") == [
        "address of a proxy",
        "another country: Malaysia",
        "another device cookie",
        "another system: macOS instead of Windows",
    ]


def test_late_repeated_and_backwards_give_the_same_lines(splunk):
    for number, order in enumerate(ORDERS):
        told = [one["published"] for one in order]
        assert visitors(splunk, f"order {number}") == visitors(splunk, "order 0"), told


@pytest.mark.parametrize("own", OWN)
def test_a_persons_own_client_is_no_visitor(splunk, own):
    assert visitors(splunk, own) == []


def test_reading_again_writes_nothing_and_the_mark_moves_without_visitors(splunk):
    before = splunk.documents(COLLECTION)
    assert [row["written"] for row in splunk.run_over(BACKFILL, NOW - 12 * HOUR, NOW, NOW)] == [0]
    splunk.clock.set(NOW + HOUR)
    splunk.index(LOG, [event(NOW, "user.authentication.sso", session="idxQuiet")], "quiet")
    mark = splunk.documents("okta_itdr_high_water")["visitors"]["high_water"]
    splunk.run(GEN, NOW + HOUR)
    assert splunk.documents("okta_itdr_high_water")["visitors"]["high_water"] >= mark + HOUR
    assert splunk.documents(COLLECTION) == before
