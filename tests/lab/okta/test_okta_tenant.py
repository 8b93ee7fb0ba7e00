"""The tenant as a whole: the same for the same seed, in the order of persistence, every kind of life in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import pytest

from lab.okta.attacks.beyondtrust_2023 import BeyondTrust2023
from lab.okta.life import KINDS
from lab.okta.rates import ALARMING, RATES
from lab.okta.tenant import Tenant

PARTS = [kind for kind, life in KINDS.items() if life is not None and kind not in ALARMING]
SEEDS = ("one", "two", "three")


def logged(**settings):
    return list(Tenant(**settings).events())


def bodies(**settings):
    return [json.loads(event.raw) for event in logged(**settings)]


def test_the_same_seed_gives_the_same_bytes():
    settings = {"seed": "again", "days": 2, "people": 30, "attacks": ["beyondtrust_2023"]}
    assert logged(**settings) == logged(**settings)
    assert Tenant(**settings).truth == Tenant(**settings).truth


def test_another_seed_gives_other_people():
    def actors(seed):
        return {event["actor"]["alternateId"] for event in bodies(seed=seed, people=20, noise={"workday"})}

    one, two = actors("one"), actors("two")
    assert len(one) > 10 and not one & two


def test_events_come_in_the_order_of_persistence_over_many_days():
    tenant = Tenant(seed="order", days=5, people=30)
    events = list(tenant.events())
    assert events == sorted(events)
    assert all(event.published <= event.persisted for event in events)
    assert tenant.begin <= min(event.published for event in events)
    assert events[-1].persisted < tenant.end


@pytest.mark.parametrize("start", ["2024-02-29", "2024-10-27", "2030-03-31", "2025-12-27"])
def test_no_day_of_the_calendar_reaches_beyond_the_tenant_s_bounds(start):
    tenant = Tenant(seed="calendar", start=start, days=2)
    events = list(tenant.events())
    assert tenant.begin <= min(event.published for event in events) and events[-1].persisted < tenant.end


@pytest.mark.parametrize("kind", PARTS)
def test_each_kind_of_life_happens_on_the_first_day(kind):
    for seed in SEEDS:
        assert logged(seed=seed, noise=[kind]), kind


@pytest.mark.parametrize("kind", sorted(ALARMING))
def test_what_is_honest_and_alarming_happens_within_the_year_and_not_daily(kind):
    days = {event.published // 86400 for event in logged(seed="alarming", days=366, noise=[kind], people=16)}
    assert 1 <= len(days) < 60


@pytest.fixture(scope="module")
def everything():
    return {event.uuid for event in logged(seed="switch", people=40)}


# Without a plane or a kiosk those people work at their own laptops instead.
@pytest.mark.parametrize("kind", sorted(set(PARTS) - {"travel", "kiosk"}))
def test_a_kind_that_is_switched_off_takes_its_events_away_and_moves_no_other(kind, everything):
    assert {event.uuid for event in logged(seed="switch", people=40, noise=set(KINDS) - {kind})} < everything


def test_a_quiet_tenant_has_no_events():
    assert logged(seed="quiet", noise=[]) == []


def test_an_attack_beyond_the_last_day_is_refused():
    with pytest.raises(ValueError, match="beyondtrust_2023 is to happen on day 3 of a tenant of 1 day"):
        Tenant(attacks=[BeyondTrust2023(day=3)])


def test_an_unknown_kind_or_attack_is_refused_by_its_name():
    with pytest.raises(ValueError, match="no such kind of life or attack: nosie, trojan_horse"):
        Tenant(noise=["nosie"], attacks=["trojan_horse"])


def test_a_push_is_answered_by_the_phone_in_the_browser_s_own_session():
    events = bodies(seed="push")
    browsers = {}
    for event in events:
        if event["eventType"] == "user.session.start":
            browsers[event["authenticationContext"]["externalSessionId"]] = event["client"]["ipAddress"]
    answers = [event for event in events if event["debugContext"]["debugData"].get("factor") == "OKTA_VERIFY_PUSH"]
    assert len(answers) > 10
    for answer in answers:
        assert (
            answer["client"]["device"] == "Mobile"
            and "OktaVerify" in raw_agent(answer)
            or "okta.android" in raw_agent(answer)
        )
        assert browsers[answer["authenticationContext"]["externalSessionId"]] != answer["client"]["ipAddress"]


def test_okta_s_backend_acts_in_administrators_sessions_from_its_own_address():
    events = bodies(seed="backend")
    consoles = {session(event) for event in events if event["eventType"] == "user.session.access_admin_app"}
    backend = [event for event in events if (event["client"]["id"] or "").startswith("okta.b58d5b75")]
    assert backend
    for event in backend:
        assert session(event) in consoles
        assert raw_agent(event) == "Okta-Integrations"
        assert event["debugContext"]["debugData"]["requestUri"] == "/oauth2/v1/token"
        assert event["securityContext"]["asNumber"] is event["securityContext"]["isProxy"] is None


def test_a_token_exchange_brings_a_second_dthash_into_the_session():
    hashes = {}
    for event in bodies(seed="exchange"):
        if "dtHash" in event["debugContext"]["debugData"]:
            hashes.setdefault(session(event), set()).add(event["debugContext"]["debugData"]["dtHash"])
    assert sum(len(found) > 1 for found in hashes.values()) > len(hashes) / 4


def test_sessions_move_between_networks_and_protocols_without_a_new_sign_in():
    networks, versions = {}, {}
    for event in bodies(seed="moves", noise={"workday", "moving", "dual_stack"}):
        networks.setdefault(session(event), set()).add(event["securityContext"]["asNumber"])
        versions.setdefault(session(event), set()).add(event["request"]["ipChain"][0]["version"])
    assert sum(len(found) > 1 for found in networks.values()) >= 5
    assert sum(len(found) > 1 for found in versions.values()) >= 5


def test_some_sessions_are_older_than_the_log():
    events = bodies(seed="old", days=3, noise={"workday", "old_sessions"})
    started = {session(event) for event in events if event["eventType"] == "user.session.start"}
    days = {}
    for event in events:
        if session(event) not in started | {None, "unknown"}:
            days.setdefault(session(event), set()).add(event["published"][:10])
    assert days and max(map(len, days.values())) >= 3, "they go on day after day"


def test_a_browser_updates_itself_in_its_session():
    updated = 0
    for seed in SEEDS:
        agents = {}
        for event in bodies(seed=seed, noise={"workday", "browser_update"}):
            agents.setdefault(session(event), set()).add(raw_agent(event))
        updated += sum(len(found) > 1 for key, found in agents.items() if key and key.startswith(("idx", "102")))
    assert updated


def test_administrators_who_were_denied_come_back_in_a_minute_or_after_59_or_give_up():
    waits = set()
    for seed in SEEDS:
        events = bodies(seed=seed, days=2, noise={"workday", "console_refused"})
        denials = [event for event in events if event["outcome"]["result"] == "DENY"]
        for denial in denials:
            back = [minutes_between(denial, event) for event in events if is_console(event, denial["actor"])]
            waits.add(round(min((wait for wait in back if wait > 0), default=-1)))
        assert denials
    assert {2, 60, -1} <= waits and waits <= {2, 3, 60, -1}


def is_console(event, actor):
    return event["eventType"] == "user.session.access_admin_app" and event["actor"] == actor


def test_administrators_work_is_of_many_kinds_and_never_by_a_token():
    events = [
        event for seed in SEEDS for event in bodies(seed=seed, noise={"workday", "administrators", "okta_backend"})
    ]
    types = Counter(event["eventType"] for event in events)
    for wanted in (
        "user.session.access_admin_app",
        "user.lifecycle.create",
        "user.account.update_profile",
        "group.user_membership.add",
        "user.mfa.factor.deactivate",
        "analytics.reports.export.request",
        "application.user_membership.add",
    ):
        assert types[wanted], wanted
    assert not any("requestApiTokenId" in event["transaction"]["detail"] for event in events)
    continued = [event for event in events if (session(event) or "").startswith("trs")]
    assert continued and all(event["authenticationContext"]["rootSessionId"] != session(event) for event in continued)
    assert all(event["client"]["ipAddress"] is None for event in continued)


def test_automation_bears_tokens_and_sessions_of_its_own():
    events = bodies(seed="tokens", noise={"hr_system", "terraform", "scim"})
    tokened = [event for event in events if "requestApiTokenId" in event["transaction"]["detail"]]
    assert tokened == events
    assert all(session(event).startswith("trs") for event in events)
    creates = [event for event in events if event["eventType"] == "user.lifecycle.create"]
    assert len(creates) > 100, "a bulk import from HR is hundreds"


def test_spray_never_gets_in_and_locks_somebody_out_somewhere():
    events = [event for seed in SEEDS for event in bodies(seed=seed, noise={"spray"})]
    assert {event["outcome"]["result"] for event in events} == {"FAILURE", "DENY"}
    assert any(event["eventType"] == "user.account.lock" for event in events)
    assert all(session(event) in (None, "unknown") for event in events)


def test_some_events_are_late_some_come_twice_and_the_log_is_out_of_published_order():
    events = logged(seed="delivery", days=2)
    counts = Counter(event.uuid for event in events)
    assert any(count == 2 for count in counts.values()) and max(counts.values()) == 2
    late = [event for event in events if event.persisted - event.published > 600]
    assert late and max(event.persisted - event.published for event in events) <= 3600 + 600
    published = [event.published for event in events]
    assert published != sorted(published)
    starts = [event for event in late if b'"eventType":"user.session.start"' in event.raw]
    assert starts, "a sign-in that is logged after what depends on it"


def test_a_large_event_has_hundreds_of_targets():
    sizes = [(len(event.raw), json.loads(event.raw)) for event in logged(seed="large", noise={"large_events"})]
    size, event = max(sizes, key=lambda pair: pair[0])
    assert 35_000 < size < 70_000 and len(event["target"]) > 300


def test_somebody_travels_lives_across_a_border_and_goes_out_through_a_cloud_provider():
    events = bodies(seed="world")
    countries = {}
    for event in events:
        place = event["client"]["geographicalContext"]
        if place and event["client"]["device"] == "Computer":
            countries.setdefault(session(event), set()).add(place["country"])
    assert sum(len(found) > 1 for key, found in countries.items() if key not in (None, "unknown")) >= 2
    assert any(event["client"]["zone"] == "ZTNA Egress" for event in events)
    assert any(event["securityContext"]["isp"] == "icloud private relay" for event in events)


def test_without_everything_at_first_rare_things_happen_when_their_rates_say():
    settings = {"seed": "rare", "days": 60, "people": 16, "noise": ["auditors", "pen_test", "api_tokens"]}
    events = bodies(everything_at_first=False, **settings)
    days = Counter(event["published"][:10] for event in events if event["eventType"] == "system.api_token.create")
    assert len(days) < 60 * 3 * RATES["api_tokens"].value
    rounds = {event["published"][:10] for event in events if "password-health" in str(event["target"])}
    assert 1 <= len(rounds) <= 2, "the auditors come once a month"


def test_the_scim_client_moves_to_another_network_once_and_stays():
    networks = {}
    for event in bodies(seed="moved", days=14, people=16, noise=["scim", "token_moves"]):
        networks.setdefault(event["published"][:10], set()).add(event["client"]["ipAddress"].rsplit(".", 1)[0])
    found = [found for _, found in sorted(networks.items())]
    assert found == sorted(found, key=lambda one: one != {"203.0.113"}) and len({str(one) for one in found}) == 2


def test_new_service_accounts_are_named_like_older_ones_and_made_by_whoever_always_makes_them():
    settings = {"seed": "made", "days": 20, "people": 900}
    names = {account.display_name for account in Tenant(**settings).organisation.service_accounts}
    made = [
        event
        for event in bodies(noise=["new_service_accounts"], **settings)
        if event["eventType"] == "user.lifecycle.create"
    ]
    assert len({event["actor"]["id"] for event in made}) <= 2 < len(made)
    for event in made:
        assert any(event["target"][0]["displayName"].startswith(name.rstrip("0123456789")) for name in names)


def test_a_company_has_hundreds_of_accounts_of_several_naming_rules_and_its_log_knows_them():
    tenant = Tenant(seed="accounts", days=3)
    known = {
        target["alternateId"]
        for event in (json.loads(event.raw) for event in tenant.events())
        for target in [event["actor"], *(event["target"] or [])]
        if target["type"] == "User"
    }
    accounts = {account.alternate_id for account in tenant.organisation.service_accounts}
    assert len(known) > 150 and len(accounts & known) > 25
    assert any("svc_" in name for name in accounts) and any("svc-" in name for name in accounts)


def session(event):
    return event["authenticationContext"]["externalSessionId"]


def raw_agent(event):
    return (event["client"]["userAgent"] or {}).get("rawUserAgent", "")


def minutes_between(event, other):
    first, second = (datetime.fromisoformat(one["published"].rstrip("Z")) for one in (event, other))
    return (second - first).total_seconds() / 60
