"""The Pythons of this machine, found by running them: a name on the PATH may be a shim that starts nothing."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator

LOWEST = (3, 9)  # Splunk 9.3
HIGHEST = (3, 13)  # Splunk 10; our requirements have wheels up to here

_ASK = (
    "import sys, venv, ensurepip, ssl\n"
    "print(*sys.version_info[:3])\n"
    "print(getattr(sys, '_base_executable', None) or sys.executable)"
)


@functools.cache
def found() -> dict[tuple[int, int], Path]:
    """(major, minor) → an executable that runs, is at least 3.9 and can make virtual environments."""
    pythons: dict[tuple[int, int], Path] = {}
    for candidate in dict.fromkeys(_candidates()):
        answer = _ask(candidate)
        if answer and answer[0] >= LOWEST:
            pythons.setdefault(*answer)
    return dict(sorted(pythons.items()))


def lowest() -> Path:
    """For packaging: what the oldest Splunk runs decides which libraries are chosen."""
    return next(iter(found().values()))


def newest() -> Path:
    """For the lab: the fastest that every requirement has a wheel for."""
    pythons = found()
    within = [version for version in pythons if version <= HIGHEST]
    return pythons[max(within) if within else min(pythons)]


def _candidates() -> Iterator[str]:
    yield sys.executable
    for name in ["python3", "python", *(f"python3.{minor}" for minor in range(LOWEST[1], HIGHEST[1] + 2))]:
        on_path = shutil.which(name)
        if on_path:
            yield on_path
    for folder in _pyenv_folders():
        yield from map(str, sorted(folder.glob("versions/*/bin/python")))


def _pyenv_folders() -> Iterator[Path]:
    if os.environ.get("PYENV_ROOT"):
        yield Path(os.environ["PYENV_ROOT"])
    if shutil.which("pyenv"):
        asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True)
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())
    yield Path.home() / ".pyenv"


def _ask(candidate: str) -> tuple[tuple[int, int], Path] | None:
    try:
        answer = subprocess.run([candidate, "-I", "-c", _ASK], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0:
        return None
    version, executable = answer.stdout.splitlines()
    major, minor, _ = map(int, version.split())
    return (major, minor), Path(executable)
