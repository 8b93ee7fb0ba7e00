"""How much one account's name looks like another's, by which rules, in words.

A likeness is the product of what each difference between the names takes from 100. The figures rest on how often each
difference arises among names that nobody chose to imitate (docs/lookalike.md): the rarer by chance, the less is taken.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from okta_itdr.lookalike import name as steps
from okta_itdr.lookalike.domains import Domains
from okta_itdr.lookalike.edits import Edit, one_edit
from okta_itdr.lookalike.glyphs import plain
from okta_itdr.lookalike.name import PREFIX_LETTERS, AccountName, letters, number_of
from okta_itdr.lookalike.words import STAGES

SHORTEST = 3  # letters of a name's core: below, names are alike by chance
SHORTEST_NUMBERED = 4  # … where numbers or separators differ: a1, a-2
SHORTEST_EDITED = 5  # … where a letter differs
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

    for start in (steps.ALL, steps.ALL & ~steps.NUMBER):
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

    for start in (steps.GLYPHS | steps.SEPARATORS, steps.ALL & ~steps.ORDER):
        if not edit(start) or letters(new.form(start, pairs=False)) < SHORTEST_EDITED:
            continue
        needed = _needed(start, lambda wanted: edit(wanted) is not None)
        found = edit(needed)
        length = max(letters(one.form(start, pairs=False)) for one in (new, existing))
        factor = 1 - {"swapped": SWAPPED, "other": OTHER}.get(found.kind, MORE_OR_LESS) / length
        if _is_initial(new.form(needed, pairs=False), found) or _is_ordinary(new, existing, accounts_with_word):
            factor *= ORDINARY
        for told in _told(new, existing, needed, accounts_with_word):
            yield [*told, _Found("letter", factor, _EDITS[found.kind].format(*found.letters))]


_EDITS = {
    "more": "one letter more ({0})",
    "less": "one letter less ({0})",
    "other": "one letter other ({0} for {1})",
    "swapped": "two letters swapped ({0}{1})",
}


def _is_initial(form: str, edit: Edit) -> bool:
    """Whether the first or the last letter is another: jsmith and ksmith, smithj and smithk."""
    return edit.kind == "other" and not (letters(form[: edit.at]) and letters(form[edit.at + 1 :]))


def _is_ordinary(new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]) -> bool:
    """Whether what the new name has for the other's words are words that accounts have anyway."""
    its_own = set(new.words) - set(existing.words)
    return bool(its_own) and all(accounts_with_word(word) >= COMMON_WORD for word in its_own)


def _shortened(
    new: AccountName, existing: AccountName, accounts_with_word: Callable[[str], int]
) -> Iterator[List[_Found]]:
    """Words that are the beginnings of the other's, beside one at least that is the same."""
    mine, others = sorted(new.core), sorted(existing.core)
    if len(mine) < 2 or len(mine) != len(others) or mine == others:
        return
    pairs = list(zip(mine, others))
    if not any(a == b and len(a) > PREFIX_LETTERS for a, b in pairs):
        return
    short = [pair for pair in pairs if pair[0] != pair[1]]
    if not all(_begins(*pair) for pair in short):
        return

    def same(wanted: int) -> bool:
        return _beginnings(new, wanted, short) == _beginnings(existing, wanted, short)

    factor = PREFIX * (ORDINARY if _is_ordinary(new, existing, accounts_with_word) else 1)
    for told in _told(new, existing, _needed(steps.ALL, same), accounts_with_word):
        yield [*told, _Found("shortened", factor, ", ".join(f"{a} for {b}" for a, b in short))]


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= PREFIX_LETTERS and longer.startswith(shorter)


def _beginnings(name: AccountName, wanted: int, short: List[Tuple[str, str]]) -> str:
    """The form in which each shortened word stands as its shorter self."""
    form = name.form(wanted, pairs=False)
    for pair in short:
        shorter, longer = sorted((word.replace("i", "l") if wanted & steps.DIGITS else word for word in pair), key=len)
        form = form.replace(longer, shorter)
    return form


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
        odd = [letter for letter in dict.fromkeys(new.local + existing.local) if not letter.isascii()]
        said = ", ".join(unicodedata.name(letter, f"U+{ord(letter):04X}") for letter in odd)
        found.append(
            _Found("homoglyphs", HOMOGLYPHS, f"letters that look alike ({said})")
            if odd
            else _Found("homoglyphs", PAIRS, "letters that look alike (rn and m, vv and w, cl and d)")
        )
    if needed & steps.DIGITS:
        if not _digits_for_letters(new, existing, needed & ~steps.DIGITS):
            return
        found.append(_Found("digits", DIGITS, "digits for letters"))
    if needed & steps.SEPARATORS:
        found.append(_Found("separators", SEPARATORS, "other separators"))
    if needed & steps.ORDER:
        found.append(_Found("order", ORDER, "its words in another order"))
    if needed & steps.SHORT:
        found.append(_Found("shortened", SHORT, "words shortened"))
    if needed & steps.AFFIXES_OFF:
        found.append(_affix(new, existing, needed, accounts_with_word))
    if needed & steps.NUMBER:
        mine, others = number_of(new.local), number_of(existing.local)
        if mine and others:
            found.append(_Found("number", NUMBER_CHANGED, f"number {mine} in place of {others}"))
        else:
            found.append(
                _Found("number", NUMBER_ADDED, f"number {mine} added" if mine else f"number {others} left out")
            )
    yield found


def _digits_for_letters(new: AccountName, existing: AccountName, without: int) -> bool:
    """Whether a digit of the one stands where the other has a letter, and no digit where it has another digit."""
    there = [
        (a, b)
        for a, b in zip(new.form(without, pairs=False), existing.form(without, pairs=False))
        if a != b and (a.isdigit() or b.isdigit())
    ]
    return bool(there) and not any(a.isdigit() and b.isdigit() for a, b in there)


def _affix(new: AccountName, existing: AccountName, needed: int, accounts_with_word: Callable[[str], int]) -> _Found:
    before = needed & ~steps.AFFIXES_OFF
    worn = [Counter(steps.undressed(steps.words_of(plain(name.local), before))[1]) for name in (new, existing)]
    mine, others = (sorted((worn[one] - worn[1 - one]).elements()) for one in (0, 1))
    if mine and others:
        return _Found("affix", AFFIX_CHANGED, f"{' '.join(mine)} in place of {' '.join(others)}")
    used = all(word in STAGES and accounts_with_word(word) >= COMMON_WORD for word in [*mine, *others])
    said = f"{' '.join(mine)} added" if mine else f"{' '.join(others)} left out"
    return _Found("affix", AFFIX_ADDED * (ORDINARY if used else 1), said)
