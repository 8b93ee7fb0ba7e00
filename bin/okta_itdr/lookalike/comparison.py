"""How much one account's name looks like another's, by which rules, in words.

A likeness is the product of what each difference between the names takes from 100. The figures rest on how often each
difference arises among names that nobody chose to imitate (docs/lookalike.md): the rarer by chance, the less is taken.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from okta_itdr.lookalike import name as steps
from okta_itdr.lookalike.domains import Domains
from okta_itdr.lookalike.edits import Edit, one_edit
from okta_itdr.lookalike.glyphs import PAIRS as PAIRS_SEEN_AS
from okta_itdr.lookalike.name import PREFIX_LETTERS, AccountName, letters, number_of
from okta_itdr.lookalike.words import SHORT_FORMS, STAGES

SHORTEST = 3  # letters of a name's core: below, names are alike by chance
SHORTEST_NUMBERED = 4  # … where numbers or separators differ: a1, a-2
SHORTEST_EDITED = 5  # … where a letter differs
LONGEST_EDITED = 100  # Okta's logins are not longer
COMMON_WORD = 3  # accounts that have a word make it an ordinary one

HOMOGLYPHS, PAIRS, SEPARATORS, DIGITS = 0.97, 0.94, 0.94, 0.92
NUMBER_ADDED, NUMBER_CHANGED = 0.55, 0.35
ORDER, SHORT, PREFIX = 0.88, 0.88, 0.6
AFFIX_ADDED, AFFIX_CHANGED = 0.82, 0.5
SWAPPED, MORE_OR_LESS, OTHER = 1.0, 1.5, 2.0  # letters' worth of doubt, by the name's length
ORDINARY = 0.5  # for a letter that makes another ordinary name: anna and anne, jsmith and ksmith

# which step explains a difference: the dearest are tried first, since what can be explained otherwise should be
_DEAREST_FIRST = (
    steps.DIGITS,
    steps.NUMBER,
    steps.AFFIXES_OFF,
    steps.SHORT,
    steps.ORDER,
    steps.SEPARATORS,
    steps.GLYPHS,
)


# Forms in which names may be the same. More steps are not always better: sorting parts what a separator had joined
# (johndoe, john.doe), a number may be a letter (paul0), and words are known only where they stand apart (netbackup).
_FORMS = (
    steps.ALL,
    steps.ALL & ~steps.NUMBER,
    steps.ALL & ~steps.ORDER,
    steps.ALL & ~steps.ORDER & ~steps.NUMBER,
    steps.GLYPHS | steps.SEPARATORS | steps.NUMBER | steps.DIGITS,
    steps.GLYPHS | steps.SEPARATORS | steps.DIGITS,
)


class Likeness(NamedTuple):
    score: int  # 1 to 100
    rules: Tuple[str, ...]
    differences: Tuple[str, ...]  # in words, in the order of the rules

    def halved(self) -> Likeness:
        return self._replace(score=max(1, round(self.score * ORDINARY)))


class _Found(NamedTuple):
    rule: str
    factor: float
    difference: str


def compare(
    new: AccountName, existing: AccountName, domains: Domains, accounts_with_word: Callable[[str], int]
) -> Optional[Likeness]:
    """How the new name is like the existing one; None where it is not, and for the same login again.

    `domains`: those of the organisation. `accounts_with_word`: how many accounts have that word in their name.
    """
    same_local = new.local == existing.local
    by_domain = domains.compare(new.domain, existing.domain, same_local)
    if by_domain is None:
        return None
    found = [] if same_local else _local(new, existing, accounts_with_word)
    if found is None:
        return None
    found = [*found, *([_Found("domain", by_domain.factor, by_domain.difference)] if by_domain.difference else [])]
    if not found:
        return None
    score = 100.0 * by_domain.factor if not by_domain.difference else 100.0
    for one in found:
        score *= one.factor
    return Likeness(
        max(1, round(score)), tuple(dict.fromkeys(one.rule for one in found)), tuple(one.difference for one in found)
    )


def _local(new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]) -> Optional[List[_Found]]:
    """The differences of the best explanation; None where there is none."""
    ways = [
        *_same_form(new, existing, accounts_with_word),
        *_letter(new, existing, accounts_with_word),
        *_shortened(new, existing, accounts_with_word),
    ]
    return min(ways, key=lambda found: (-_product(found), len(found), found), default=None)


def _product(found: List[_Found]) -> float:
    product = 1.0
    for one in found:
        product *= one.factor
    return product


def _same_form(
    new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]
) -> Iterator[List[_Found]]:
    def same(wanted: int) -> bool:
        return new.form(wanted) == existing.form(wanted)

    moot = new.moot & existing.moot
    for start in dict.fromkeys(form & ~moot for form in _FORMS):
        if same(start):
            yield from _told(new, existing, _needed(start, same), accounts_with_word)


def _letter(
    new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]
) -> Iterator[List[_Found]]:
    def edit(wanted: int) -> Optional[Edit]:
        if wanted & steps.DIGITS and not wanted & steps.NUMBER:
            return None  # smith5 is no smiths when it also lacks a letter
        found = one_edit(new.form(wanted, pairs=False), existing.form(wanted, pairs=False))
        return found if found and found.letters.isalpha() else None

    moot = new.moot & existing.moot & ~steps.NUMBER  # which `edit` asks for
    for start in dict.fromkeys(form & ~moot for form in (steps.GLYPHS | steps.SEPARATORS, steps.ALL & ~steps.ORDER)):
        form = new.form(start, pairs=False)
        if letters(form) < SHORTEST_EDITED or len(form) > LONGEST_EDITED or not edit(start):
            continue
        needed = _needed(start, lambda wanted: edit(wanted) is not None)
        found = edit(needed)
        length = max(letters(one.form(start, pairs=False)) for one in (new, existing))
        factor = 1 - {"swapped": SWAPPED, "other": OTHER}.get(found.kind, MORE_OR_LESS) / length
        if _is_initial(new.form(needed, pairs=False), found) or _is_ordinary(new, existing, accounts_with_word):
            factor *= ORDINARY
        for told in _told(new, existing, needed, accounts_with_word):
            yield [*told, _Found("letter", factor, _EDITS[found.kind].format(*found.letters))]


_REORDERED = _Found("order", ORDER, "its words in another order")
_EDITS = {
    "more": "one letter more ({0})",
    "less": "one letter less ({0})",
    "other": "one letter other ({0} for {1})",
    "swapped": "two letters swapped ({0}{1})",
}


def _is_initial(form: str, edit: Edit) -> bool:
    """Whether it is an initial that differs: jsmith and ksmith, smithj and smithk, smith and jsmith."""
    return edit.kind != "swapped" and (
        not letters(form[: edit.at]) or (edit.kind == "other" and not letters(form[edit.at + 1 :]))
    )


def _is_ordinary(new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]) -> bool:
    """Whether what the new name has for the other's words are words that accounts have anyway."""
    its_own = set(new.words) - set(existing.words)
    return bool(its_own) and all(accounts_with_word(word) >= COMMON_WORD for word in its_own)


