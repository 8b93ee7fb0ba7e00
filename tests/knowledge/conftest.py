"""Lets the tests of this folder import what they share; the logs that several of them read, indexed once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from indexed import SAMPLES, Indexed, indexed, samples, simulated  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def packaged(tarball) -> None:
    """Every test here looks at the package: it is made before the first."""


@pytest.fixture(scope="session")
def simulator() -> Iterator[Indexed]:
    """A day of the simulated tenant with the intrusion in it."""
    with indexed(simulated()) as log:
        yield log


@pytest.fixture(scope="session", params=["samples", "simulator"])
def log(request) -> Iterator[Indexed]:
    """The log of the simulated tenant, and that of public samples where they are at hand."""
    if request.param == "simulator":
        yield request.getfixturevalue("simulator")
        return
    if not SAMPLES.is_file():
        pytest.skip("../shared/data is not here")
    with indexed([json.dumps(event, separators=(",", ":")).encode() for event in samples()]) as log:
        yield log
