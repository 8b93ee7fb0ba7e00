"""What a check has to say."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """`place` is a file below the app and a line (default/macros.conf:12), or the file alone."""

    check: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.check}]"
