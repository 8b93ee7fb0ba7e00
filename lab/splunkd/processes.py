"""The processes splunkd starts: which Python runs them and what their environment holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

# The package `splunk` that Splunk's own Python has and no other.
SPLUNK_PACKAGE = Path(__file__).resolve().parent / "python"

# Of the lab's own environment a started process sees these only: proxies, tokens and PYTHON* stay out.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")


class Overdue(Exception):
    """A process took longer than it may."""


class Ended(NamedTuple):
    """How a process ended and what it wrote."""

    code: int
    output: bytes
    stderr: str


class Processes:
    """Starts scripts under `home` with `python` (default: the Python that runs the lab)."""

    def __init__(self, home: Path, python: str | None = None) -> None:
        self.home = home
        self.python = python or sys.executable
        self.splunkd_uri = ""  # known once splunkd listens

    def start(self, script: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """A started process with pipes for its standard streams."""
        return subprocess.Popen(
            [self.python, str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=str(self.home),
            env=self.environment(),
        )

    def run(self, script: Path, arguments: Sequence[str], data: bytes, seconds: float) -> Ended:
        """A script from start to end; after so many seconds it is killed, and `Overdue` is raised."""
        process = self.start(script, arguments)
        try:
            output, stderr = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Overdue from None
        return Ended(process.returncode, output, stderr.decode("utf-8", "replace"))

    def environment(self) -> dict[str, str]:
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {
            **environment,
            "LAB_SPLUNKD_URI": self.splunkd_uri,
            "PYTHONPATH": str(SPLUNK_PACKAGE),
            "SPLUNK_DB": str(self.home / "var" / "lib" / "splunk"),
            "SPLUNK_HOME": str(self.home),
            "SPLUNK_SERVER_NAME": "Splunkd",
        }


def last_line(stderr: str) -> str:
    """The last line a process wrote to say what went wrong."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1] if lines else "it wrote nothing to stderr"
