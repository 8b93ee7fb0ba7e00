"""The parts know of each other only what pyproject.toml's contracts allow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.environment import ROOT


def test_no_part_reaches_around_its_interface(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
        + ["--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "bin")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
