"""The one clock of the lab: tenant, splunkd and scheduler read it, only the composer sets it.

It lives in a small file that several processes map, because the simulated tenant and the emulated
splunkd each have a process of their own and must agree on the time to the microsecond.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_SECONDS = struct.Struct("<d")


class Clock:
    """Epoch seconds (UTC) shared through the file at `path`; created there at `start` if given."""

    def __init__(self, path: Path, start: float | None = None) -> None:
        self.path = Path(path)
        if start is not None:
            self.path.write_bytes(_SECONDS.pack(start))
        with self.path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _SECONDS.size)

    def now(self) -> float:
        return _SECONDS.unpack_from(self._map)[0]

    def set(self, seconds: float) -> None:
        """Move the clock forward to `seconds`; a clock that went back would re-run schedules."""
        if seconds < self.now():
            raise ValueError(f"the lab's clock cannot go back from {self.now()} to {seconds}")
        _SECONDS.pack_into(self._map, 0, seconds)
