"""The stand-in for the official add-on (bench/official_addon, facts about it in props.conf there) beside the package.

It is a folder of conf files, no package: it is copied to where apps are installed, under the official add-on's name,
because precedence goes by name.
"""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "Splunk_TA_okta_identity_cloud"
SOURCE = Path(__file__).with_name("official_addon")


def install(apps: Path) -> Path:
    """Copy it into a folder of apps (`etc/apps`); whoever has read that folder before reads it again."""
    return Path(shutil.copytree(SOURCE, apps / NAME))
