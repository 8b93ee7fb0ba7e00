"""The events written last, by uuid: what Okta delivers twice is written once."""

from __future__ import annotations

from typing import Iterable

from okta_itdr.collect.page import LogEvent

KEPT = 10_000  # ten full pages


class RecentUuids:
    """Remembers the last `KEPT` uuids; `uuids` is the text of an earlier `str()`."""

    def __init__(self, uuids: str = "") -> None:
        self._seen = dict.fromkeys(uuids.split())

    def fresh(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        """The events not seen before, each from now on seen; one without a uuid is always fresh."""
        found = []
        for event in events:
            if event.uuid is None:
                found.append(event)
            elif event.uuid not in self._seen:
                self._seen[event.uuid] = None
                found.append(event)
        for uuid in list(self._seen)[: max(len(self._seen) - KEPT, 0)]:
            del self._seen[uuid]
        return found

    def __str__(self) -> str:
        return " ".join(self._seen)
