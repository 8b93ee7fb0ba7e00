"""The add-on's pages and what becomes of them: the packaged add-on in an emulated Splunk, and a tenant to collect."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import splunklib.client as sdk
from splunklib.binding import HTTPError
from tenants import NOW, TOKEN, Tenant, logged

from lab.clock import Clock
from lab.splunkd.instance import Instance

ADDON = "TA_okta_itdr"
INPUT = "okta_system_log://main"
COLLECTION = "okta_itdr_checkpoints"
PAST = [logged(f"past-{n}", NOW - 3600 + n) for n in range(30)]


class Pages:
    """splunkd as the browser of an administrator sees it, and what its one input has brought."""

    def __init__(self, splunk: Instance, tenant: Tenant, authority: str) -> None:
        self.splunk = splunk
        self.tenant = tenant
        self._authority = authority
        address = urlsplit(splunk.uri)
        self.service = sdk.connect(
            scheme="http", host=address.hostname, port=address.port, username="admin", password="correct horse",
            owner="nobody", app=ADDON,
        )  # fmt: skip

    def account(self, name: str = "acme", **settings: str):
        given = {"domain": self.tenant.domain, "ca_certificates": self._authority, "authentication": "api_token"}
        return self.post("account", name=name, **{**given, "api_token": TOKEN, "test_connection": "1", **settings})

    def new_input(self, **settings: str):
        given = {"account": "acme", "index": "main", "interval": "60", "checkpoint": "file", "start": "2026-03-01"}
        return self.post("okta_system_log", name="main", **{**given, **settings})

    def post(self, page: str, **settings: str) -> dict:
        answer = self.service.post(f"{ADDON}_{page}", output_mode="json", **settings)
        return json.loads(answer.body.read())["entry"][0]["content"]

    def refusal(self, deed, *arguments, **settings) -> str:
        with pytest.raises(HTTPError) as refused:
            deed(*arguments, **settings)
        return str(refused.value)

    def delete(self, page: str) -> None:
        self.service.delete(f"{ADDON}_{page}")

    def stanza(self) -> dict:
        return dict(self.splunk.apps.conf("inputs").stanza(INPUT))

    def collect(self) -> list[str]:
        """One run; the uuids of all that is indexed."""
        run = self.splunk.inputs.start(INPUT).wait()
        assert run.problems == [], run.problems
        return self.uuids

    @property
    def uuids(self) -> list[str]:
        events = map(self.splunk.store.event, range(len(self.splunk.store)))
        return [json.loads(event.raw)["uuid"] for event in events if event.sourcetype == "OktaIM2:log"]

    @property
    def remembered(self) -> list[str]:
        """Files in the checkpoint folder, and keys in the KV store."""
        folder = self.splunk.home / "var" / "lib" / "splunk" / "modinputs" / "okta_system_log"
        files = [path.name for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
        return sorted(files + [document["_key"] for document in self.documents()])

    def documents(self) -> list[dict]:
        return list(self.splunk.kvstore.collection(ADDON, COLLECTION).documents())


@pytest.fixture
def pages(tmp_path: Path, tarball: Path, shipped_python: Path, tls, authority):
    splunk = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", NOW), str(shipped_python))
    splunk.add_user("admin", "correct horse", "admin")
    splunk.install(tarball)
    splunk.start()
    tenant = Tenant(tmp_path, tls, PAST, NOW)
    yield Pages(splunk, tenant, authority.cert_pem.bytes().decode())
    splunk.stop()
    tenant.stop()
