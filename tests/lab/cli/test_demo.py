"""The whole way once: a tenant's day collected by the packaged input, searched on schedule, found."""

import json

import pytest

from lab.__main__ import main
from lab.cli.demo import live
from lab.okta.life import KINDS
from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")
# A whole company's day of twenty-four searches every ten minutes takes more minutes than the suite has.
whole_day = pytest.mark.judge


def lived(capsys, tmp_path, *arguments):
    """The findings and events of a demo, and what a person saw of it."""
    files = (tmp_path / "findings", tmp_path / "events")
    shown = ["--no-serve", "--json", str(files[0]), "--events", str(files[1])]
    assert main(["demo", "--people", "16", *shown, *arguments]) == 0
    return [json.loads(line) for line in files[0].read_text().splitlines()], files[1], capsys.readouterr().out


@whole_day
@pytest.mark.parametrize("start", ["2024-03-05", "2030-06-12"])
def test_the_intruder_is_found_at_every_step_and_nobody_else_is_suspected_highly(capsys, tmp_path, start):
    found, _, out = lived(capsys, tmp_path, "--start", start, "--seed", "whole way")
    tenant = Tenant("whole way", 16, start, attacks=["beyondtrust_2023"])
    steps = {}
    for entry in tenant.truth:
        steps.setdefault(entry["step"], set()).add(entry["uuid"])
    for step, uuids in steps.items():
        assert [f for f in found if uuids <= set(f["evidence"])], f"step {step} of the intrusion was not found"
    (victim,) = tenant.attacks[0].persons(tenant.organisation)
    assert {f["user"] for f in found if f["severity"] in ("high", "critical")} == {victim.actor.alternate_id}
    assert {f["detection_id"] for f in found} >= {
        "session_hijack",
        "admin_action_via_proxy",
        "console_denied_not_followed",
    }
    assert "created an account over the API" in " ".join(out.split())


@whole_day
def test_a_hunt_over_what_was_collected_finds_what_the_replay_found(capsys, tmp_path):
    # Without late events: a replay judges an absence on time, a hunt knows what came later.
    found_by_both(capsys, tmp_path, [kind for kind in KINDS if not kind.startswith("late")])


def test_the_intruder_is_found_where_nobody_else_is(capsys, tmp_path):
    replayed, tenant = found_by_both(capsys, tmp_path, [])
    attack = {entry["uuid"] for entry in tenant.truth}
    assert attack <= {uuid for finding in replayed.findings for uuid in finding["evidence"]}
    # One story, whose evidence is every step, and one alarm: what else was found is told with it.
    (chain,) = [finding for finding in replayed.findings if finding["severity"] == "critical"]
    assert attack <= set(chain["evidence"])
    (alarm,) = replayed.alarms
    assert (alarm.incident["finding_id"], alarm.incident["severity"]) == (chain["finding_id"], "critical")


def found_by_both(capsys, tmp_path, noise):
    """What the packaged input and the schedule find in a tenant's day, and a hunt over what was collected too."""
    settings = {"seed": "equal", "people": 16, "noise": noise, "attacks": ["beyondtrust_2023"]}
    tenant = Tenant(**settings)
    replayed = live(tenant, settings)
    (tmp_path / "events").write_text("\n".join(replayed.raws))
    assert main(["hunt", "--json", "--tenant", "localhost", str(tmp_path / "events")]) == 3
    hunted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {f["finding_id"] for f in hunted} == {f["finding_id"] for f in replayed.findings}
    return replayed, tenant


def test_a_tenant_that_cannot_be_is_said_in_one_line(capsys):
    assert main(["demo", "--no-serve", "--people", "2"]) == 2
    assert "16" in capsys.readouterr().err
