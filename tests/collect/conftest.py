# ruff: noqa: F811  an imported fixture is asked for by its own name
"""A tenant, a splunkd and a SPLUNK_HOME for the collector's tests."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest
import trustme

sys.path.insert(0, str(Path(__file__).parent))

from app_keys import key  # noqa: E402, F401
from pages import pages  # noqa: E402, F401
from secrets_used import shown  # noqa: E402
from servers import Okta, Splunkd  # noqa: E402
from shipped import Done, Splunk, app, input_definition, shipped_python, splunk  # noqa: E402, F401
from tenants import NOW, TOKEN, Tenant  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def no_secret_shows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every log, argument list, file and error of the suite's runs, searched for the secrets it used."""
    yield
    assert shown(tmp_path_factory.getbasetemp()) == []


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's certificate for localhost by an authority that nobody but the account's page knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def okta(tls: ssl.SSLContext) -> Iterator[Okta]:
    tenant = Okta(tls)
    yield tenant
    tenant.stop()


@pytest.fixture
def splunkd(okta: Okta, authority: trustme.CA) -> Iterator[Splunkd]:
    """With the account `acme` of the tenant."""
    daemon = Splunkd()
    pem = authority.cert_pem.bytes().decode()
    daemon.confs["ta_okta_itdr_account"]["acme"] = {
        "domain": okta.domain,
        "ca_certificates": pem,
        "authentication": "api_token",
        "rate_share": "100",
    }
    daemon.secrets["ta_okta_itdr_account", "acme"] = {"api_token": okta.token}
    yield daemon
    daemon.stop()


class Input:
    """Input `main` of account `acme`, started at will."""

    def __init__(self, splunk: Splunk, splunkd: Splunkd, scheme: str = "okta_system_log") -> None:
        self.splunk = splunk
        self.splunkd = splunkd
        self.script = f"{scheme}.py"
        self.checkpoints = splunk.checkpoints.parent / scheme
        self._scheme = scheme
        self.settings = {"account": "acme", "index": "okta", "interval": "60"}

    def definition(self, name: str = "main") -> str:
        written = input_definition(self.splunkd.uri, self.splunkd.session_key, self.checkpoints, **self.settings)
        return written.replace("okta_system_log://main", f"{self._scheme}://{name}")

    def run(self, **environment: str) -> Done:
        return self.splunk.run(self.script, stdin=self.definition(), **environment)

    def run_as(self, name: str) -> Done:
        return self.splunk.run(self.script, stdin=self.definition(name))


@pytest.fixture
def collector(splunk: Splunk, splunkd: Splunkd) -> Input:
    return Input(splunk, splunkd)


@pytest.fixture
def inventory(splunk: Splunk, splunkd: Splunkd) -> Input:
    return Input(splunk, splunkd, "okta_inventory")


@pytest.fixture
def tenant_of(tmp_path: Path, tls, splunkd) -> Iterator[Callable[..., Tenant]]:
    """Makes a tenant that account `acme` collects from."""
    made = []

    def make(events, now: float = NOW, **settings) -> Tenant:
        made.append(Tenant(tmp_path, tls, events, now, **settings))
        splunkd.confs["ta_okta_itdr_account"]["acme"]["domain"] = made[-1].domain
        splunkd.secrets["ta_okta_itdr_account", "acme"] = {"api_token": TOKEN}
        splunkd.confs["ta_okta_itdr_account"]["acme"].update(rate_share="100", backfill_share="100")
        return made[-1]

    yield make
    for tenant in made:
        tenant.stop()
