"""What the tests of addresses share: a copy of the packaged add-on for each test, and each Python that it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from .ip_data_world import SUPPORTED, App, copied, unpacked


@pytest.fixture(scope="session")
def unpacked_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("app"))


@pytest.fixture(params=SUPPORTED.values(), ids=[f"{a}.{b}" for a, b in SUPPORTED])
def app(request: pytest.FixtureRequest, unpacked_package: Path, tmp_path: Path) -> App:
    """A copy of the test's own."""
    return App(copied(unpacked_package, tmp_path / "TA_okta_itdr"), request.param)
