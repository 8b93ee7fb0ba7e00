"""Fixtures of the simulated tenant's tests: shared facts, a clock, a served tenant and a small client."""

from __future__ import annotations

import gzip
import http.client
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from lab.clock import Clock
from lab.okta.directory.made import of
from lab.okta.directory.state import Directory
from lab.okta.people import Organisation
from lab.okta.principals import ApiToken
from lab.okta.serve import serve, serve_log
from lab.okta.tenant import Tenant

sys.path.insert(0, str(Path(__file__).parent))

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
TOKEN = "00-example-token"
NOON = 1709640000.0  # of 2024-03-05


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("Okta's catalogue (../shared/data) is not here")
    return SHARED


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        if self.headers.get("Content-Encoding") == "gzip":
            self.body = gzip.decompress(self.body)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def links(self) -> Dict[str, str]:
        """rel → URL of the Link headers."""
        parts = [link.split(">; rel=") for link in self.headers.get_all("Link", [])]
        return {rel.strip('"'): url.lstrip("<") for url, rel in parts}

    @property
    def uuids(self) -> List[str]:
        return [event["uuid"] for event in self.json]


class Client:
    """A plain HTTP client that keeps its connection and follows links as they stand."""

    def __init__(self, port: int, token: Optional[str] = TOKEN) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.headers = {"Authorization": f"SSWS {token}"} if token else {}

    def get(self, url: str, method: str = "GET", **headers: str) -> Reply:
        path = url.split(f":{self.port}", 1)[-1]
        self.connection.request(method, path, headers={**self.headers, **headers})
        return Reply(self.connection.getresponse())

    def post(self, path: str, body: str, headers: Dict[str, str]) -> Reply:
        self.connection.request("POST", path, body, headers)
        return Reply(self.connection.getresponse())

    def walk(self, url: str, name: str = "") -> List[Any]:
        """What is on all the pages: linked by header, or under `name` with the link in the body."""
        found: List[Any] = []
        while url:
            reply = self.get(url)
            assert reply.status == 200, reply.body
            found += reply.json[name] if name else reply.json
            url = reply.json["_links"].get("next", {}).get("href", "") if name else reply.links.get("next", "")
        return found


class Okta:
    """A tenant being served, with its clock and a client."""

    def __init__(self, tenant: Tenant, clock: Clock, **options: Any) -> None:
        self.tenant = tenant
        self.clock = clock
        self.server = serve(tenant, clock, TOKEN, **options)
        self.client = Client(self.server.port)


@pytest.fixture
def start_okta(tmp_path):
    """start_okta(tenant, at=…, **serve options) → Okta; stopped at the end."""
    started: List[Okta] = []

    def start(tenant: Tenant, at: Optional[float] = None, **options: Any) -> Okta:
        clock = Clock(tmp_path / f"clock{len(started)}", tenant.end if at is None else at)
        started.append(Okta(tenant, clock, **options))
        return started[-1]

    yield start
    for okta in started:
        okta.client.connection.close()
        okta.server.stop()


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return Organisation("directory", 40, "brightwater.okta.example", NOON - 43_200)


@pytest.fixture
def directory(organisation) -> Directory:
    return of(organisation)


@pytest.fixture
def serve_directory(tmp_path):
    """serve_directory(directory, role=…, **serve options) → Client of an administrator of that role, at noon."""
    started: List[tuple] = []

    def start(directory: Directory, role: Optional[str] = "SUPER_ADMIN", **options: Any) -> Client:
        clock = Clock(tmp_path / f"clock of directory {len(started)}", NOON)
        server = serve_log([], clock, ApiToken(TOKEN, role), directory=directory, **options)
        started.append((server, Client(server.port)))
        return started[-1][1]

    yield start
    for server, client in started:
        client.connection.close()
        server.stop()
