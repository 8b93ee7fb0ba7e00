"""Wildcards over whole texts, matched from end to end without ever going back.

A chain of `.*` in a regular expression tries every way to share out the text, for ever where none fits.
Here the first piece is held to the beginning, the last to the end, and each one between is looked for
once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, List, Optional, Sequence, Tuple


def wildcard_parts(pieces: Sequence[str], text: str) -> Optional[Tuple[str, ...]]:
    """What stands between the `pieces` in `text`, which begins with the first and ends with the last;
    each gap as long as those before it leave it, the first the longest. None where they do not fit."""
    first, last = pieces[0], pieces[-1]
    start, end = len(first), len(text) - len(last)
    if start > end or not text.startswith(first) or not text.endswith(last):
        return None
    parts = []
    for piece in reversed(pieces[1:-1]):
        at = text.rfind(piece, start, end)
        if at < 0:
            return None
        parts.append(text[at + len(piece) : end])
        end = at
    parts.append(text[start:end])
    parts.reverse()
    return tuple(parts)


@lru_cache(maxsize=1024)
def like_test(pattern: str) -> Callable[[str], bool]:
    """LIKE's pattern: `%` is any text, `_` one character, a backslash takes their meaning away."""
    pieces = _like_pieces(pattern)
    if len(pieces) == 1:
        whole = re.compile(pieces[0], re.DOTALL)
        return lambda text: whole.fullmatch(text) is not None
    first, *middle = (re.compile(piece, re.DOTALL) for piece in pieces[:-1])
    ending = re.compile(f"(?:{pieces[-1]})\\Z", re.DOTALL)
    length = _length(pieces[-1])

    def test(text: str) -> bool:
        found = first.match(text)
        for piece in middle:
            if found is None:
                return False
            found = piece.search(text, found.end())
        return found is not None and ending.match(text, max(found.end(), len(text) - length)) is not None

    return test


def _like_pieces(pattern: str) -> List[str]:
    """A regular expression for each piece between two `%`; its length is the piece's own."""
    pieces = [""]
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and pattern[at + 1 : at + 2] in ("%", "_", "\\"):
            at += 1
            pieces[-1] += re.escape(pattern[at])
        elif character == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if character == "_" else re.escape(character)
        at += 1
    return pieces


def _length(piece: str) -> int:
    return len(re.sub(r"\\(.)", r"\1", piece, flags=re.DOTALL))
