"""The reference intrusion and its variants, as DETECTIONS tells it, with its truth beside the log."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from lab.okta.attacks.beyondtrust_2023 import BeyondTrust2023
from lab.okta.tenant import Tenant

AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/537.36 (KHTML, like Gecko)"


class Scene:
    """A tenant's log with one attack in it."""

    def __init__(self, seed="scene", **variant):
        self.tenant = Tenant(seed=seed, people=24, attacks=[BeyondTrust2023(**variant)])
        self.logged = list(self.tenant.events())
        self.events = [json.loads(event.raw) for event in self.logged]
        self.truth = self.tenant.truth
        stolen = {entry["uuid"]: entry["step"] for entry in self.truth}
        found = {event["uuid"]: (stolen[event["uuid"]], event) for event in self.events if event["uuid"] in stolen}
        self.steps = sorted(found.values(), key=lambda pair: (pair[1]["published"], pair[0]))
        self.stolen = [event for _, event in self.steps]
        self.session = self.stolen[0]["authenticationContext"]["externalSessionId"]
        self.victim = self.stolen[0]["actor"]["id"]

    def of_step(self, number):
        return [event for step, event in self.steps if step == number]

    def own(self):
        """The victim's events of the stolen session that are not the intruder's."""
        stolen = {event["uuid"] for event in self.stolen}
        return [
            event
            for event in self.events
            if event["authenticationContext"]["externalSessionId"] == self.session and event["uuid"] not in stolen
        ]


@pytest.fixture(scope="module")
def scene():
    return Scene()


def test_the_intruder_is_denied_the_console_asks_for_the_report_is_challenged_and_makes_an_account(scene):
    assert [step for step, _ in scene.steps] == [1, 2, 3, 4, 4]
    (denied,), (report,), (dashboard,) = scene.of_step(1), scene.of_step(2), scene.of_step(3)
    assert (denied["eventType"], denied["outcome"]["result"]) == ("policy.evaluate_sign_on", "DENY")
    assert denied["target"][0]["displayName"] == "Okta Admin Console"
    debug = report["debugContext"]["debugData"]
    assert debug["url"] == "/reports/password-health/async_csv_download_schedule?"
    assert debug["requestUri"] == "/reports/password-health/async_csv_download_schedule"
    assert (dashboard["target"][0]["displayName"], dashboard["outcome"]["result"]) == ("Okta Dashboard", "CHALLENGE")
    created, activated = scene.of_step(4)
    assert (created["eventType"], activated["eventType"]) == ("user.lifecycle.create", "user.lifecycle.activate")
    assert created["target"][0]["displayName"] == "svc_network_backup"
    assert created["debugContext"]["debugData"]["requestUri"] == "/api/v1/users"
    assert "requestApiTokenId" not in created["transaction"]["detail"], "made with the cookie, not with a token"


def test_it_comes_from_the_reported_addresses_through_a_proxy_with_the_reported_agent(scene):
    assert {event["client"]["ipAddress"] for event in scene.stolen} == {"202.59.10.100", "23.105.182.19"}
    assert {event["securityContext"]["isProxy"] for event in scene.stolen} == {True}
    assert all(event["client"]["userAgent"]["rawUserAgent"].startswith(AGENT) for event in scene.stolen)
    assert scene.of_step(1)[0]["client"]["geographicalContext"]["country"] == "Malaysia"


def test_the_victim_signed_in_that_morning_from_the_office_with_fido2_on_a_managed_mac(scene):
    start = next(event for event in scene.own() if event["eventType"] == "user.session.start")
    assert start["client"]["zone"] == "Corporate Offices"
    assert start["device"]["managed"] and start["device"]["os_platform"] == "OSX"
    factors = {event["debugContext"]["debugData"].get("factor") for event in scene.own()}
    assert "FIDO_WEBAUTHN" in factors
    assert start["published"] < scene.stolen[0]["published"]


def test_all_of_it_happens_within_half_an_hour_and_no_sign_in_comes_from_there(scene):
    assert minutes(scene.stolen[0], scene.stolen[-1]) < 30
    addresses = {event["client"]["ipAddress"] for event in scene.stolen}
    from_there = [event for event in scene.events if event["client"]["ipAddress"] in addresses]
    assert {event["uuid"] for event in from_there} == {event["uuid"] for event in scene.stolen}


def test_the_victim_works_on_between_the_intruder_s_steps(scene):
    ours = [event["published"] for event in scene.own()]
    for earlier, later in zip(scene.stolen, scene.stolen[1:]):
        if minutes(earlier, later) > 1:
            assert any(earlier["published"] < one < later["published"] for one in ours)


def test_the_defenders_close_the_account_and_cut_the_session(scene):
    last = scene.stolen[-1]["published"]
    closed = [
        event
        for event in scene.events
        if event["eventType"] == "user.lifecycle.deactivate"
        and "requestApiTokenId" not in event["transaction"]["detail"]
    ]
    assert [event["target"][0]["displayName"] for event in closed] == ["svc_network_backup"]
    cleared = [
        event
        for event in scene.events
        if event["eventType"] == "user.session.clear" and event["target"][0]["id"] == scene.victim
    ]
    assert len(cleared) == 1 and cleared[0]["published"] > last
    assert max(event["published"] for event in scene.own()) < cleared[0]["published"]


