"""A file written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


class CannotWrite(Exception):
    """Which file cannot be written, and why; one sentence."""


def check(file: str) -> None:
    """Raise where `file` could not be written: to be asked before the work, not after it."""
    target = _target(file)
    if target.exists() and not target.is_file():
        raise CannotWrite(f"{file} cannot be written: it is {'a folder' if target.is_dir() else 'no ordinary file'}")
    if not target.parent.is_dir():
        raise CannotWrite(f"{file} cannot be written: there is no folder {target.parent}")
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error


def write_whole(file: str, text: str) -> int:
    """Write `text` as UTF-8; returns how many bytes it took. What stood in `file` stays until all is written."""
    check(file)
    target = _target(file)
    data = text.encode("utf-8")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with open(beside, "xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, target)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error
    return len(data)


def _target(file: str) -> Path:
    return Path(os.path.realpath(file))  # a link stays one
