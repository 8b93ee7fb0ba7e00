"""The dotted terms of a raw event, as the index knows them: what answers TERM(user.session.start).

Splunk cuts an event at major breakers; of each piece it indexes the whole and, at each minor
breaker, what stands before it (segmenters.conf.spec, MAJOR and MINOR). Terms are lower case.
The store indexes those that begin with a letter and have a dot in them: event types, and few others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice, takewhile
from typing import List, Sequence

import pcre2

MAJOR = r"""\[\]<>(){}|!;,'"*\n\r\s&?+"""
MAJOR_SEQUENCES = "%21 %26 %2526 %3B %7C %20 %2B %3D -- %2520 %5D %5B %3A %0A %2C %28 %29"
MINOR = r"/:=@.\-$#%\\_"

_DOTTED = rf"[a-z][a-z0-9_]*+\.[a-z0-9_.]*[a-z0-9](?=[{MAJOR}{MINOR}]|\z)"
_SEQUENCES = "|".join(re.escape(sequence.lower()) for sequence in MAJOR_SEQUENCES.split())
_PLAIN = pcre2.compile(rf"(?:\A|[{MAJOR}])\K{_DOTTED}".encode(), jit=True)
_ENCODED = pcre2.compile(rf"(?:\A|[{MAJOR}]|{_SEQUENCES})\K{_DOTTED}".encode(), jit=True)
_ANSWERED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.[a-z0-9_]*[a-z0-9]\Z")


def dotted_terms(raw: bytes) -> List[bytes]:
    """The longest dotted term at the start of each piece between major breakers, in order."""
    lower = raw.lower()
    pattern = _ENCODED if b"--" in lower or b"%" in lower else _PLAIN
    return pattern.findall(lower)


def answered(term: str) -> bool:
    """Whether the index alone can say which events hold this term."""
    return bool(_ANSWERED.match(term.lower()))


def words_holding(term: str, words: Sequence[bytes]) -> List[bytes]:
    """Those of the sorted `words` that are the term, or begin with it up to a minor breaker."""
    start = term.lower().encode("ascii")
    end = len(start)
    first = bisect_left(words, start)
    alike = takewhile(lambda word: word.startswith(start), islice(words, first, None))
    return [word for word in alike if len(word) == end or word[end] in b"._"]
