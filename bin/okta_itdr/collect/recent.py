"""The events written last, by a digest of their uuid: what Okta delivers twice is written once."""

from __future__ import annotations

import base64
from typing import Iterable, List

from okta_itdr.collect.page import BYTES, LogEvent

KEPT = 10_000  # ten full pages


class RecentUuids:
    """Remembers the last `kept` uuids; `text` is that of an earlier `str()`. Raises ValueError when it is none."""

    def __init__(self, text: str = "", kept: int = KEPT) -> None:
        known = base64.b64decode(text, validate=True)
        self._kept = kept
        self._seen = {known[start : start + BYTES]: None for start in range(0, len(known), BYTES)}

    def fresh(self, events: Iterable[LogEvent]) -> List[LogEvent]:
        """The events not seen before, each from now on seen; one without a uuid is always fresh."""
        seen, found = self._seen, []
        for event in events:
            key = event.digest
            if key is None:
                found.append(event)
            elif key not in seen:
                seen[key] = None
                found.append(event)
        surplus = len(seen) - self._kept
        if surplus > 0:
            for key in list(seen)[:surplus]:
                del seen[key]
        return found

    def __str__(self) -> str:
        return base64.b64encode(b"".join(self._seen)).decode("ascii")
