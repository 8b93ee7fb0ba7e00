"""What ships runs on the Pythons of Splunk 9.3 and of Splunk 10, where those are found on this machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools import pythons
from tools.environment import ROOT

STAND_IN = ROOT / "lab" / "splunkd" / "python"  # the `splunk` package that Splunk's own Python has
READ_ALL = """
import ast, pathlib, sys
for file in pathlib.Path(sys.argv[1]).rglob("*.py"):
    ast.parse(file.read_bytes(), file)
"""
IMPORT_ALL = """
import sys
sys.path.insert(0, sys.argv[1])
import import_declare_test
import importlib, pkgutil
import okta_itdr
for module in pkgutil.walk_packages(okta_itdr.__path__, "okta_itdr."):
    importlib.import_module(module.name)
"""


@pytest.fixture(params=[pythons.LOWEST, pythons.HIGHEST], ids=["3.9", "3.13"])
def python(request: pytest.FixtureRequest) -> Path:
    wanted = pythons.found().get(request.param)
    if not wanted:
        pytest.skip(f"no Python {request.param[0]}.{request.param[1]} runs on this machine")
    return wanted


def run(python: Path, *arguments: object) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(STAND_IN), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([python, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=60)


def test_every_shipped_file_is_python_that_it_reads(python: Path, app: Path) -> None:
    ran = run(python, "-c", READ_ALL, app)
    assert ran.returncode == 0, ran.stderr


def test_our_library_imports_with_the_shipped_libraries_alone(python: Path, app: Path) -> None:
    ran = run(python, "-c", IMPORT_ALL, app / "bin")
    assert ran.returncode == 0, ran.stderr


def test_splunk_can_ask_the_input_for_its_scheme(python: Path, app: Path) -> None:
    ran = run(python, app / "bin" / "okta_system_log.py", "--scheme")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.lstrip().startswith("<scheme>")
    assert '<arg name="account">' in ran.stdout
