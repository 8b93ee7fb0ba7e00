"""Installing an app: its tarball unpacked into etc/apps, as splunkd does with an uploaded package."""

from __future__ import annotations

import shutil
import tarfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Optional


class PackageError(Exception):
    """The file is no app package; the message says what is wrong with it."""


class Member(NamedTuple):
    parts: tuple[str, ...]
    executable: bool
    content: Optional[bytes]  # None: a folder


def install(tarball: Path, apps_folder: Path) -> str:
    """Unpack `tarball` and return the app's name. Of an installed app its local settings and lookups stay."""
    try:
        package = tarball.stat()
        app, members = _unpacked(tarball, package.st_mtime_ns, package.st_size)
        _remove_shipped(apps_folder / app)
        for member in members:
            path = apps_folder.joinpath(*member.parts)
            if member.content is None:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.content)
            path.chmod(0o755 if member.executable else 0o644)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise PackageError(f"{tarball} cannot be unpacked: {error}") from error
    return app


@lru_cache(maxsize=1)
def _unpacked(tarball: Path, changed: int, size: int) -> tuple[str, list[Member]]:
    """The app's name and what the package holds. Unpacking is most of an installation, and one process installs the
    same package many times; `changed` and `size` tell another one of that name."""
    with tarfile.open(tarball) as archive:
        members = archive.getmembers()
        app = _app(members, tarball)
        return app, [
            Member(
                PurePosixPath(member.name).parts,
                bool(member.mode & 0o100),
                None if member.isdir() else archive.extractfile(member).read(),
            )
            for member in members
        ]


def _remove_shipped(app_folder: Path) -> None:
    """Of an older version all goes but what the admin or the searches wrote."""
    for path in app_folder.iterdir() if app_folder.is_dir() else ():
        if path.name in ("local", "lookups", "metadata"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _app(members: list[tarfile.TarInfo], tarball: Path) -> str:
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise PackageError(f"{tarball} holds {member.name}: only plain files and folders below one folder may be")
    tops = {PurePosixPath(member.name).parts[0] for member in members if PurePosixPath(member.name).parts}
    if len(tops) != 1:
        raise PackageError(f"{tarball} holds {len(tops)} top folders: an app package has one, named like the app")
    app = tops.pop()
    if not any(PurePosixPath(member.name) == PurePosixPath(app, "default", "app.conf") for member in members):
        raise PackageError(f"{tarball} has no {app}/default/app.conf: it is no app")
    return app