def _shortened(
    new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]
) -> Iterator[List[_Found]]:
    """Words that are the beginnings of the other's, beside one at least that is the same."""
    mine, others = sorted(new.core), sorted(existing.core)
    if len(mine) < 2 or len(mine) != len(others):
        return
    pairs = list(zip(mine, others))
    other_words = {one: other for one, other in pairs if one != other}
    if not other_words or not any(one == other and len(one) > PREFIX_LETTERS for one, other in pairs):
        return
    if not all(_begins(*pair) for pair in other_words.items()):
        return
    factor = PREFIX * (ORDINARY if _is_ordinary(new, existing, accounts_with_word) else 1)
    found = _Found("shortened", factor, _listed(other_words.items()))
    rewritten = new.rewritten(other_words)
    if rewritten.local == existing.local:
        yield [found]
    else:
        for told in _same_form(rewritten, existing, accounts_with_word):
            yield [*told, found]


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= PREFIX_LETTERS and longer.startswith(shorter)


def _listed(pairs: Iterable[Tuple[str, str]]) -> str:
    return ", ".join(f"{one} for {other}" for one, other in dict.fromkeys(pairs))


def _needed(start: int, holds: Callable[[int], bool]) -> int:
    """The steps without which it does not hold."""
    needed = start
    for step in _DEAREST_FIRST:
        if needed & step and holds(needed & ~step):
            needed &= ~step
    return needed


