"""An account's name taken apart, and brought to a common form step by step.

Two names that a step makes the same differ by what that step takes away: without the step ORDER they are
`network-backup` and `backup-network`, with it both are one. Comparing forms thus tells which differences there are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, Dict, List, Mapping, Set, Tuple

from okta_itdr.lookalike.glyphs import PAIRS, paired, plain
from okta_itdr.lookalike.words import AFFIXES, GROWN_TOGETHER, SHORT_FORMS

# The steps, each a bit.
GLYPHS = 1  # letters that look alike become one
SEPARATORS = 2  # what stands between the words goes
DIGITS = 4  # digits in place of letters become letters
NUMBER = 8  # numbers at either end of words, or as words, go
AFFIXES_OFF = 16  # svc, adm, test, … go
SHORT = 32  # known short forms become whole words
ORDER = 64  # words are sorted
ALL = GLYPHS | SEPARATORS | DIGITS | NUMBER | AFFIXES_OFF | SHORT | ORDER

SHORTEST_OF_GROWN = 4  # letters that stay when an affix without separator is taken away
PREFIX_LETTERS = 3  # of the shortest word that may stand for a longer one

_WORD = re.compile(r"[^\W_]+")
_SEPARATOR = re.compile(r"[\W_]+")
_LETTERS_FOR = str.maketrans("013456789", "oieasgtbg")  # 2 stands for a number more often than for z or "to"
_NUMBER = re.compile(r"^v?\d+$|^\d+|\d+$")
_RANK = {word: rank for rank, word in enumerate(AFFIXES)}


class AccountName:
    """A login: `local` is what stands before the last @, `domain` what follows it ("" where there is none), both in
    small letters; `plain` is `local` with each letter as the Latin one that it looks like."""

    __slots__ = ("login", "local", "domain", "plain", "words", "_forms", "_moot")

    def __init__(self, login: str) -> None:
        self.login = login
        local, at, domain = login.strip().rpartition("@")
        if not at:
            local, domain = domain, ""
        self.local = local.casefold()
        self.domain = domain.casefold()
        self.plain = plain(local)
        self.words = _WORD.findall(self.plain)
        self._moot = -1
        self._forms: Dict[Tuple[int, bool], str] = {}

    def form(self, steps: int, pairs: bool = True) -> str:
        """The name after the steps. `pairs`: GLYPHS takes pairs of letters that look like one, too."""
        if steps & SEPARATORS or len(self.words) == 1:  # otherwise a step also says how separators are told
            steps &= ~self.moot
        found = self._forms.get((steps, pairs))
        if found is None:
            found = self._forms[steps, pairs] = self._form(steps, pairs)
        return found

    @property
    def moot(self) -> int:
        """The steps that change nothing in this name, its separators apart."""
        if self._moot < 0:
            self._moot = self._changing_nothing()
        return self._moot

    def _changing_nothing(self) -> int:
        moot = ORDER if len(self.words) == 1 else 0
        if any(map(str.isdigit, self.plain)):  # it may hide an affix or a short form
            return moot
        moot |= NUMBER
        if self.plain == self.local and not any(pair in self.plain for pair, _ in PAIRS):
            moot |= GLYPHS
        if not any(word in SHORT_FORMS for word in self.words):
            moot |= SHORT
            if not undressed(self.words)[1]:
                moot |= AFFIXES_OFF
        return moot

    def _form(self, steps: int, pairs: bool) -> str:
        text = self.plain if steps & GLYPHS else self.local
        words = words_of(text, steps)
        if steps & ORDER:
            words = sorted(words)
        if steps & GLYPHS and pairs:
            words = [paired(word) for word in words]
        if steps & DIGITS:  # 1 is i or l: either becomes l
            words = [word.replace("i", "l") for word in words]
        if steps & SEPARATORS:
            return "".join(words)
        between = _SEPARATOR.findall(text) if len(words) > 1 else []
        if steps & (ORDER | AFFIXES_OFF | NUMBER):  # words have gone or moved: which there are, not where
            between = sorted(set(between))
        return " ".join(words) + " " + "".join(between)

    def rewritten(self, words: Mapping[str, str]) -> AccountName:
        """The name with other words for some of its own."""
        local = _WORD.sub(lambda word: words.get(plain(word.group()), word.group()), self.local)
        return AccountName(f"{local}@{self.domain}" if self.domain else local)

    @property
    def separators(self) -> Set[str]:
        return set(_SEPARATOR.findall(self.plain))

    @property
    def core(self) -> List[str]:
        """Its words without affixes and numbers, in whole words."""
        return words_of(self.plain, ALL)

    def keys(self) -> Tuple[str, str, str]:
        """What names that may be alike have in common beside their forms: two texts in which a letter may differ, the
        second without affixes and numbers, and the beginnings of words."""
        core = [word.replace("i", "l") for word in words_of(self.plain, ALL)]
        beginnings = " ".join(sorted(word[:PREFIX_LETTERS] for word in core)) if len(core) > 1 else ""
        return "".join(self.words), "".join(core), beginnings


def words_of(text: str, steps: int) -> List[str]:
    """The words of a name after those of the steps that concern single words; one at least."""
    words = _WORD.findall(text)
    if steps & NUMBER:
        words = [word for word in map(_unnumbered, words) if word] or words
    if steps & DIGITS:
        words = [_lettered(word) for word in words]
    if steps & SHORT:
        words = [SHORT_FORMS.get(word, word) for word in words]
    return undressed(words)[0] if steps & AFFIXES_OFF else words


def undressed(words: List[str]) -> Tuple[List[str], List[str]]:
    """The words without affixes, one at least, and the affixes."""
    words, affixes = list(words), []
    for word in sorted(filter(_RANK.__contains__, words), key=_RANK.__getitem__):
        if len(words) > 1:
            words.remove(word)
            affixes.append(word)
    for at, has in ((0, str.startswith), (-1, str.endswith)) if words else ():
        affix = _grown(words[at], has)
        if affix:
            words[at] = words[at][len(affix) :] if has is str.startswith else words[at][: -len(affix)]
            affixes.append(affix)
    return words, affixes


def number_of(text: str) -> str:
    """The numbers that NUMBER takes away."""
    return " ".join(number for word in _WORD.findall(text) for number in _NUMBER.findall(word))


def letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _unnumbered(word: str) -> str:
    return _NUMBER.sub("", word) if word[-1].isdigit() or word[0].isdigit() else word


def _lettered(word: str) -> str:
    return word if word.isalpha() or word.isdigit() else word.translate(_LETTERS_FOR)


@lru_cache(65536)
def _grown(word: str, has: Callable[[str, str], bool]) -> str:
    """The affix with which the word has grown together at that end, "" for none."""
    if word in _RANK:
        return ""
    for affix in GROWN_TOGETHER:
        if has(word, affix) and len(word) - len(affix) >= SHORTEST_OF_GROWN:
            return affix
    return ""
