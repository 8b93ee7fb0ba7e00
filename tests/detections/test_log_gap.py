"""What the index holds of each audited hour against what Okta has."""

from __future__ import annotations

import hashlib

import pytest
from installed_addon import LOG, TENANT, addon, iso, moment

pytestmark = pytest.mark.usefixtures("tarball")

ALERT = "Okta ITDR - Log Gap - Alert"
REPORT = "Okta ITDR - Log Completeness - Report"
AUDIT = "okta_itdr:audit"
NOW = moment("2026-03-10T12:11:00Z")
HOUR = moment("2026-03-10T08:00:00Z")
UUIDS = [f"5e0c1b7a-1c5d-11f1-8a3e-{number:012x}" for number in range(40)]


def event(uuid: str, hour: float = HOUR) -> dict:
    """Spread over the hour, the first in its first millisecond and the last in its last."""
    number = UUIDS.index(uuid) if uuid in UUIDS else 20
    return {"eventType": "user.session.start", "published": iso(hour + number * 3599.999 / 39), "uuid": uuid}


def digest(uuids) -> int:
    return sum(int(hashlib.sha256(uuid.encode()).hexdigest()[:8], 16) for uuid in set(uuids))


def audit(uuids=UUIDS, hour: float = HOUR, audited: float = NOW - 3600, **other) -> dict:
    """What an input says that found `uuids` at Okta; a None among `other` takes the key out."""
    told = {"hour": iso(hour), "audited": iso(audited), "tenant": TENANT, "account": "acme", "input": "main"}
    told |= {"count": len(set(uuids)), "digest": digest(uuids), "added": 0, "repeated": 0, "again": False, **other}
    return {key: value for key, value in told.items() if value is not None}


@pytest.fixture
def splunk():
    with addon(NOW) as installed:
        yield installed


def alert(splunk, at: float = NOW):
    return splunk.run(ALERT, at)


def verdicts(splunk, at: float = NOW):
    return {(row["input"], row["hour"]): row["verdict"] for row in splunk.run(REPORT, at)}


def log(splunk, uuids, hour: float = HOUR, tenant: str = TENANT):
    splunk.index(LOG, [event(uuid, hour) for uuid in uuids], tenant)


def test_a_complete_hour_is_silent(splunk):
    log(splunk, UUIDS)
    splunk.index(AUDIT, [audit()])
    assert alert(splunk) == []
    (row,) = splunk.run(REPORT, NOW)
    assert (row["verdict"], row["at_okta"], row["indexed"], row["missing"], row["copies"]) == ("equal", 40, 40, 0, 0)
    assert row["hour"] == "2026-03-10T08:00:00.000Z"


def test_missing_events_would_be_nobodys_knowledge(splunk):
    log(splunk, UUIDS[3:])
    splunk.index(AUDIT, [audit()])
    (row,) = alert(splunk)
    assert (row["verdict"], row["at_okta"], row["indexed"], row["missing"], row["copies"]) == ("missing", 40, 37, 3, 0)
    assert (row["tenant"], row["account"], row["input"], row["hour"]) == (TENANT, "acme", "main", iso(HOUR))
    assert row["message"] == (
        "Of 40 events that Okta has for the hour 2026-03-10T08:00:00.000Z of acme.okta.com, 3 are not in the index: "
        "collect this hour again: Inputs page, input main, field Hours to collect again."
    )


def test_an_hour_of_which_nothing_came_is_missing_whole(splunk):
    splunk.index(AUDIT, [audit()])
    (row,) = alert(splunk)
    assert (row["verdict"], row["indexed"], row["missing"]) == ("missing", 0, 40)


def test_an_hour_in_which_nothing_happened_is_complete(splunk):
    splunk.index(AUDIT, [audit([])])
    assert verdicts(splunk) == {("main", iso(HOUR)): "equal"}


def test_an_event_exchanged_for_another_would_pass_by_its_number(splunk):
    log(splunk, [*UUIDS[1:], "another"])
    splunk.index(AUDIT, [audit()])
    (row,) = alert(splunk)
    assert (row["verdict"], row["at_okta"], row["indexed"]) == ("different", 40, 40)
    assert "not the same ones" in row["message"] and "missing" not in row


def test_copies_are_counted_and_hide_nothing(splunk):
    log(splunk, UUIDS)
    log(splunk, UUIDS[:5])
    log(splunk, UUIDS[:2])
    splunk.index(AUDIT, [audit()])
    assert alert(splunk) == []
    (row,) = splunk.run(REPORT, NOW)
    assert (row["verdict"], row["indexed"], row["copies"]) == ("equal", 40, 7)


def test_copies_do_not_stand_for_what_is_missing(splunk):
    log(splunk, [*UUIDS[3:], *UUIDS[3:6]])
    splunk.index(AUDIT, [audit()])
    (row,) = alert(splunk)
    assert (row["missing"], row["copies"]) == (3, 3)


