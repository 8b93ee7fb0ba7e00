"""The other attacks, and the one table of variants: each leaves the traces that its source tells of."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from lab.okta.attacks import ATTACKS, STEPS
from lab.okta.attacks.variants import VARIANTS, every, make
from lab.okta.tenant import Tenant


class Scene:
    """A quiet company's log with one attack in it: only the people's own work around it."""

    def __init__(self, attack, variant, seed="scene"):
        self.attack = make(attack, variant)
        noise = ("workday", "administrators", "hr_system", "scim", "terraform")
        self.tenant = Tenant(seed, 20, attacks=[self.attack], noise=noise)
        self.logged = list(self.tenant.events())
        self.truth = {entry["uuid"]: entry["step"] for entry in self.tenant.truth}
        self.events = [json.loads(event.raw) for event in self.logged]
        self.stolen = sorted(
            (event for event in self.events if event["uuid"] in self.truth), key=lambda event: event["published"]
        )

    def of_step(self, number):
        return [event for event in self.stolen if self.truth[event["uuid"]] == number]

    def types(self, number):
        return [event["eventType"] for event in self.of_step(number)]


@lru_cache(maxsize=1)
def scene(attack, variant, seed="scene"):
    return Scene(attack, variant, seed)


def test_the_table_has_variants_of_every_attack_and_words_for_each_of_its_steps():
    assert set(VARIANTS) == set(ATTACKS) == set(STEPS)


@pytest.mark.parametrize(("attack", "variant"), list(every()))
def test_every_event_of_the_truth_is_in_the_log_and_told_in_words(attack, variant):
    played = scene(attack, variant)
    assert {event["uuid"] for event in played.stolen} == set(played.truth)
    assert set(played.truth.values()) <= set(STEPS[attack])
    assert len(played.logged) > 300, "people work beside it"


@pytest.mark.parametrize("attack", ATTACKS)
def test_varied_by_the_seed_no_two_companies_are_met_alike(attack):
    variant = next(name for name, settings in VARIANTS[attack].items() if settings == {"vary": True})
    scenes = [Scene(attack, variant, seed) for seed in ("a", "b", "c")]
    assert len({event["client"]["ipAddress"] for one in scenes for event in one.stolen[-1:]}) > 1
    assert len({one.stolen[-1]["published"] for one in scenes}) == 3


def test_the_administrators_report_and_an_existing_identity_provider():
    played = scene("administrators_report_and_idp", "as_reported")
    (changed,), (activated,), (report,) = played.of_step(3), played.of_step(4), played.of_step(5)
    assert (changed["eventType"], activated["eventType"]) == (
        "system.idp.lifecycle.update",
        "system.idp.lifecycle.activate",
    )
    names = {provider.name for provider in played.tenant.organisation.identity_providers}
    assert changed["target"][0]["displayName"] in names, "an identity provider that was there before"
    assert report["target"][0]["displayName"] == "Administrator Roles"
    sessions = {event["authenticationContext"]["externalSessionId"] for event in played.stolen[:-1]}
    starts = [event for event in played.events if event["eventType"] == "user.session.start"]
    began = [event for event in starts if event["authenticationContext"]["externalSessionId"] in sessions]
    assert len(sessions) == 1 and began and began[0]["client"]["ipAddress"] != changed["client"]["ipAddress"]
    assert [event["outcome"]["result"] for event in played.of_step(6)] == ["FAILURE"], "the provider was gone"


def test_a_reset_by_the_help_desk_then_a_second_identity_provider():
    played = scene("help_desk_reset_then_idp", "as_reported")
    (victim,) = played.attack.persons(played.tenant.organisation)
    reset = played.of_step(1)[0]
    assert reset["eventType"] == "user.mfa.factor.reset_all" and reset["target"][0]["id"] == victim.actor.id
    assert reset["client"]["zone"] == "Corporate Offices", "an honest help desk, at the office"
    start = next(event for event in played.of_step(2) if event["eventType"] == "user.session.start")
    assert start["actor"]["id"] == victim.actor.id and start["securityContext"]["isProxy"]
    assert start["debugContext"]["debugData"]["dtHash"] != victim.laptop.dt_hash
    assert "user.account.privilege.grant" in played.types(4) and "user.mfa.factor.reset_all" in played.types(4)
    assert played.types(5) == ["policy.rule.update"] and played.types(6)[0] == "system.idp.lifecycle.create"
    impersonated = [event for event in played.of_step(8) if event["eventType"] == "user.authentication.sso"]
    assert impersonated and all(event["actor"]["id"] != victim.actor.id for event in impersonated)


def test_a_token_that_its_integration_uses_elsewhere_has_no_session_on_the_rented_server():
    played = scene("api_token_from_vps", "role_for_the_new_account")
    token = played.tenant.organisation.tokens["scim"]
    assert {event["transaction"]["detail"]["requestApiTokenId"] for event in played.stolen} == {token}
    assert all(event["authenticationContext"]["externalSessionId"].startswith("trs") for event in played.stolen)
    usual = [
        event
        for event in played.events
        if event["transaction"]["detail"].get("requestApiTokenId") == token and event["uuid"] not in played.truth
    ]
    rented = {event["client"]["ipAddress"] for event in played.stolen}
    assert usual and not rented & {event["client"]["ipAddress"] for event in usual}
    assert played.types(2) == ["user.lifecycle.create", "user.lifecycle.activate"]
    assert played.types(3) == ["user.account.privilege.grant"]


def test_a_script_plays_the_cookie_back_against_many_apps_within_minutes():
    played = scene("cookie_replay_by_script", "administrators_cookie")
    (victim,) = played.attack.persons(played.tenant.organisation)
    assert victim.role == "super"
    assert {event["client"]["device"] for event in played.stolen} == {"Unknown"}
    assert played.types(2).count("user.authentication.sso") == 6
    assert played.of_step(3)[0]["outcome"]["result"] == "CHALLENGE"
    assert played.types(4) == ["system.api_token.create"]


def test_delivered_twice_every_event_comes_twice_and_is_the_same():
    played = scene("beyondtrust_2023", "delivered_twice")
    assert len(played.stolen) == 2 * len(played.truth)
    assert len({event.raw for event in played.logged if event.uuid in played.truth}) == len(played.truth)


def test_a_traveller_whom_an_attack_needs_at_the_office_does_not_fly():
    for seed in ("one", "two", "three", "four"):
        assert Scene("cookie_replay_by_script", "python_requests", seed).stolen
