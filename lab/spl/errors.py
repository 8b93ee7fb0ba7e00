"""What can be wrong with a search, said with the place in the text the user wrote."""

from __future__ import annotations

from typing import Optional

from lab.spl.syntax.source import Place, Source


class SearchError(Exception):
    """The search is wrong, or asks for something that does not exist.

    `str(error)` is the message, the line and column (both from 1), the line itself and carets under
    the part that is wrong. Raised without a command or a place where none is known (a context that
    misses a lookup); `of` and `at` add them where they are. `reason` is the message without the command.
    """

    in_command = "Error in '{}' command: "

    def __init__(
        self, reason: str, source: Optional[Source] = None, start: Optional[int] = None, end: Optional[int] = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.command: Optional[str] = None
        self.place: Optional[Place] = None
        if source is not None and start is not None:
            self.at(source, start, end)

    def of(self, command: str) -> SearchError:
        """Add the command, unless an inner one is known already; with "", none is to be named."""
        if self.command is None:
            self.command = command
        return self

    def at(self, source: Source, start: int, end: Optional[int] = None) -> SearchError:
        """Add the place, unless a more exact one is known already."""
        if self.place is None:
            self.place = source.place(start, end)
        return self

    @property
    def message(self) -> str:
        """What is wrong, and in which command, as Splunk words it."""
        return f"{self.in_command.format(self.command)}{self.reason}" if self.command else self.reason

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

    in_command = "'{}' command: "
