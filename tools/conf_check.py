"""ksconf check over every conf file of the built app: dangling stanzas, duplicate keys, bad encodings."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.errors import PackagingError


def check(app: Path, python: Path) -> None:
    """Raises with ksconf's own words where a file is wrong; `python` is the packaging environment's."""
    files = sorted([*app.glob("default/**/*.conf"), app / "metadata" / "default.meta"])
    ran = subprocess.run(
        [python.with_name("ksconf"), "check", *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if ran.returncode != 0:
        raise PackagingError(f"{ran.stdout}\nksconf refuses a conf file of the package (above)")
