"""BeyondTrust's intrusion in the variants of DETECTIONS, in tenants that no search was written against.

One hunt judges them all: each variant is a tenant of its own, and the tenant is part of every key.
"""

import time
from collections import defaultdict

import pytest

from lab.cli.findings import findings
from lab.cli.hunt import load, newest, report_jobs
from lab.cli.installed import APP, FINDINGS, installed
from lab.okta.attacks.variants import VARIANTS, make
from lab.okta.tenant import Tenant
from lab.schedule.hunt import hunt as run_hunt

pytestmark = pytest.mark.usefixtures("tarball")

NAME = "beyondtrust_2023"
# A day's work, no more: the suite has minutes. `bench detections` plays every attack in the whole of ordinary life.
ORDINARY = ("workday", "phones", "administrators", "hr_system", "push_on_phone", "okta_backend", "moving", "unenriched")


@pytest.fixture(scope="module")
def played():
    """The tenants, by variant."""
    return {
        variant: Tenant(f"variant {variant}", 16, "2025-09-09", noise=ORDINARY, attacks=[make(NAME, variant)])
        for variant in VARIANTS[NAME]
    }


@pytest.fixture(scope="module")
def hunted(played, tmp_path_factory):
    """The findings, by variant."""
    folder = tmp_path_factory.mktemp("variants")
    with installed(start=time.time()) as instance:
        for variant, tenant in played.items():
            with open(folder / variant, "wb") as log:
                log.writelines(event.raw + b"\n" for event in tenant.events())
            for _ in load(instance, [str(folder / variant)], variant, []):
                pass
        instance.start()
        report_jobs(run_hunt(instance.saved_searches(APP), instance.head, newest(instance), instance.act))
        found = defaultdict(list)
        for finding in findings(instance.kvstore.collection(APP, FINDINGS).documents()):
            found[finding["tenant"]].append(finding)
        return found


@pytest.mark.parametrize("variant", VARIANTS[NAME])
def test_every_step_is_found_and_nobody_else_is_suspected_highly(variant, played, hunted):
    tenant, found = played[variant], hunted[variant]
    victims = {person.actor.alternate_id for person in tenant.attacks[0].persons(tenant.organisation)}
    grave = [finding for finding in found if finding["severity"] in ("high", "critical")]
    assert {finding["user"] for finding in grave} == victims
    assert {f["user"] for f in grave if f["detection_id"] == "session_hijack"} == victims
    evidence = {uuid for finding in found if finding["severity"] != "low" for uuid in finding["evidence"]}
    # Okta's own backend acts in the session too once the console is open: its event is nobody's evidence.
    for step in {entry["step"] for entry in tenant.truth}:
        assert evidence & {entry["uuid"] for entry in tenant.truth if entry["step"] == step}, (
            f"step {step} is not found"
        )


@pytest.mark.parametrize("variant", VARIANTS[NAME])
def test_one_critical_finding_for_each_stolen_session_tells_every_step(variant, played, hunted):
    tenant = played[variant]
    victims = [person.actor.alternate_id for person in tenant.attacks[0].persons(tenant.organisation)]
    chains = [finding for finding in hunted[variant] if finding["severity"] == "critical"]
    assert sorted(finding["user"] for finding in chains) == sorted(victims)
    assert {finding["detection_id"] for finding in chains} == {"admin_takeover_chain"}
    for step in {entry["step"] for entry in tenant.truth}:
        uuids = {entry["uuid"] for entry in tenant.truth if entry["step"] == step}
        told = [finding for finding in chains if uuids & set(finding["evidence"])]
        assert len(told) == len(victims), f"step {step} is not in the evidence"
