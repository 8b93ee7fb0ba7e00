"""The same folder always becomes the same bytes: sorted, without owners, without times."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from pathlib import Path

TIME = 946684800  # 2000-01-01: some tools refuse files from 1970


def write(folder: Path, target: Path) -> None:
    """`folder` with its own name at the top, into the .tar.gz `target`."""
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, path.relative_to(folder.parent).as_posix(), recursive=False, filter=_plain)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = TIME
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
