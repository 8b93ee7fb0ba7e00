# ruff: noqa: F811  an imported fixture is asked for by its own name
"""The packaged add-on in an emulated Splunk, freshly installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "collect")]

from admin import NOW, Admin  # noqa: E402
from shipped import shipped_python  # noqa: E402, F401

from lab.clock import Clock  # noqa: E402
from lab.splunkd.instance import Instance  # noqa: E402


@pytest.fixture
def splunk(tmp_path: Path, tarball: Path, shipped_python: Path) -> Iterator[Instance]:
    instance = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", NOW), str(shipped_python))
    instance.add_user("admin", "correct horse", "admin")
    instance.add_user("boss", "correct horse", "power")
    instance.install(tarball)
    instance.start()
    yield instance
    instance.stop()
    assert instance.refused == []


@pytest.fixture
def admin(splunk: Instance) -> Admin:
    return Admin(splunk)
