"""inventory: what the packaged inventory input asks of Okta, in a small tenant and in a large one.

200 administrators in both; 1,000 users and 50,000. All users are listed (200 to a request), and nothing else may grow
with them: what a walk over users costs is their roles and factors, two requests each.
"""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import Callable, Dict, Iterator, Tuple

from bench.collect import PYTHONS
from bench.installed_input import TOKEN, InstalledInput, Measured
from bench.result import Result
from lab import http
from lab.clock import Clock
from lab.okta.api import TenantApi
from lab.okta.directory import made
from lab.okta.log import EventLog
from lab.okta.principals import ApiToken, Principals
from tools import pythons

NAME = "inventory"
NOW = 1_800_000_000.0
ADMINISTRATORS = 200
FEW, MANY = 1_000, 50_000
PAGE = 200  # users

Say = Callable[[str], None]


def run(say: Say) -> Iterator[Result]:
    """The requests on the newest Python that Splunk may bring: they are the same on every one."""
    version, python = max((version, path) for version, path in pythons.found().items() if version in PYTHONS)
    asked: Dict[int, int] = {}
    for users in (FEW, MANY):
        say(f"inventory, {users:,} users, {ADMINISTRATORS} administrators")
        asked[users], measured = _asked(users, str(python))
    more = (asked[MANY] - asked[FEW]) / ((MANY - FEW) / PAGE)
    yield Result(
        "inventory requests",
        ".".join(map(str, version)),
        {
            "at 1k users": asked[FEW],
            "at 50k users": asked[MANY],
            "seconds at 50k users": measured.seconds,
            "objects at 50k users": measured.events,
            "a walk over 50k users": 2 * MANY + MANY / PAGE,
            "more for each 200 users": more,
        },
        at_least={},
        at_most={"at 50k users": 1_000, "more for each 200 users": 1.05},
    )


def _asked(users: int, python: str) -> Tuple[int, Measured]:
    with tempfile.TemporaryDirectory(prefix="okta-itdr-bench-") as folder:
        installed = InstalledInput(Path(folder), python, NOW)
        directory = made.many(users, ADMINISTRATORS, now=NOW)
        clock = Clock(Path(folder) / "clock of okta", NOW)
        principals = Principals.of(ApiToken(TOKEN, "SUPER_ADMIN"))
        api = TenantApi(EventLog([]), clock, principals, directory=directory)
        requests = 0

        def counted(environ, start_response):
            nonlocal requests
            requests += 1
            return api(environ, start_response)

        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(*installed.certificate)
        server = http.serve(counted, ssl_context=tls, now=clock.now)
        try:
            measured = installed.run("okta_inventory", server.port, {})
        finally:
            server.stop()
        if measured.events < users:
            raise RuntimeError(f"{measured.events} objects of {users} users were written")
        return requests, measured
