"""./build.sh before anything is set up: clear words, the right exit code, a clean stdout."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.environment import ROOT


def build_sh(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "build.sh", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)


def test_an_unknown_word_is_named_and_the_words_are_shown(tmp_path: Path) -> None:
    ran = build_sh("detonate", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no word 'detonate'" in ran.stderr and "hunt FILE" in ran.stderr


@pytest.mark.parametrize("word", ["serve"])
def test_a_word_of_a_later_step_says_so(tmp_path: Path, word: str) -> None:
    ran = build_sh(word, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"'{word}' is not built yet" in ran.stderr


def test_help_lists_every_word(tmp_path: Path) -> None:
    ran = build_sh("--help", cwd=tmp_path)
    assert ran.returncode == 0
    for word in ["demo", "hunt", "search", "conformance", "test", "serve", "bench"]:
        assert word in ran.stdout


def test_no_python_at_all_is_said_plainly(tmp_path: Path) -> None:
    ran = subprocess.run(
        ["/bin/bash", ROOT / "build.sh", "hunt", "x.jsonl"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "Python of 3.9 or later" in ran.stderr


def test_a_module_lying_in_the_callers_folder_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the caller’s json.py was run')")
    (tmp_path / "tools.py").write_text("raise SystemExit('the caller’s tools.py was run')")
    ran = subprocess.run(
        ["python3", ROOT / "tools" / "run.py", "tools.package", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert "--output" in ran.stdout
