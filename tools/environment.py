"""The virtual environments under `.venv/`, each made from nothing with only what its word needs.

`python tools/run.py tools.environment NAME` prints the environment's Python; progress goes to stderr.
The requirements are pyproject.toml's: `dependencies` and the groups of `optional-dependencies`.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, NamedTuple

from tools import pythons
from tools.lock import locked

ROOT = Path(__file__).resolve().parent.parent


class Environment(NamedTuple):
    groups: tuple[str, ...]  # arrays of pyproject.toml
    python: Callable[[], Path]


ENVIRONMENTS = {
    "lab": Environment(("dependencies",), pythons.newest),
    "test": Environment(("dependencies", "test"), pythons.newest),
    "package": Environment(("package",), pythons.lowest),
    "npm": Environment(("npm",), pythons.newest),
    "addon_judge": Environment(("addon_judge",), pythons.newest),
}


class SetUpError(Exception):
    """An environment could not be made; the text is for the person who ran build.sh."""


def requirements(name: str, pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """What is installed into environment `name`, as pyproject.toml lists it."""
    text = pyproject.read_text(encoding="utf-8")
    return [requirement for group in ENVIRONMENTS[name].groups for requirement in _array(text, group)]


def _array(toml: str, key: str) -> list[str]:
    """An array of strings. Python 3.9 and 3.10 read no TOML, but such an array is also a Python list."""
    match = re.search(rf"^{re.escape(key)} = (\[(?:[^\n]*\]|.*?^\]))\s*(?:#.*)?$", toml, re.MULTILINE | re.DOTALL)
    if not match:
        raise SetUpError(f"pyproject.toml has no array {key}")
    return ast.literal_eval(match.group(1))


def python_of(name: str, folder: Path = ROOT / ".venv") -> Path:
    """The Python of environment `name`, which is made or made again where its requirements changed."""
    home = folder / name
    python = home / "bin" / "python"
    wanted = requirements(name)
    stamp = home / "made"
    made = "\n".join([str(home), *wanted])  # the place too: scripts in a moved or copied one start the old Python
    with locked(folder / f"{name}.lock", f"{home} is being set up"):
        if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == made and _runs(python)):
            _make(home, wanted, ENVIRONMENTS[name].python())
            stamp.write_text(made, encoding="utf-8")
    return python


def _runs(python: Path) -> bool:
    """False when the Python that the environment was made with went away."""
    try:
        return subprocess.run([python, "-I", "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def _make(home: Path, wanted: list[str], base: Path) -> None:
    begun = time.monotonic()
    print(f"Setting up {home} with {base} ({len(wanted)} requirements) …", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    _run([base, "-I", "-m", "venv", home])
    _run([home / "bin" / "python", "-I", "-m", "pip", "install", "--quiet", "--no-input", *wanted])
    print(f"Set up in {time.monotonic() - begun:.0f} s.", file=sys.stderr)


def _run(command: list) -> None:
    """pip's chatter is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SetUpError(f"{done.stdout}\nThis failed (exit {done.returncode}): {' '.join(map(str, command))}")


if __name__ == "__main__":
    try:
        print(python_of(sys.argv[1]))
    except SetUpError as error:
        sys.exit(str(error))
