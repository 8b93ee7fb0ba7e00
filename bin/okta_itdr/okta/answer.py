"""What Okta answered, whatever its status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from urllib3.response import HTTPHeaderDict


@dataclass(frozen=True)
class Answer:
    """`path` and `cursor` tell what had been asked."""

    host: str
    path: str
    cursor: bool  # asked with `after=`: at a place that an earlier answer had named
    status: int
    headers: HTTPHeaderDict
    body: bytes

    @property
    def date(self) -> Optional[float]:
        """Okta's own time of the answer, epoch seconds; None where it does not say."""
        try:
            return parsedate_to_datetime(self.headers["Date"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return None

    def json(self) -> object:
        """The body read as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None
