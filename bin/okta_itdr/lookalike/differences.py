"""What tells two names apart that are the same after some steps: each difference with its rule, what it takes from the
likeness of the two, and in words.

The figures rest on how often each difference arises among names that nobody chose to imitate another
(docs/lookalike.md): the rarer by chance, the less is taken.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Callable, Iterable, List, NamedTuple, Optional, Tuple

from okta_itdr.lookalike import glyphs
from okta_itdr.lookalike import name as steps
from okta_itdr.lookalike.name import AccountName, letters, number_of
from okta_itdr.lookalike.words import SHORT_FORMS, STAGES

HOMOGLYPHS, PAIRS, SEPARATORS, DIGITS = 0.97, 0.94, 0.94, 0.92
NUMBER_ADDED, NUMBER_CHANGED = 0.55, 0.35
ORDER, SHORT = 0.88, 0.88
AFFIX_ADDED, AFFIX_CHANGED = 0.82, 0.5
ORDINARY = 0.5  # for what makes another ordinary name: anna and anne, jsmith and ksmith, a stage that others have

SHORTEST = 3  # letters that the names share: below, they are alike by chance
SHORTEST_NUMBERED = 4  # … where numbers or separators differ: a1, a-2
COMMON_WORD = 3  # accounts that have a word make it an ordinary one


class Difference(NamedTuple):
    rule: str
    factor: float
    said: str


REORDERED = Difference("order", ORDER, "its words in another order")


class Pair(NamedTuple):
    """A new name beside an existing one. `accounts_with_word`: how many accounts have that word in their name."""

    new: AccountName
    existing: AccountName
    accounts_with_word: Callable[[str], int]

    def same(self, taken: int) -> bool:
        """Whether the names are the same after the steps."""
        return self.new.form(taken) == self.existing.form(taken)

    @property
    def moot(self) -> int:
        """The steps that change neither name."""
        return self.new.moot & self.existing.moot

    @property
    def is_ordinary(self) -> bool:
        """Whether what the new name has for the other's words are words that accounts have anyway."""
        its_own = set(self.new.words) - set(self.existing.words)
        return bool(its_own) and all(self.accounts_with_word(word) >= COMMON_WORD for word in its_own)

    def differences(self, needed: int) -> Optional[List[Difference]]:
        """What the steps take away. None where the names are too short for it, or where no digit stands for a letter
        after all."""
        count = min(letters(self.new.form(needed)), letters(self.existing.form(needed)))
        if count < (SHORTEST_NUMBERED if needed & (steps.NUMBER | steps.SEPARATORS) else SHORTEST):
            return None
        digits = self._digits_for_letters(needed & ~steps.DIGITS) if needed & steps.DIGITS else []
        if needed & steps.DIGITS and not digits:
            return None
        short_forms = self._short_forms() if needed & steps.SHORT else []  # none: it is an affix of one name alone
        affix = self._affix(needed & ~steps.AFFIXES_OFF) if needed & steps.AFFIXES_OFF else None
        moved = affix is REORDERED and self.new.separators != self.existing.separators
        found = [
            self._glyphs() if needed & steps.GLYPHS else None,
            Difference("digits", DIGITS, listed(digits)) if digits else None,
            Difference("separators", SEPARATORS, "other separators") if needed & steps.SEPARATORS or moved else None,
            REORDERED if needed & steps.ORDER else None,
            Difference("shortened", SHORT, listed(short_forms)) if short_forms else None,
            affix,
            self._number() if needed & steps.NUMBER else None,
        ]
        return [one for one in found if one]

    def _glyphs(self) -> Difference:
        seen = self.new.local + " " + self.existing.local
        odd = [letter for letter in dict.fromkeys(seen) if not letter.isascii()]
        if odd:
            names = ", ".join(unicodedata.name(letter, f"U+{ord(letter):04X}") for letter in odd)
            return Difference("homoglyphs", HOMOGLYPHS, f"letters that look alike ({names})")
        pairs = ", ".join(f"{pair} and {letter}" for pair, letter in glyphs.PAIRS if pair in seen)
        return Difference("homoglyphs", PAIRS, f"letters that look alike ({pairs})")

    def _digits_for_letters(self, taken: int) -> List[Tuple[str, str]]:
        """The digits that stand where the other name has a letter; none where one stands for another digit."""
        forms = zip(self.new.form(taken, pairs=False), self.existing.form(taken, pairs=False))
        pairs = [(one, other) for one, other in forms if one != other and (one.isdigit() or other.isdigit())]
        return [] if any(one.isdigit() and other.isdigit() for one, other in pairs) else pairs

    def _short_forms(self) -> List[Tuple[str, str]]:
        return [
            (one, other)
            for one in self.new.words
            for other in self.existing.words
            if one != other and SHORT_FORMS.get(one, one) == SHORT_FORMS.get(other, other)
        ]

    def _affix(self, taken: int) -> Difference:
        """`taken`: the steps beside that which takes affixes away."""
        new, existing = (
            Counter(steps.undressed(steps.words_of(name.plain, taken))[1]) for name in (self.new, self.existing)
        )
        added, left_out = sorted((new - existing).elements()), sorted((existing - new).elements())
        if added and left_out:
            return Difference("affix", AFFIX_CHANGED, f"{' '.join(added)} in place of {' '.join(left_out)}")
        if not added and not left_out:
            return REORDERED  # the same affixes, elsewhere
        used = all(word in STAGES and self.accounts_with_word(word) >= COMMON_WORD for word in added or left_out)
        said = f"{' '.join(added)} added" if added else f"{' '.join(left_out)} left out"
        return Difference("affix", AFFIX_ADDED * (ORDINARY if used else 1), said)

    def _number(self) -> Difference:
        mine, others = number_of(self.new.plain), number_of(self.existing.plain)
        if mine and others:
            return Difference("number", NUMBER_CHANGED, f"number {mine} in place of {others}")
        return Difference("number", NUMBER_ADDED, f"number {mine} added" if mine else f"number {others} left out")


def listed(pairs: Iterable[Tuple[str, str]]) -> str:
    return ", ".join(f"{one} for {other}" for one, other in dict.fromkeys(pairs))
