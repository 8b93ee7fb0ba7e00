"""Keywords of a search against the raw text of an event, by Splunk's breakers (segmenters.conf.spec).

An event's text falls into segments at the major breakers, and each of those at the minor ones. A
keyword or phrase is found where it begins and ends at a breaker of either kind. TERM(…) begins at a
major one and may hold minor ones; it ends at either, for of each segment Splunk also indexes what
stands before each minor breaker. Comparison is without case, but for CASE(…).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, FrozenSet, Iterator, Tuple

MAJOR_BREAKERS = "[]<>(){}|!;,'\"*\n\r\t &?+"
MAJOR_SEQUENCES = "%21 %26 %2526 %3b %7c %20 %2b %3d -- %2520 %5d %5b %3a %0a %2c %28 %29"
MINOR_BREAKERS = "/:=@.-$#%\\_"

_MAJOR = frozenset(MAJOR_BREAKERS)
_ANY = frozenset(MAJOR_BREAKERS + MINOR_BREAKERS)
_SEQUENCES = tuple(MAJOR_SEQUENCES.split())  # each begins with a minor breaker: they matter as openings only
_LONGEST_SEQUENCE = max(map(len, _SEQUENCES))
_NOT_MAJOR = "[^" + re.escape(MAJOR_BREAKERS) + r"\s]*"

Test = Callable[[str], bool]


@lru_cache(maxsize=1024)
def keyword_test(text: str, case_sensitive: bool = False) -> Test:
    """A test of a raw text for a keyword or phrase, `*` standing for any text within a segment."""
    return _test(text if case_sensitive else text.lower(), _ANY, case_sensitive)


@lru_cache(maxsize=1024)
def term_test(text: str) -> Test:
    """A test of a raw text for TERM(text)."""
    return _test(text.lower(), _MAJOR, case_sensitive=False)


def _test(text: str, opening: FrozenSet[str], case_sensitive: bool) -> Test:
    """No breaker is asked for where the text itself begins or ends with one, or with a wildcard."""
    opens = None if _is_breaker(text[0]) else opening
    closes = not _is_breaker(text[-1])
    places = _wildcard_places(text) if "*" in text else _places(text)

    def test(raw: str) -> bool:
        subject = raw if case_sensitive else _lowered(raw)
        for start, end in places(subject):
            if opens is not None and not _opens(subject, start, opens):
                continue
            if closes and end < len(subject) and not _is_breaker(subject[end]):
                continue
            return True
        return False

    return test


@lru_cache(maxsize=1)
def _lowered(raw: str) -> str:
    """An event is asked for many words, one after the other."""
    return raw.lower()


def _places(text: str) -> Callable[[str], Iterator[Tuple[int, int]]]:
    def places(subject: str) -> Iterator[Tuple[int, int]]:
        start = subject.find(text)
        while start >= 0:
            yield start, start + len(text)
            start = subject.find(text, start + 1)

    return places


def _wildcard_places(text: str) -> Callable[[str], Iterator[Tuple[int, int]]]:
    first, *middle, last = map(re.escape, text.split("*"))
    # Each piece in the middle is taken where it first stands, and that is final: nothing is tried twice.
    fixed = (f"(?=(?P<p{at}>{_NOT_MAJOR}?{piece}))(?P=p{at})" for at, piece in enumerate(middle))
    body = "".join((first, *fixed, _NOT_MAJOR, last))
    ending = "" if _is_breaker(text[-1]) else "(?=$|[" + re.escape("".join(_ANY)) + r"\s])"
    regex = re.compile(f"(?=({body}){ending})", re.DOTALL)
    return lambda subject: (found.span(1) for found in regex.finditer(subject))


def _opens(subject: str, start: int, opening: FrozenSet[str]) -> bool:
    if start == 0 or subject[start - 1] in opening or subject[start - 1].isspace():
        return True
    return subject[max(0, start - _LONGEST_SEQUENCE) : start].lower().endswith(_SEQUENCES)


def _is_breaker(character: str) -> bool:
    return character in _ANY or character.isspace()
