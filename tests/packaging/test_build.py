"""The build: the same bytes from the same sources, and no package from a broken one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import conf_check, package, staging, tarball, ucc
from tools.environment import ROOT, python_of
from tools.errors import PackagingError


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of everything the package is made of, to be spoilt."""
    root = tmp_path / "sources"
    for source in staging.SOURCES:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile
        (root / source).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / source, root / source)
    return root


def test_two_builds_are_the_same_bytes(tarball: Path, tmp_path: Path) -> None:
    assert package.ready(tmp_path).read_bytes() == tarball.read_bytes()


def test_an_unchanged_package_is_not_built_again(tarball: Path) -> None:
    before = tarball.stat().st_mtime_ns
    assert package.ready().stat().st_mtime_ns == before


def test_a_damaged_package_is_not_taken_for_a_built_one(tarball: Path, tmp_path: Path) -> None:
    made_from = tarball.with_name(tarball.name.replace(".tar.gz", ".inputs"))
    copy = shutil.copyfile(tarball, tmp_path / tarball.name)
    assert package._is_current(copy, made_from)
    copy.write_bytes(copy.read_bytes()[:-1])
    assert not package._is_current(copy, made_from)


def test_only_a_changed_content_means_a_new_package(sources: Path) -> None:
    before = staging.digest(staging.inputs(sources))
    (sources / "bin" / "okta_system_log.py").touch()
    (sources / "bin" / "__pycache__").mkdir(exist_ok=True)
    (sources / "bin" / "__pycache__" / "okta_system_log.cpython-39.pyc").write_bytes(b"")
    (sources / "default" / ".savedsearches.conf.swp").write_bytes(b"")
    assert staging.digest(staging.inputs(sources)) == before
    with (sources / "default" / "app.conf").open("a") as conf:
        conf.write("\n")
    assert staging.digest(staging.inputs(sources)) != before


def test_a_renamed_file_means_a_new_package(sources: Path) -> None:
    before = staging.digest(staging.inputs(sources))
    (sources / "bin" / "okta_system_log.py").rename(sources / "bin" / "okta_log.py")
    assert staging.digest(staging.inputs(sources)) != before


def test_a_link_in_the_sources_is_refused_and_not_followed(sources: Path) -> None:
    (sources / "bin" / "linked.py").symlink_to(sources / "LICENSE")
    with pytest.raises(PackagingError, match=r"linked\.py is a symbolic link"):
        staging.inputs(sources)


def test_two_sources_for_one_place_are_refused(sources: Path) -> None:
    (sources / "package" / "LICENSE").write_text("another")
    with pytest.raises(PackagingError, match="would both become package/LICENSE"):
        staging.inputs(sources)


@pytest.mark.parametrize("place", ["CHANGELOG.md", "package/app.manifest"])
def test_a_version_forgotten_in_one_place_is_named(sources: Path, place: str) -> None:
    text = (sources / place).read_text().replace(staging.version(), "9.9.9")
    (sources / place).write_text(text)
    with pytest.raises(PackagingError, match=rf"{place} says 9\.9\.9"):
        staging.version(sources)


def test_a_broken_global_config_is_named(sources: Path) -> None:
    (sources / "globalConfig.json").write_text('{"meta": ')
    with pytest.raises(PackagingError, match=r"globalConfig\.json is no JSON: .*line 1 column"):
        staging.version(sources)


FINISHED = "INFO: File creation summary: created: 55, copied: 17, modified: 1, conflict: 1\n"


@pytest.mark.parametrize(
    ("returncode", "log"),
    [
        (0, "ERROR: Uncaught exception occurred. Exception details:\nKeyError: 'launcher'\n"),
        (0, f"ERROR: Uncaught exception occurred.\n{FINISHED}"),
        (0, "INFO: Copied package directory\n"),
        (1, FINISHED),
    ],
)
def test_uccs_silent_failures_stop_the_build(returncode: int, log: str) -> None:
    with pytest.raises(PackagingError, match="ucc-gen did not build the add-on"):
        ucc.judge_log(returncode, log)


def test_ucc_really_hides_this_exception_and_we_do_not(sources: Path, tmp_path: Path) -> None:
    (sources / "default" / "app.conf").write_text("[ui]\nis_visible = true\n")  # no author: KeyError inside ucc-gen
    stage = tmp_path / "stage"
    staging.stage(staging.inputs(sources), stage)
    with pytest.raises(PackagingError, match=r"(?s)KeyError: 'launcher'.*exit code was 0"):
        ucc.generate(stage, staging.version(), python_of("package"))


@pytest.mark.parametrize("broken", ["[dangling\nkey = value\n", "[twice]\nkey = 1\nkey = 2\n"])
def test_a_conf_file_that_splunk_would_misread_stops_the_build(tmp_path: Path, broken: str) -> None:
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "default.meta").write_text("[]\nexport = system\n")
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "macros.conf").write_text("[fine]\ndefinition = *\n")
    conf_check.check(tmp_path, python_of("package"))
    (tmp_path / "default" / "macros.conf").write_text(broken)
    with pytest.raises(PackagingError, match=r"macros\.conf"):
        conf_check.check(tmp_path, python_of("package"))


def test_a_tarball_does_not_depend_on_order_times_or_modes(tmp_path: Path) -> None:
    written = []
    for names, mode in ([("b.py", "a.py"), 0o600], [("a.py", "b.py"), 0o755]):
        folder = tmp_path / str(mode) / "app"
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text(name)
            (folder / name).chmod(mode)
        tarball.write(folder, folder.with_suffix(".tar.gz"))
        written.append(tarball.sha256(folder.with_suffix(".tar.gz")))
    assert written[0] == written[1]
