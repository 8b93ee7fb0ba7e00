"""The list of habits remembers who creates accounts and who asks for the password health report, on which days, in
whatever order it is told."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from installed_addon import LOG, TENANT, addon, after_each, moment
from okta_events import PERSON, SYSTEM, event, user

from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")

GEN = "Okta ITDR - Habits - Gen"
BACKFILL = "Okta ITDR - Habits - Backfill"
COLLECTION = "okta_itdr_habits"
NOW = moment("2026-03-10T12:00:00Z")
HOUR, DAY = 3600.0, 86400.0
CLIENT = {"id": "0oasync", "type": "PublicClientApp", "alternateId": "0oasync", "displayName": "Directory Sync"}


def made(ago, outcome="SUCCESS", kind="user.lifecycle.create", new="new@acme.com", **other):
    return event(NOW - ago, kind, outcome, target=[user(new, f"00u{ago}")], **other)


def days(splunk):
    """(who, day) → when first on that day, and under which login; of one habit or all."""
    return {
        (one["who"], one["day"]): (one["first_seen"], one["login"]) for one in splunk.documents(COLLECTION).values()
    }


def habits(*parts):
    return [days(splunk) for splunk in after_each(GEN, parts, NOW)]


TODAY, YESTERDAY = moment("2026-03-10T00:00:00Z"), moment("2026-03-09T00:00:00Z")


def test_people_tokens_and_service_apps_by_day():
    told = [
        made(HOUR),
        made(3 * HOUR),
        made(2 * HOUR, token="00Thr", session=None),
        made(23 * HOUR, actor=CLIENT, session=None),
    ]
    assert habits(told) == [
        {
            (PERSON["id"], TODAY): (NOW - 3 * HOUR, "ann@acme.com"),
            ("00Thr", TODAY): (NOW - 2 * HOUR, "ann@acme.com"),
            ("0oasync", YESTERDAY): (NOW - 23 * HOUR, "0oasync"),
        }
    ]


def test_who_asks_for_the_password_health_report_by_ui_api_or_name():
    asked = {"uri": "/reports/password-health/async_csv_download_schedule"}
    named = event(NOW - 50 * HOUR / 10, "analytics.reports.export.request", session="idxOne")
    named["target"] = [{"id": "password-health", "type": "Report", "displayName": "Okta Password Health"}]
    told = [
        event(NOW - HOUR, "analytics.reports.export.request", "FAILURE", **asked),
        event(NOW - 2 * HOUR, "app.generic.anything", token="00Treports", session=None, **asked),
        named,
        event(NOW - 6 * HOUR, "analytics.reports.export.generate", actor=SYSTEM, **asked),
        event(NOW - 7 * HOUR, "analytics.reports.export.request", uri="/reports/user/mfa/"),
    ]
    assert habits(told) == [
        {
            (PERSON["id"], TODAY): (NOW - 5 * HOUR, "ann@acme.com"),
            ("00Treports", TODAY): (NOW - 2 * HOUR, "ann@acme.com"),
        }
    ]


def test_attempts_oktas_own_jobs_and_registrations_are_no_creations():
    told = [
        made(HOUR, "FAILURE"),
        made(2 * HOUR, actor=SYSTEM),
        made(3 * HOUR, kind="user.lifecycle.activate"),
        event(NOW - 4 * HOUR, "user.lifecycle.create", target=[user("ann@acme.com", PERSON["id"])]),
        event(NOW - 5 * HOUR, "user.lifecycle.create"),
    ]
    assert habits(told) == [{}]


def test_late_repeated_and_backwards_give_the_same_list():
    told = [made(HOUR), made(5 * HOUR), made(20 * HOUR), made(2 * HOUR, actor={**PERSON, "alternateId": "a@acme.com"})]
    (whole,) = habits(told)
    for order in list(permutations(told))[::5]:
        assert habits(*([one] for one in order), [order[0]])[-1] == whole


def test_any_window_again_changes_nothing():
    midnight = moment("2026-03-10T00:00:00Z")
    with addon(midnight) as splunk:
        splunk.index(LOG, [json.loads(told.raw) for told in Tenant("creators", 24, "2026-03-09").events()])
        (told,) = splunk.run(GEN, midnight + 60)
        once = splunk.documents(COLLECTION)
        assert len(once) == told["written"] > 0 and {one["tenant"] for one in once.values()} == {TENANT}
        assert splunk.written_again(BACKFILL, "2026-03-09", midnight + 700) == 0
        assert splunk.documents(COLLECTION) == once
