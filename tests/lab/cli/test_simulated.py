"""Simulated tenants hunted at once and replayed by the clock: the same findings, and when each was registered."""

import pytest

from lab.cli.simulated import hunted, replayed
from lab.okta.attacks.variants import make
from lab.okta.tenant import Tenant

pytestmark = [pytest.mark.usefixtures("tarball"), pytest.mark.judge]  # `bench detections` says it of every attack

HOST = "replayed.okta.example"


def test_a_replay_finds_what_a_hunt_finds_and_says_when():
    attack = make("beyondtrust_2023", "as_reported")
    tenants = {HOST: Tenant("replay", 16, "2026-03-03", noise=["workday"], attacks=[attack], domain=HOST)}
    at_once, by_the_clock = hunted(tenants), replayed(tenants)
    assert at_once.ids.keys() == by_the_clock.ids.keys()
    assert at_once.of(HOST) == at_once.findings
    assert at_once.events == by_the_clock.events
    steps = {entry["uuid"] for entry in tenants[HOST].truth}
    waited = {}
    for identity, finding in by_the_clock.ids.items():
        told = by_the_clock.registered[identity]
        assert set(told) == set(finding["evidence"])
        for uuid in steps & set(told) if finding["severity"] == "high" else ():
            waited.setdefault(finding["detection_id"], []).append(told[uuid] - by_the_clock.indexed[uuid])
    assert {detection for detection, seconds in waited.items() if max(seconds) > 900} == {
        "console_denied_not_followed"  # waits for its hour
    }
