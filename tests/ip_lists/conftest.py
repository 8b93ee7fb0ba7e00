# ruff: noqa: F811  an imported fixture is asked for by its own name
"""The packaged add-on in an emulated Splunk, a server of lists, and whom it proves itself to."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from typing import Iterator

import pytest
import trustme

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "collect")]

from listed import NOW, Admin, Lists  # noqa: E402
from shipped import shipped_python  # noqa: E402, F401

from lab.clock import Clock  # noqa: E402
from lab.splunkd.instance import Instance  # noqa: E402


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's certificate for localhost by an authority that nobody but the input's setting knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def lists(tls: ssl.SSLContext) -> Iterator[Lists]:
    server = Lists(tls)
    yield server
    server.stop()


@pytest.fixture
def admin(tmp_path: Path, tarball: Path, shipped_python: Path, lists: Lists, authority: trustme.CA) -> Iterator[Admin]:
    splunk = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", NOW), str(shipped_python))
    splunk.add_user("admin", "correct horse", "admin")
    splunk.add_user("analyst", "correct horse", "user")
    splunk.install(tarball)
    splunk.start()
    yield Admin(splunk, lists, authority.cert_pem.bytes().decode())
    assert splunk.refused == []
    splunk.stop()
