"""One letter more, less, other, or two neighbours swapped, without comparing everything with everything.

Two texts are one such edit apart only if they, with at most one letter left out of each, can be made the same
(symmetric deletion, as SymSpell does it; its Python port, symspellpy, has compiled parts).
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional


class Edit(NamedTuple):
    kind: str  # more, less, other, swapped: what the first text has against the second
    at: int  # the first place, in the first text, where they differ
    letters: str  # of both: "n" more, "n" less, "mn" other, "mn" swapped


def deletions(text: str) -> Iterator[str]:
    """The text without one letter, each."""
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


def one_edit(first: str, second: str) -> Optional[Edit]:
    """The edit that makes the first of the second; None where they are the same or further apart."""
    longer = len(first) - len(second)
    if first == second or not -1 <= longer <= 1:
        return None
    at = 0
    for one, other in zip(first, second):
        if one != other:
            break
        at += 1
    if longer == 1:
        return Edit("more", at, first[at]) if first[at + 1 :] == second[at:] else None
    if longer == -1:
        return Edit("less", at, second[at]) if first[at:] == second[at + 1 :] else None
    if first[at + 1 :] == second[at + 1 :]:
        return Edit("other", at, first[at] + second[at])
    if first[at : at + 2] == second[at : at + 2][::-1] and first[at + 2 :] == second[at + 2 :]:
        return Edit("swapped", at, first[at : at + 2])
    return None
