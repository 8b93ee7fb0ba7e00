"""The ledger of tokens' networks remembers from where each API token and OAuth client was used, in whatever order."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from installed_addon import LOG, addon, after_each, moment
from okta_events import PERSON, event, user

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - Token Networks - Gen"
BACKFILL = "Okta ITDR - Token Networks - Backfill"
COLLECTION = "okta_itdr_token_networks"
NOW = moment("2026-03-10T12:00:00Z")
HOUR, DAY = 3600.0, 86400.0
OWNER = {"id": "00uhr", "type": "User", "alternateId": "svc.hr@acme.com", "displayName": "HR"}
CLIENT = {"id": "0oasync", "type": "PublicClientApp", "alternateId": "0oasync", "displayName": "Directory Sync"}


def used(ago, token="00Thr", actor=OWNER, kind="group.user_membership.add", target="ann@acme.com", **client):
    return event(NOW - ago, kind, session=None, token=token, actor=actor, target=[user(target)], **client)


FIRST = used(9 * HOUR)
UNKNOWN = used(8 * HOUR, asn=None)
ELSEWHERE = used(2 * HOUR, asn=16509, address="198.51.100.7", country="Austria")
NAMELESS = used(3 * HOUR, asn=None, address="198.51.100.7", country=None)


def lines(splunk):
    """(token, kind, place) → document."""
    return {
        tuple(document[name] for name in ("token", "kind", "place")): document
        for document in splunk.documents(COLLECTION).values()
    }


def ledger(*parts):
    return [lines(splunk) for splunk in after_each(GEN, parts, NOW)]


def test_a_token_its_networks_addresses_and_countries_since_when():
    (told,) = ledger([ELSEWHERE, UNKNOWN, FIRST])
    assert {key[1:]: (one["first_seen"], one.get("asn"), one.get("asn_since")) for key, one in told.items()} == {
        ("token", "any"): (NOW - 9 * HOUR, None, None),
        ("network", "AS3320"): (NOW - 9 * HOUR, None, None),
        ("network", "AS16509"): (NOW - 2 * HOUR, None, None),
        ("address", "192.0.2.10"): (NOW - 9 * HOUR, "3320", NOW - 9 * HOUR),
        ("address", "198.51.100.7"): (NOW - 2 * HOUR, "16509", NOW - 2 * HOUR),
        ("country", "Germany"): (NOW - 9 * HOUR, None, None),
        ("country", "Austria"): (NOW - 2 * HOUR, None, None),
    }
    assert {one["token_user"] for one in told.values()} == {"svc.hr@acme.com"}


def test_an_address_is_older_than_what_okta_tells_of_its_as():
    (told,) = ledger([NAMELESS, ELSEWHERE])
    address = told["00Thr", "address", "198.51.100.7"]
    assert (address["first_seen"], address["asn_since"]) == (NOW - 3 * HOUR, NOW - 2 * HOUR)
    assert told["00Thr", "network", "AS16509"]["first_seen"] == NOW - 2 * HOUR


def test_a_service_app_is_told_by_its_client_and_has_its_name():
    (told,) = ledger([used(HOUR, token=None, actor=CLIENT)])
    assert told["0oasync", "token", "any"]["token_user"] == "Directory Sync"


@pytest.mark.parametrize(
    "no_use",
    [
        used(HOUR, actor=PERSON, kind="user.session.start"),
        used(HOUR, actor=PERSON, kind="user.authentication.auth_via_mfa"),
        event(NOW - HOUR, "user.account.update_password", token="00Thr", target=[user("ann@acme.com", PERSON["id"])]),
        used(HOUR, token=None, actor=CLIENT, kind="app.oauth2.token.grant.access_token"),
        used(HOUR, kind="system.api_token.request_outside_allowed_range"),
        used(HOUR, address=None),
        used(HOUR, address="unknown"),
        used(HOUR, token=None),
    ],
    ids=["sign-in", "factor", "own password", "code", "refused", "no address", "unknown address", "no token"],
)
def test_what_is_done_in_a_persons_place_or_refused_teaches_nothing(no_use):
    assert ledger([no_use]) == [{}]


def test_late_repeated_and_backwards_give_the_same_lines():
    renamed = used(5 * HOUR, actor={**OWNER, "alternateId": "svc.people@acme.com"})
    told = [FIRST, UNKNOWN, ELSEWHERE, NAMELESS, renamed]
    (whole,) = ledger(told)
    for order in list(permutations(told))[::13]:
        assert ledger(*([one] for one in order), [order[0]])[-1] == whole, [one["published"] for one in order]


def test_any_window_again_changes_nothing():
    midnight = moment("2026-03-10T00:00:00Z")
    with addon(midnight) as splunk:
        splunk.index(LOG, [json.loads(told.raw) for told in Tenant("tokens", 24, "2026-03-09").events()])
        (told,) = splunk.run(GEN, midnight + 60)
        once = splunk.documents(COLLECTION)
        assert len(once) == told["written"] > 8
        assert splunk.run(GEN, midnight + 660) == []
        assert splunk.written_again(BACKFILL, "2026-03-09", midnight + 700) == 0
        assert splunk.documents(COLLECTION) == once


def test_a_busy_token_writes_its_lines_once_a_day():
    with addon(NOW) as splunk:
        written = []
        for number in range(4):
            splunk.clock.set(NOW + 600 * number)
            splunk.index(LOG, [used(-600 * number + 30), used(-600 * number + 20)])
            written += [row["written"] for row in splunk.run(GEN, NOW + 600 * number + 60)]
        assert written == [4, 0, 0, 0]
        splunk.clock.set(NOW + DAY)
        splunk.index(LOG, [used(60 - DAY)])
        assert [row["written"] for row in splunk.run(GEN, NOW + DAY + 60)] == [4]
        assert {one["last_seen"] for one in lines(splunk).values()} == {moment("2026-03-11T00:00:00Z")}


def test_tenants_are_kept_apart():
    with addon(NOW) as splunk:
        splunk.index(LOG, [FIRST])
        splunk.index(LOG, [used(HOUR)], "beta.okta.com")
        splunk.run(GEN, NOW + 60)
        since = {(one["tenant"], one["first_seen"]) for one in splunk.documents(COLLECTION).values()}
        assert since == {("acme.okta.com", NOW - 9 * HOUR), ("beta.okta.com", NOW - HOUR)}
