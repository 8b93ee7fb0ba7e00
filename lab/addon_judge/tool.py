"""pytest-splunk-addon run as an add-on's authors run it: in a Python of its own, against a Splunk that is elsewhere
(`--splunk-type=external`), its tests made from the add-on's conf files and the samples.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_TESTS = '''"""The tests that pytest-splunk-addon makes."""

from pytest_splunk_addon.standard_lib.addon_basic import Basic


class Test_Addon(Basic):
    def empty_method():
        pass
'''
_SECONDS = 1800


class Splunk(NamedTuple):
    """A Splunk to be judged on."""

    host: str
    port: int
    user: str
    password: str
    hec_port: int
    hec_token: str


class ToolError(Exception):
    """The tool did not come to its end; the text is the end of what it wrote."""


def run(python: Path, addon: Path, samples: Path, splunk: Splunk, folder: Path, provoked: Iterable[str] = ()) -> Path:
    """Judge the add-on unpacked at `addon`; returns the JUnit report. The tool writes its own files into `folder`.

    `provoked`: words of errors that were brought about on purpose, which its look at the logs is to pass over.
    """
    (folder / "provoked.txt").write_text("\n".join(provoked), encoding="utf-8")
    (folder / "test_addon.py").write_text(_TESTS, encoding="utf-8")
    report = folder / "report.xml"
    options = {
        "splunk-type": "external",
        "splunk-app": addon,
        "splunk-data-generator": samples,
        "splunk-host": splunk.host,
        "splunk-port": splunk.port,
        "splunk-user": splunk.user,
        "splunk-password": splunk.password,
        "splunk-hec-scheme": "http",
        "splunk-hec-port": splunk.hec_port,
        "splunk-hec-token": splunk.hec_token,
        "ignore-addon-errors": folder / "provoked.txt",
        "junitxml": report,
    }
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", f"--rootdir={folder}"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (folder / "output.txt").open("w+", encoding="utf-8", errors="replace") as output:
        try:
            subprocess.run(
                [*command, "test_addon.py"],
                cwd=folder,
                env={**_environment(), "TZ": "UTC", "TMPDIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise ToolError(f"pytest-splunk-addon did not end within {_SECONDS} s") from None
        output.seek(0)
        said = output.read()
    if not report.is_file():
        raise ToolError(f"pytest-splunk-addon ended without a report:\n{said[-4000:]}")
    return report


def _environment() -> dict[str, str]:
    """Ours, without what would speak to another pytest or Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