def _told(
    new: AccountName, existing: AccountName, needed: int, accounts_with_word: Callable[[str], int]
) -> Iterator[List[_Found]]:
    """The differences that the steps take away, with what each takes from the likeness; nothing where the names are
    too short for them, or where no digit stands for a letter after all."""
    found: List[_Found] = []
    count = min(letters(new.form(needed)), letters(existing.form(needed)))
    if count < (SHORTEST_NUMBERED if needed & (steps.NUMBER | steps.SEPARATORS) else SHORTEST):
        return
    if needed & steps.GLYPHS:
        found.append(_glyphs(new, existing))
    if needed & steps.DIGITS:
        pairs = _digits_for_letters(new, existing, needed & ~steps.DIGITS)
        if not pairs:
            return
        found.append(_Found("digits", DIGITS, _listed(pairs)))
    affix = _affix(new, existing, needed, accounts_with_word) if needed & steps.AFFIXES_OFF else None
    moved = affix is _REORDERED  # then what stood between has gone with them
    if needed & steps.SEPARATORS or (moved and new.separators != existing.separators):
        found.append(_Found("separators", SEPARATORS, "other separators"))
    if needed & steps.ORDER:
        found.append(_REORDERED)
    short_forms = _short_forms(new, existing) if needed & steps.SHORT else []
    if short_forms:  # else a short form is an affix of one name alone
        found.append(_Found("shortened", SHORT, _listed(short_forms)))
    if affix:
        found.append(affix)
    if needed & steps.NUMBER:
        mine, others = number_of(new.plain), number_of(existing.plain)
        if mine and others:
            found.append(_Found("number", NUMBER_CHANGED, f"number {mine} in place of {others}"))
        else:
            found.append(
                _Found("number", NUMBER_ADDED, f"number {mine} added" if mine else f"number {others} left out")
            )
    yield found


def _glyphs(new: AccountName, existing: AccountName) -> _Found:
    odd = [letter for letter in dict.fromkeys(new.local + existing.local) if not letter.isascii()]
    if odd:
        names = ", ".join(unicodedata.name(letter, f"U+{ord(letter):04X}") for letter in odd)
        return _Found("homoglyphs", HOMOGLYPHS, f"letters that look alike ({names})")
    pairs = [f"{pair} and {letter}" for pair, letter in PAIRS_SEEN_AS if pair in new.local + " " + existing.local]
    return _Found("homoglyphs", PAIRS, f"letters that look alike ({', '.join(pairs)})")


def _digits_for_letters(new: AccountName, existing: AccountName, without: int) -> List[Tuple[str, str]]:
    """The digits that stand where the other name has a letter; none where one stands for another digit."""
    forms = zip(new.form(without, pairs=False), existing.form(without, pairs=False))
    pairs = [(one, other) for one, other in forms if one != other and (one.isdigit() or other.isdigit())]
    return [] if any(one.isdigit() and other.isdigit() for one, other in pairs) else pairs


def _short_forms(new: AccountName, existing: AccountName) -> List[Tuple[str, str]]:
    return [
        (one, other)
        for one in new.words
        for other in existing.words
        if one != other and SHORT_FORMS.get(one, one) == SHORT_FORMS.get(other, other)
    ]


def _affix(new: AccountName, existing: AccountName, needed: int, accounts_with_word: Callable[[str], int]) -> _Found:
    before = needed & ~steps.AFFIXES_OFF
    worn = [Counter(steps.undressed(steps.words_of(name.plain, before))[1]) for name in (new, existing)]
    mine, others = (sorted((worn[one] - worn[1 - one]).elements()) for one in (0, 1))
    if mine and others:
        return _Found("affix", AFFIX_CHANGED, f"{' '.join(mine)} in place of {' '.join(others)}")
    if not mine and not others:
        return _REORDERED  # the same affixes, elsewhere
    used = all(word in STAGES and accounts_with_word(word) >= COMMON_WORD for word in [*mine, *others])
    said = f"{' '.join(mine)} added" if mine else f"{' '.join(others)} left out"
    return _Found("affix", AFFIX_ADDED * (ORDINARY if used else 1), said)