def test_the_victim_signs_in_again_after_the_cut_and_works_on(scene):
    sessions = {
        event["authenticationContext"]["externalSessionId"]
        for event in scene.events
        if event["actor"]["id"] == scene.victim
        and event["eventType"] == "user.session.start"
        and event["published"] > scene.stolen[-1]["published"]
    }
    assert sessions - {scene.session}


def test_truth_is_beside_the_log_and_names_every_event_of_the_attack(scene):
    assert {entry["attack"] for entry in scene.truth} == {"beyondtrust_2023"}
    assert len(scene.stolen) == len(scene.truth)


@pytest.mark.parametrize("whole_har", [False, True])
def test_both_cookie_shapes(whole_har):
    scene = Scene(whole_har=whole_har)
    start = next(event for event in scene.own() if event["eventType"] == "user.session.start")
    assert (dthash(start) == dthash(scene.stolen[0])) is whole_har


def test_varied_names_addresses_and_agents_follow_the_seed():
    scenes = [Scene(seed, vary=True) for seed in ("a", "b", "c", "d")]
    for scene in scenes:
        assert not {event["client"]["ipAddress"] for event in scene.stolen} & {"202.59.10.100", "23.105.182.19"}
        assert not scene.stolen[0]["client"]["userAgent"]["rawUserAgent"].startswith(AGENT)
        home = next(event for event in scene.own() if event["eventType"] == "user.session.start")
        assert country(home) != country(scene.stolen[0])
    assert len({scene.of_step(4)[0]["target"][0]["displayName"] for scene in scenes}) > 1
    assert len({scene.stolen[0]["client"]["ipAddress"] for scene in scenes}) > 1


def test_an_intruder_in_the_victim_s_own_country():
    scene = Scene(same_country=True)
    start = next(event for event in scene.own() if event["eventType"] == "user.session.start")
    assert {country(event) for event in scene.stolen} == {country(start)}
    assert "New Country=NEGATIVE" in scene.of_step(1)[0]["debugContext"]["debugData"]["behaviors"]


def test_an_intruder_on_ipv6():
    assert {event["request"]["ipChain"][0]["version"] for event in Scene(ipv6=True).stolen} == {"V6"}


def test_an_intruder_who_gets_into_the_console():
    scene = Scene(console_succeeds=True)
    types = {event["eventType"]: event["outcome"]["result"] for event in scene.of_step(1)}
    assert types["policy.evaluate_sign_on"] == "ALLOW" and types["user.session.access_admin_app"] == "SUCCESS"


@pytest.mark.parametrize("console_open", [True, False])
def test_the_victim_s_own_context_had_the_console_open_or_not(console_open):
    opened = [event for event in Scene(console_open=console_open).own() if "access_admin_app" in event["eventType"]]
    assert bool(opened) is console_open


def test_two_victims_at_once_share_the_intruder_s_infrastructure():
    scene = Scene(victims=2)
    assert len({event["actor"]["id"] for event in scene.stolen}) == 2
    assert len({event["authenticationContext"]["externalSessionId"] for event in scene.stolen}) == 2
    assert len({event["client"]["ipAddress"] for event in scene.stolen}) == 2
    assert len({event["target"][0]["displayName"] for event in scene.of_step(4)}) == 2


def test_an_attack_that_the_log_gets_forty_minutes_late():
    scene = Scene(late=2400.0)
    delays = [event.persisted - event.published for event in scene.logged if event.uuid in truth_uuids(scene)]
    assert len(delays) == 5 and all(2400 < delay < 2410 for delay in delays)


def test_an_attack_out_of_order():
    scene = Scene(out_of_order=True)
    order = [event["published"] for event in scene.events if event["uuid"] in truth_uuids(scene)]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("start", ["2024-06-15", "2030-01-01"])
@pytest.mark.parametrize("seed", ["p", "q", "r"])
def test_it_happens_on_any_date_weekends_and_holidays_included(start, seed):
    tenant = Tenant(seed=seed, start=start, people=20, attacks=["beyondtrust_2023"])
    uuids = {event.uuid for event in tenant.events()}
    assert len(tenant.truth) == 5 and {entry["uuid"] for entry in tenant.truth} <= uuids


def test_more_victims_than_administrators_is_refused():
    with pytest.raises(ValueError, match="9 victims wanted"):
        list(Tenant(people=20, attacks=[BeyondTrust2023(victims=9)]).events())


def truth_uuids(scene):
    return {entry["uuid"] for entry in scene.truth}


def country(event):
    return event["client"]["geographicalContext"]["country"]


def dthash(event):
    return event["debugContext"]["debugData"]["dtHash"]


def minutes(earlier, later):
    times = [datetime.fromisoformat(event["published"].rstrip("Z")) for event in (earlier, later)]
    return (times[1] - times[0]).total_seconds() / 60
