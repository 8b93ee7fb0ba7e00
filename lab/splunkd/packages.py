"""Installing an app: its tarball unpacked into etc/apps, as splunkd does with an uploaded package."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path, PurePosixPath


class PackageError(Exception):
    """The file is no app package; the message says what is wrong with it."""


def install(tarball: Path, apps_folder: Path) -> str:
    """Unpack `tarball` and return the app's name. Of an installed app its local settings and lookups stay."""
    try:
        with tarfile.open(tarball) as archive:
            members = archive.getmembers()
            app = _app(members, tarball)
            _remove_shipped(apps_folder / app)
            for member in members:
                path = apps_folder.joinpath(*PurePosixPath(member.name).parts)
                if member.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.extractfile(member).read())
                path.chmod(0o755 if member.mode & 0o100 else 0o644)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise PackageError(f"{tarball} cannot be unpacked: {error}") from error
    return app


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
