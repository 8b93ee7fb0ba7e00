"""Installing an app from its tarball."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from lab.splunkd.packages import PackageError, install


def tarball(path: Path, files, link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        if link:
            member = tarfile.TarInfo(link)
            member.type = tarfile.SYMTYPE
            member.linkname = "/etc/passwd"
            archive.addfile(member)
    return path


def test_an_upgrade_replaces_what_ships_and_keeps_what_the_admin_set(tmp_path):
    first = tarball(tmp_path / "1.tgz", {"TA_x/default/app.conf": "[launcher]\n", "TA_x/default/macros.conf": "old"})
    second = tarball(tmp_path / "2.tgz", {"TA_x/default/app.conf": "[launcher]\n", "TA_x/default/macros.conf": "new"})
    assert install(first, tmp_path / "apps") == "TA_x"
    local = tmp_path / "apps" / "TA_x" / "local" / "macros.conf"
    local.parent.mkdir()
    local.write_text("mine")
    install(second, tmp_path / "apps")
    assert local.read_text() == "mine"
    assert (tmp_path / "apps" / "TA_x" / "default" / "macros.conf").read_text() == "new"


def test_what_an_upgrade_no_longer_ships_is_gone(tmp_path):
    first = tarball(tmp_path / "1.tgz", {"TA_x/default/app.conf": "", "TA_x/default/savedsearches.conf": "[a]\n"})
    second = tarball(tmp_path / "2.tgz", {"TA_x/default/app.conf": ""})
    install(first, tmp_path / "apps")
    install(second, tmp_path / "apps")
    assert not (tmp_path / "apps" / "TA_x" / "default" / "savedsearches.conf").exists()


@pytest.mark.parametrize(
    ("files", "link", "reason"),
    [
        ({"TA_x/default/app.conf": "", "../outside": "x"}, "", "only plain files"),
        ({"TA_x/default/app.conf": "", "/outside": "x"}, "", "only plain files"),
        ({"TA_x/default/app.conf": ""}, "TA_x/link", "only plain files"),
        ({"TA_x/default/app.conf": "", "TA_y/x": ""}, "", "2 top folders"),
        ({"TA_x/readme": ""}, "", "it is no app"),
    ],
)
def test_a_tarball_that_is_no_app_is_refused_and_nothing_written(tmp_path, files, link, reason):
    with pytest.raises(PackageError, match=reason):
        install(tarball(tmp_path / "x.tgz", files, link), tmp_path / "apps")
    assert not (tmp_path / "apps").exists()


def test_a_file_that_is_no_tarball_is_refused(tmp_path):
    (tmp_path / "x.tgz").write_text("no")
    with pytest.raises(PackageError, match="cannot be unpacked"):
        install(tmp_path / "x.tgz", tmp_path / "apps")