def test_events_that_came_after_the_count_are_no_alert(splunk):
    log(splunk, UUIDS)
    splunk.index(AUDIT, [audit(UUIDS[5:])])
    assert alert(splunk) == []
    assert verdicts(splunk) == {("main", iso(HOUR)): "more"}


def test_a_filtered_input_cannot_be_compared(splunk):
    log(splunk, UUIDS)
    splunk.index(AUDIT, [audit(UUIDS[:4], filter='eventType eq "user.session.start"')])
    assert alert(splunk) == []
    (row,) = splunk.run(REPORT, NOW)
    assert row["verdict"] == "filtered" and "missing" not in row


def test_an_hour_that_could_not_be_audited_is_told_with_the_reason(splunk):
    log(splunk, UUIDS)
    splunk.index(AUDIT, [audit(count=None, digest=None, error="Okta refused the token: create a new API token.")])
    (row,) = alert(splunk)
    assert row["verdict"] == "not audited" and "Okta refused the token: create a new API token." in row["message"]
    assert "at_okta" not in row and row["indexed"] == 40


@pytest.mark.parametrize("order", [1, -1])
def test_the_audit_made_last_counts_whatever_came_first(splunk, order):
    log(splunk, UUIDS)
    early = audit([*UUIDS, "gone"], audited=NOW - 7200)
    late = audit(audited=NOW - 7199.5, again=True, added=1)
    splunk.index(AUDIT, [early, late][::order])
    assert alert(splunk) == []
    (row,) = splunk.run(REPORT, NOW)
    assert (row["verdict"], row["added"], row["audited"]) == ("equal", 1, late["audited"])


def test_events_get_time_to_be_indexed(splunk):
    splunk.index(AUDIT, [audit(audited=NOW - 600)])
    assert alert(splunk) == []
    assert alert(splunk, NOW + 1)[0]["missing"] == 40


def test_a_new_audit_withdraws_the_old_verdict_at_once(splunk):
    """While what was missing is on its way the hour is not named again."""
    splunk.index(AUDIT, [audit()])
    assert len(alert(splunk)) == 1
    splunk.index(AUDIT, [audit(audited=NOW - 1, added=40)])
    assert alert(splunk) == []


def test_two_inputs_are_told_apart(splunk):
    """One of all, one filtered, one that failed: each with its own row over the same events."""
    log(splunk, UUIDS[1:])
    splunk.index(AUDIT, [audit(), audit(UUIDS[:2], input="part", filter="x"), audit(input="third", account="other")])
    assert {(row["input"], row["account"], row["missing"]) for row in alert(splunk)} == {
        ("main", "acme", 1),
        ("third", "other", 1),
    }
    assert verdicts(splunk) == {
        ("main", iso(HOUR)): "missing",
        ("part", iso(HOUR)): "filtered",
        ("third", iso(HOUR)): "missing",
    }


def test_two_tenants_and_hours_are_told_apart(splunk):
    log(splunk, UUIDS)
    log(splunk, UUIDS[2:], tenant="beta.okta.com")
    log(splunk, UUIDS[1:], hour=HOUR + 3600)
    splunk.index(AUDIT, [audit(), audit(hour=HOUR + 3600), audit(tenant="beta.okta.com", account="beta")])
    assert {(row["tenant"], row["hour"], row["missing"]) for row in alert(splunk)} == {
        (TENANT, iso(HOUR + 3600), 1),
        ("beta.okta.com", iso(HOUR), 2),
    }


def test_an_hour_without_audit_is_not_judged(splunk):
    log(splunk, UUIDS)
    assert alert(splunk) == [] and verdicts(splunk) == {}


def test_an_hour_that_the_searched_time_cuts_is_not_judged(splunk):
    """The report begins 48 hours ago to the second: the events before that are not seen."""
    hour = moment("2026-03-08T12:00:00Z")
    log(splunk, UUIDS, hour=hour)
    log(splunk, UUIDS, hour=hour + 3600)
    splunk.index(AUDIT, [audit(hour=hour), audit(hour=hour + 3600)])
    assert verdicts(splunk) == {("main", iso(hour + 3600)): "equal"}
    assert alert(splunk) == []


def test_a_digest_near_two_to_the_53_is_compared_to_the_last_digit(splunk):
    """A busy tenant's sum has 13 digits and more; the last one decides."""
    log(splunk, UUIDS)
    splunk.index(AUDIT, [audit(digest=digest(UUIDS) + 1), audit(input="exact")])
    assert {key[0]: verdict for key, verdict in verdicts(splunk).items()} == {"main": "different", "exact": "equal"}
    many = [f"{UUIDS[0]}-{number}" for number in range(6000)]
    hour = HOUR + 3600
    log(splunk, many, hour=hour)
    assert digest(many) > 10**13
    splunk.index(AUDIT, [audit(many, hour=hour), audit(many, hour=hour, input="off", digest=digest(many) - 1)])
    found = verdicts(splunk)
    assert found["main", iso(hour)] == "equal" and found["off", iso(hour)] == "different"
