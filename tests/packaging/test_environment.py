"""The set-up: from nothing, with any Python, only what a word needs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import environment, pythons
from tools.environment import ROOT


@pytest.mark.skipif(sys.version_info < (3, 11), reason="needs tomllib to compare with")
def test_requirements_are_read_as_a_toml_reader_reads_them() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = project["optional-dependencies"]
    assert environment.requirements("lab") == project["dependencies"]
    assert environment.requirements("test") == project["dependencies"] + groups["test"]
    assert environment.requirements("package") == groups["package"]


def test_a_missing_group_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(environment.SetUpError, match="no array dependencies"):
        environment.requirements("lab", tmp_path / "pyproject.toml")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that environments were made in, without the time that making one takes."""
    folders = []

    def make(home: Path, wanted: list[str], base: Path) -> None:
        (home / "bin").mkdir(parents=True, exist_ok=True)
        (home / "bin" / "python").unlink(missing_ok=True)
        (home / "bin" / "python").symlink_to(sys.executable)
        folders.append(home)

    monkeypatch.setattr(environment, "_make", make)
    return folders


def test_an_environment_is_made_once_and_again_when_its_requirements_change(
    tmp_path: Path, made: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.python_of("package", tmp_path)
    environment.python_of("package", tmp_path)
    assert made == [tmp_path / "package"]
    monkeypatch.setattr(environment, "requirements", lambda name: ["another"])
    environment.python_of("package", tmp_path)
    assert len(made) == 2


def test_an_environment_whose_python_went_away_is_made_again(tmp_path: Path, made: list[Path]) -> None:
    python = environment.python_of("package", tmp_path)
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert environment.python_of("package", tmp_path) == python
    assert len(made) == 2


def test_a_moved_checkout_does_not_use_scripts_of_its_old_place(tmp_path: Path, made: list[Path]) -> None:
    environment.python_of("package", tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    environment.python_of("package", tmp_path / "new")
    assert made == [tmp_path / "old" / "package", tmp_path / "new" / "package"]


def test_a_failed_set_up_is_not_taken_for_a_finished_one(tmp_path: Path) -> None:
    home = tmp_path / "broken"
    with pytest.raises(environment.SetUpError, match="This failed"):
        environment._make(home, [str(tmp_path / "no-such-package")], Path(sys.executable))
    assert not (home / "made").exists()


def test_a_name_on_the_path_that_starts_nothing_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.9"
    shim.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = pythons.found.__wrapped__()  # not what was found before the PATH changed
    assert shim not in found.values()
    assert min(found) >= pythons.LOWEST
