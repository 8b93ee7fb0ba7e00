"""The text of a search and where each part of it came from.

Macros are expanded as text before anything is parsed, so what the parser reads is not what the user
wrote. A `Source` holds the expanded text together with the way back: every offset leads to a line
and column of the original, and to the macro in whose definition the trouble is.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

_WIDEST_EXCERPT = 100


@dataclass(frozen=True)
class Place:
    """A place in the search as written; `macro` is the call whose expansion holds the trouble."""

    line: int
    column: int
    text: str
    width: int
    macro: Optional[str] = None

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}"
        return f"{where}, in `{self.macro}`" if self.macro else where

    def excerpt(self) -> str:
        """The line, shortened around the place, with carets under it."""
        first = max(0, self.column - 1 - _WIDEST_EXCERPT // 2)
        line = self.text[first : first + _WIDEST_EXCERPT]
        indent = self.column - 1 - first
        return f"  {line}\n  {' ' * indent}{'^' * max(1, min(self.width, len(line) - indent))}"


@dataclass(frozen=True)
class Piece:
    """Expanded text from `start` on stems from `origin` in the original: the same characters where
    `macro` is None, else the call `macro` that stands there, `length` characters long."""

    start: int
    origin: int
    length: int = 0
    macro: Optional[str] = None


class Source:
    """`text` is what is parsed; `original` what the user wrote (the same where no macro stood)."""

    def __init__(self, text: str, original: Optional[str] = None, pieces: Sequence[Piece] = ()) -> None:
        self.text = text
        self.original = text if original is None else original
        self._pieces: List[Piece] = list(pieces) or [Piece(0, 0)]
        self._starts = [piece.start for piece in self._pieces]

    def origin(self, offset: int) -> Tuple[int, int, Optional[str]]:
        """The offset in the original, the length of the macro call there (0: none), and its text."""
        piece = self._pieces[max(0, bisect_right(self._starts, offset) - 1)]
        if piece.macro is not None:
            return piece.origin, piece.length, piece.macro
        return min(len(self.original), piece.origin + offset - piece.start), 0, None

    def place(self, start: int, end: Optional[int] = None) -> Place:
        offset, length, macro = self.origin(start)
        width = length or (max(1, end - start) if end is not None else 1)
        first = self.original.rfind("\n", 0, offset) + 1
        last = self.original.find("\n", offset)
        text = self.original[first : last if last >= 0 else len(self.original)]
        return Place(self.original.count("\n", 0, offset) + 1, offset - first + 1, text, width, macro)
