"""A day's events on disk until they are due: memory holds when and where each one is, not the event.

In: `Logged` in any order. Out: `Waiting`, which sorts as its event does and reads it back.
"""

from __future__ import annotations

import tempfile
from typing import Iterable, Iterator, NamedTuple

from lab.okta.delivery import Logged

_IN_MEMORY = 16 << 20  # a small company's day never touches the disk


class Waiting(NamedTuple):
    persisted: float
    published: float
    uuid: str
    offset: int
    size: int
    spool: Spool

    def logged(self) -> Logged:
        return Logged(self.persisted, self.published, self.uuid, self.spool.read(self.offset, self.size))


class Spool:
    """One day's; it is gone with the last event that waits in it."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="okta-day-")  # noqa: SIM115  lives as long as it
        self._end = 0

    def put(self, events: Iterable[Logged]) -> Iterator[Waiting]:
        for event in events:
            self._file.write(event.raw)
            size = len(event.raw)
            yield Waiting(event.persisted, event.published, event.uuid, self._end, size, self)
            self._end += size

    def read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)
