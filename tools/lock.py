"""One process at a time, across processes that start at the same moment."""

from __future__ import annotations

import fcntl
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


@contextmanager
def locked(path: Path, waiting_for: str) -> Iterator[None]:
    """Holds the lock file at `path`; a second comer says what it waits for. The kernel frees it if we die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another process: {waiting_for} …", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
