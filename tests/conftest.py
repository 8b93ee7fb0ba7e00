"""What tests everywhere stand on: the package, as every word of build.sh runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import package


@pytest.fixture(scope="session")
def tarball() -> Path:
    """dist/TA_okta_itdr-VERSION.tar.gz of the sources as they are now."""
    return package.ready()
