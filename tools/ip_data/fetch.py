"""The pinned packages, fetched once through the registries' ordinary clients, as this machine has them configured."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import python_of
from tools.errors import PackagingError
from tools.ip_data.sources import Package
from tools.tarball import sha256


def fetched(package: Package, folder: Path) -> Path:
    """The package's archive in `folder`: what lies there with the right hash, else what its registry gives."""
    kept = folder / package.sha256
    if kept.is_file() and sha256(kept) == package.sha256:
        return kept
    print(f"Fetching {package.name} {package.version} …", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        _FETCH[package.registry](package, Path(place))
        archives = list(Path(place).glob("*"))
        if len(archives) != 1 or sha256(archives[0]) != package.sha256:
            raise PackagingError(
                f"{package.name} {package.version} came with another content than tools/ip_data/sources.py pins: "
                "look at what changed before you pin it anew"
            )
        os.replace(archives[0], kept)
    return kept


def _from_pypi(package: Package, place: Path) -> None:
    _run(
        [python_of("package"), "-I", "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
        # only its data is read, by whatever Python packages the add-on
        + ["--ignore-requires-python", "--only-binary=:all:", "--dest", place, f"{package.name}=={package.version}"],
        place,
    )


def _from_npm(package: Package, place: Path) -> None:
    npm = shutil.which("npm") or python_of("npm").with_name("npm")
    _run([npm, "pack", "--silent", f"{package.name}@{package.version}"], place)


_FETCH = {"pypi": _from_pypi, "npm": _from_npm}


def _run(command: list, folder: Path) -> None:
    """Clients' chatter is shown only when they fail."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise PackagingError(f"{done.stdout}\nThis failed (exit {done.returncode}): {' '.join(map(str, command))}")
