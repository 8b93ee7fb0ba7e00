"""The secrets that the suite's runs were given, and everything they said: no secret may stand in it."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, Iterator

_SECRETS: set[str] = set()
_SPOKEN: list[tuple[str, bytes]] = []  # (what it was, what it held)


def secret(text: str) -> str:
    """Remember a secret; returns it. Of a PEM or JWK give a part that nobody can take for something else."""
    if len(text) < 12:
        raise ValueError("too short to be searched for")
    _SECRETS.add(text)
    return text


def spoken(what: str, data: bytes) -> None:
    """Remember what a process said, or what it was started with."""
    _SPOKEN.append((what, data))


def shown(folder: Path) -> list[str]:
    """Where a secret stands: in what was spoken, and in the files below `folder`."""
    return [
        f"{place}: {text[:4]}…"
        for place, data in _everything(folder)
        for text in sorted(_SECRETS)
        if text.encode() in data
    ]


def _everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    yield from _SPOKEN
    for path in _files(folder.rglob("*")):
        yield str(path.relative_to(folder)), path.read_bytes()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if path.is_file() and not path.is_symlink())
