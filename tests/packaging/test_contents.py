"""What an administrator installs: all of ours, nothing of the lab, nothing compiled."""

from __future__ import annotations

import configparser
import json
import re
import tarfile
from pathlib import Path

import pytest

from tools import contents, staging, ucc
from tools.environment import ROOT

# what others' searches use; views stay in the app
EXPORTED = {"props", "transforms", "lookups", "macros"}
EXPORTED |= {"eventtypes", "tags", "savedsearches", "commands", "searchbnf", "alert_actions", "workflow_actions"}


def test_the_package_holds_nothing_that_must_not_ship(app: Path) -> None:
    assert contents.problems(app) == []


def test_every_file_unpacks_readable_without_owner_or_time(tarball: Path) -> None:
    with tarfile.open(tarball) as tar:
        members = tar.getmembers()
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in members} == {(0, 0, "", "")}
    assert {entry.mode for entry in members if entry.isfile()} == {0o644}
    assert len({entry.mtime for entry in members}) == 1
    assert all(entry.isfile() or entry.isdir() for entry in members)


def test_the_shipped_code_and_conf_are_the_sources_byte_for_byte(app: Path) -> None:
    used_up = {"globalConfig.json", "package/lib/requirements.txt"}
    merged = {"package/default/app.conf", "package/app.manifest"}
    for place, source in staging.inputs().items():
        if place not in used_up | merged:
            shipped = app / Path(place).relative_to("package")
            assert shipped.read_bytes() == source.read_bytes(), f"ucc-gen changed {place}"


def test_input_and_alert_actions_are_ours_and_not_uccs_templates(app: Path) -> None:
    for script in ["okta_system_log.py", "okta_itdr_ip_list.py", "okta_itdr_register.py", "okta_itdr_expire.py"]:
        assert (app / "bin" / script).read_bytes() == (ROOT / "bin" / script).read_bytes()
    assert list(app.glob("bin/*/modalert_*_helper.py")) == []


def test_splunk_shows_one_version_everywhere(app: Path) -> None:
    version = staging.version()
    app_conf = configparser.ConfigParser()
    app_conf.read(app / "default" / "app.conf")
    assert app_conf["launcher"]["version"] == app_conf["id"]["version"] == version
    assert json.loads((app / "app.manifest").read_text())["info"]["id"]["version"] == version
    assert (app / "VERSION").read_text().split() == [version, version]
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text()


def test_browsers_fetch_new_pages_after_an_upgrade() -> None:
    releases = ["0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0"]
    numbers = [ucc.build_number(release) for release in releases]
    assert numbers == sorted(set(numbers))


def test_uccs_time_of_build_is_nowhere_in_the_package(app: Path) -> None:
    build = re.search(r"^build = (\d+)$", (app / "default" / "app.conf").read_text(), re.MULTILINE)
    assert build and int(build.group(1)) == ucc.build_number(staging.version())
    assert f"@{build.group(1)}" in (app / "appserver" / "templates" / "base.html").read_text()


def test_other_apps_see_our_knowledge_but_not_our_views(app: Path) -> None:
    meta = configparser.ConfigParser(allow_no_value=True)
    meta.read_string((app / "metadata" / "default.meta").read_text().replace("[]", "[all]"))
    assert {section for section in meta.sections() if meta[section].get("export") == "system"} == EXPORTED
    assert meta["all"]["owner"] == "nobody"
    assert meta["all"]["access"] == "read : [ * ], write : [ admin, sc_admin ]"


def test_splunk_chooses_a_python_that_the_add_on_runs_on(app: Path) -> None:
    for conf in ["inputs.conf", "alert_actions.conf", "restmap.conf"]:
        text = (app / "default" / conf).read_text()
        handled = re.findall(r"^\[(?!admin:).*\]$", text, re.MULTILINE)
        assert text.count("python.version = python3\n") == len(handled), conf
        assert text.count("python.required = 3.9, 3.13\n") == len(handled), conf


def test_every_library_that_ships_is_named_with_its_licence(app: Path) -> None:
    notice = (app / "NOTICE").read_text().lower()
    shipped = {path.name.split("-")[0].replace("_", "-").lower() for path in app.glob("lib/*.dist-info")}
    assert shipped, "lib/ is empty"
    assert [name for name in sorted(shipped) if not re.search(rf"^  {name} ", notice, re.MULTILINE)] == []


def test_the_libraries_are_exactly_those_pinned(app: Path) -> None:
    pins = re.findall(r"^(\S+)==(\S+)$", (ROOT / "package" / "lib" / "requirements.txt").read_text(), re.MULTILINE)
    shipped = {path.name[: -len(".dist-info")].replace("_", "-") for path in app.glob("lib/*.dist-info")}
    assert shipped == {f"{name}-{release}" for name, release in pins}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """The smallest folder that contents.problems has nothing against."""
    for name, endings in contents.ENTRIES.items():
        if endings == ("",):
            (tmp_path / name).write_text("text")
        else:
            (tmp_path / name).mkdir()
    assert contents.problems(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    "place",
    [
        "bin/okta_itdr/speedups.so",
        "lib/thing/_native.cpython-39-x86_64-linux-gnu.so",
        "bin/tests/helper.py",
        "lib/certifi/tests/test_certify.py",
        "bin/lab/spl.py",
        "default/notes.txt",
        "bin/.env",
        "local/inputs.conf",
        "passwords.conf",
        "metadata/local.meta",
    ],
)
def test_a_file_that_must_not_ship_stops_the_build(good: Path, place: str) -> None:
    (good / place).parent.mkdir(parents=True, exist_ok=True)
    (good / place).write_text("")
    assert any(place in problem for problem in contents.problems(good))


def test_a_link_stops_the_build(good: Path) -> None:
    (good / "bin" / "linked.py").symlink_to(good / "LICENSE")
    assert contents.problems(good) == ["bin/linked.py: is a symbolic link"]


def test_a_missing_part_stops_the_build(good: Path) -> None:
    (good / "LICENSE").unlink()
    assert contents.problems(good) == ["LICENSE is missing"]
