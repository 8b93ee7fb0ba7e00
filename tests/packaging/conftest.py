"""The package unpacked, once for the whole session."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tools import ucc


@pytest.fixture(scope="session")
def app(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Splunk unpacks it: etc/apps/TA_okta_itdr."""
    apps = tmp_path_factory.mktemp("splunk") / "etc" / "apps"
    with tarfile.open(tarball) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.12 and 3.13 warn without one
        tar.extractall(apps)
    return apps / ucc.APP
