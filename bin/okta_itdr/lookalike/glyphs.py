"""Letters that look like others: Unicode's confusables, accents, full-width and mathematical letters, and pairs of
letters that look like one.

The data is that of Unicode Technical Standard 39 as `confusable_homoglyphs` carries it. It takes a tenth of a second to
load, so it is loaded with the first letter outside of ASCII.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# UTS 39 has rn; the other two are the pairs that tools against look-alike domains know beside it (dnstwist).
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def plain(text: str) -> str:
    """Small letters, each as the Latin one that it looks like, without accents and invisible characters. What looks
    like none stays."""
    if text.isascii():
        return text.lower()
    return "".join(map(_plain_letter, unicodedata.normalize("NFKC", text)))


def paired(word: str) -> str:
    """The word with one letter for each pair that looks like one."""
    for pair, letter in PAIRS:
        word = word.replace(pair, letter)
    return word


@lru_cache(4096)
def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc"):  # accents on their own, zero-width characters
        return ""
    for form in (letter, letter.casefold()):  # a capital may look like a letter that its small one does not
        bare = _bare(form)
        if bare.isascii():
            return bare.lower()
        from confusable_homoglyphs import confusables  # slow to load

        found = confusables.is_confusable(form, greedy=True) or []
        seen_as = [_bare(other["c"]) for entry in found for other in entry["homoglyphs"]]
        latin = sorted({other.lower() for other in seen_as if other.isascii() and other.isalnum()}, key=_simplest)
        if latin:
            return latin[0]
    return letter.casefold()


def _bare(text: str) -> str:
    """Without accents and marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def _simplest(text: str) -> tuple[bool, int, str]:
    """Letters before digits: ӏ is one, and 1 only looks like it."""
    return (not text.isalpha(), len(text), text)
