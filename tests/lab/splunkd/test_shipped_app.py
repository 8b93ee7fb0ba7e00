"""The packaged add-on itself, installed in the emulated splunkd: its input and its alert action as real processes."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from lab.clock import Clock
from lab.okta.serve import serve
from lab.okta.tenant import Tenant
from lab.schedule.hunt import hunt
from lab.splunkd.instance import Instance
from tools import package, pythons

TOKEN = "00token-that-nobody-may-see"
INPUT = "okta_system_log://acme"
SHIPPED_RUNS_ON = ((3, 9), (3, 13))  # what Splunk 9.3 and Splunk 10 bring


class Connected(NamedTuple):
    """An instance whose add-on is set up for a tenant that has lived its day."""

    splunk: Instance
    tenant: Tenant
    app: str


@pytest.fixture(scope="module")
def tarball() -> Path:
    return package.ready()


@pytest.fixture(params=SHIPPED_RUNS_ON, ids=lambda version: "python{}.{}".format(*version))
def connected(request, tmp_path: Path, tarball: Path):
    python = pythons.found().get(request.param)
    if python is None:
        pytest.skip("no Python {}.{} on this machine".format(*request.param))
    tenant = Tenant(seed="splunkd", people=16, attacks=["beyondtrust_2023"])
    clock = Clock(tmp_path / "clock", tenant.end)
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    okta = serve(tenant, clock, TOKEN, ssl_context=tls)
    splunk = Instance(tmp_path / "splunk", clock, str(python))
    app = splunk.install(tarball)
    account = {
        "domain": f"localhost:{okta.port}",
        "ca_certificates": authority.cert_pem.bytes().decode(),
        "authentication": "api_token",
    }
    splunk.configure(app, "ta_okta_itdr_account", "acme", account, {"api_token": TOKEN})
    splunk.configure(app, "inputs", INPUT, {"account": "acme", "index": "main", "start": "2024-03-04"})
    splunk.start()
    yield Connected(splunk, tenant, app)
    splunk.stop()
    okta.stop()


def test_the_packaged_input_collects_the_tenants_day_byte_for_byte(connected):
    splunk, tenant, _ = connected
    assert splunk.inputs.validate(INPUT) == ""
    splunk.inputs.run_due(tenant.end)
    assert splunk.inputs.problems == []
    stored = [splunk.store.event(ordinal) for ordinal in range(len(splunk.store))]
    events = [event for event in stored if event.sourcetype != "okta_itdr:health"]
    expected = {
        logged.raw.decode() for logged in Tenant(seed="splunkd", people=16, attacks=["beyondtrust_2023"]).events()
    }
    assert {event.raw for event in events} == expected
    assert {(event.host, event.source, event.sourcetype) for event in events} == {("localhost", INPUT, "OktaIM2:log")}
    assert splunk.refused == []
    for path in splunk.home.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_the_packaged_action_registers_findings_once_and_copies_them_to_the_index(connected):
    splunk, tenant, app = connected
    splunk.inputs.run_due(tenant.end)
    searches = splunk.saved_searches(app)
    findings = splunk.kvstore.collection(app, "okta_itdr_findings")
    for _ in range(2):
        jobs = hunt(searches, splunk.head, tenant.end, splunk.act)
        assert [job.error or job.failed_actions for job in jobs if not job.done] == []
        detected = {row["finding_id"] for job in jobs for row in job.rows if "finding_id" in row}
        assert {document["_key"] for document in findings.documents()} == detected
    assert detected
    events = [splunk.store.event(ordinal) for ordinal in range(len(splunk.store))]
    copies = [event for event in events if event.sourcetype == "okta_itdr:finding"]
    assert len(copies) >= len(detected)
    assert {event.index for event in copies} == {"summary"}
    assert splunk.refused == []
