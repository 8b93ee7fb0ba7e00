"""What can be wrong with a search, said with the place in the text the user wrote."""

from __future__ import annotations

from typing import Optional

from lab.spl.syntax.source import Place, Source


class SearchError(Exception):
    """The search is wrong, or asks for something that does not exist.

    `str(error)` is the message, the line and column (both from 1), the line itself and carets under
    the part that is wrong. Raised without a place where none is known (a context that misses a
    lookup); `at` adds it where it is.
    """

    def __init__(
        self, message: str, source: Optional[Source] = None, start: Optional[int] = None, end: Optional[int] = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place: Optional[Place] = None
        if source is not None and start is not None:
            self.at(source, start, end)

    def at(self, source: Source, start: int, end: Optional[int] = None) -> SearchError:
        """Add the place, unless a more exact one is known already."""
        if self.place is None:
            self.place = source.place(start, end)
        return self

    @property
    def line(self) -> Optional[int]:
        return self.place.line if self.place else None

    @property
    def column(self) -> Optional[int]:
        return self.place.column if self.place else None

    def __str__(self) -> str:
        return self.message if self.place is None else f"{self.message} ({self.place})\n{self.place.excerpt()}"


class Unsupported(SearchError):
    """Splunk may well run this; the lab does not, and says so rather than guess (DESIGN section 4)."""
