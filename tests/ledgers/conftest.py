# ruff: noqa: F811  an imported fixture is asked for by its own name
"""An emulated Splunk with the packaged add-on, whose processes run on each Python that Splunk may bring."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))
sys.path.insert(0, str(Path(__file__).parent))

from keeper import NOW, Keeper  # noqa: E402
from shipped import shipped_python  # noqa: E402, F401

from lab.clock import Clock  # noqa: E402
from lab.splunkd.instance import Instance  # noqa: E402


@pytest.fixture
def keeper(tmp_path: Path, tarball: Path, shipped_python: Path) -> Iterator[Keeper]:
    instance = Instance(tmp_path / "splunk", Clock(tmp_path / "clock", NOW), python=str(shipped_python))
    instance.install(tarball)
    instance.start()
    yield Keeper(instance, shipped_python)
    instance.stop()
    assert instance.refused == []
