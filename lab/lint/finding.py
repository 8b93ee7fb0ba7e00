"""What a check has to say, and of which place."""

from __future__ import annotations

from typing import NamedTuple, Optional


class Place(NamedTuple):
    """A file below the app (default/macros.conf) and a line of it, or the file alone."""

    path: str
    line: Optional[int] = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Finding(NamedTuple):
    """`check` is the name of the check that says it."""

    check: str
    path: str
    line: Optional[int]
    message: str

    def __str__(self) -> str:
        return f"{Place(self.path, self.line)}: {self.message} [{self.check}]"
