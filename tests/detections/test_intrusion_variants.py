"""BeyondTrust's intrusion in the variants of DETECTIONS, in tenants that no search was written against."""

import pytest

from lab.cli.hunt import hunt, report_jobs
from lab.okta.attacks.variants import VARIANTS, make
from lab.okta.tenant import Tenant

pytestmark = pytest.mark.usefixtures("tarball")


@pytest.mark.parametrize("variant", VARIANTS["beyondtrust_2023"])
def test_every_step_is_found_and_nobody_else_is_suspected_highly(variant, tmp_path):
    attack = make("beyondtrust_2023", variant)
    tenant = Tenant(f"variant {variant}", 20, "2025-09-09", attacks=[attack])
    with open(tmp_path / "log", "wb") as log:
        log.writelines(event.raw + b"\n" for event in tenant.events())
    hunted = hunt([str(tmp_path / "log")])
    report_jobs(hunted.jobs)
    victims = {person.actor.alternate_id for person in attack.persons(tenant.organisation)}
    grave = [finding for finding in hunted.findings if finding["severity"] in ("high", "critical")]
    assert {finding["user"] for finding in grave} == victims
    assert {f["user"] for f in grave if f["detection_id"] == "session_hijack"} == victims
    evidence = {uuid for f in hunted.findings if f["severity"] != "low" for uuid in f["evidence"]}
    # Okta's own backend acts in the session too once the console is open: its event is nobody's evidence.
    for step in {entry["step"] for entry in tenant.truth}:
        assert evidence & {entry["uuid"] for entry in tenant.truth if entry["step"] == step}, (
            f"step {step} is not found"
        )
