"""How much one account's name looks like another's, by which rules, in words.

A likeness is 100, less what each difference between the names takes from it (differences.py). Of several ways to tell
the names apart the one that leaves most counts.
"""

from __future__ import annotations

from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from okta_itdr.lookalike import name as steps
from okta_itdr.lookalike.differences import ORDINARY, Difference, Pair, listed
from okta_itdr.lookalike.domains import Domains
from okta_itdr.lookalike.edits import Edit, one_edit
from okta_itdr.lookalike.name import PREFIX_LETTERS, AccountName, letters

SHORTEST_EDITED = 5  # letters of either name, where they may be one letter apart
LONGEST_EDITED = 100  # Okta's logins are not longer

SWAPPED, MORE_OR_LESS, OTHER = 1.0, 1.5, 2.0  # letters' worth of doubt, of as many as the name has
PREFIX = 0.6  # a word that is the beginning of the other's: people do so too

# Which step explains a difference: the dearest are tried first, since what can be explained otherwise should be.
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
SAME = (
    steps.ALL,
    steps.ALL & ~steps.NUMBER,
    steps.ALL & ~steps.ORDER,
    steps.ALL & ~steps.ORDER & ~steps.NUMBER,
    steps.GLYPHS | steps.SEPARATORS | steps.NUMBER | steps.DIGITS,
    steps.GLYPHS | steps.SEPARATORS | steps.DIGITS,
)
# … and those in which they may be a letter apart: sorted words would be none.
_EDITED = (steps.GLYPHS | steps.SEPARATORS, steps.ALL & ~steps.ORDER)

_EDITS = {
    "more": "one letter more ({0})",
    "less": "one letter less ({0})",
    "other": "one letter other ({0} for {1})",
    "swapped": "two letters swapped ({0}{1})",
}


class Likeness(NamedTuple):
    score: int  # 1 to 100
    rules: Tuple[str, ...]
    differences: Tuple[str, ...]  # in words, in the order of the rules

    def halved(self) -> Likeness:
        return self._replace(score=max(1, round(self.score * ORDINARY)))


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
    found = [] if same_local else _best_way(Pair(new, existing, accounts_with_word))
    if found is None:
        return None
    score = 100.0 * _left_by(found) * by_domain.factor
    if by_domain.difference:
        found = [*found, Difference("domain", by_domain.factor, by_domain.difference)]
    rules = tuple(dict.fromkeys(one.rule for one in found))
    return Likeness(max(1, round(score)), rules, tuple(one.said for one in found)) if found else None


def _best_way(pair: Pair) -> Optional[List[Difference]]:
    ways = [*_same_form(pair), *_letter(pair), *_shortened(pair)]
    return min(ways, key=lambda found: (-_left_by(found), len(found), found), default=None)


def _left_by(found: List[Difference]) -> float:
    left = 1.0
    for one in found:
        left *= one.factor
    return left


def _same_form(pair: Pair) -> Iterator[List[Difference]]:
    for start in dict.fromkeys(form & ~pair.moot for form in SAME):
        if pair.same(start):
            found = pair.differences(_needed(start, pair.same))
            if found is not None:
                yield found


def _letter(pair: Pair) -> Iterator[List[Difference]]:
    """One letter more, less, other, or two swapped, beside what other differences there are."""
    new, existing = pair.new, pair.existing

    def edit(taken: int) -> Optional[Edit]:
        if taken & steps.DIGITS and not taken & steps.NUMBER:
            return None  # smith5 is no smiths when it also lacks a letter
        found = one_edit(new.form(taken, pairs=False), existing.form(taken, pairs=False))
        return found if found and found.letters.isalpha() else None

    moot = pair.moot & ~steps.NUMBER  # which `edit` asks for
    for start in dict.fromkeys(form & ~moot for form in _EDITED):
        forms = new.form(start, pairs=False), existing.form(start, pairs=False)
        if min(map(letters, forms)) < SHORTEST_EDITED or max(map(len, forms)) > LONGEST_EDITED or not edit(start):
            continue
        needed = _needed(start, lambda taken: edit(taken) is not None)
        found, others = edit(needed), pair.differences(needed)
        if others is None:
            continue
        factor = 1 - {"swapped": SWAPPED, "other": OTHER}.get(found.kind, MORE_OR_LESS) / max(map(letters, forms))
        if pair.is_ordinary or _is_initial(new.form(needed, pairs=False), found):
            factor *= ORDINARY
        yield [*others, Difference("letter", factor, _EDITS[found.kind].format(*found.letters))]


def _is_initial(form: str, edit: Edit) -> bool:
    """Whether it is an initial that differs: jsmith and ksmith, smithj and smithk, smith and jsmith."""
    return edit.kind != "swapped" and (
        not letters(form[: edit.at]) or (edit.kind == "other" and not letters(form[edit.at + 1 :]))
    )


def _shortened(pair: Pair) -> Iterator[List[Difference]]:
    """Words that are the beginnings of the other's, beside one at least that is the same."""
    mine, others = sorted(pair.new.core), sorted(pair.existing.core)
    if len(mine) < 2 or len(mine) != len(others):
        return
    words = list(zip(mine, others))
    differing = [(one, other) for one, other in words if one != other]
    if not differing or not any(one == other and len(one) > PREFIX_LETTERS for one, other in words):
        return
    if not all(_begins(*two) for two in differing):
        return
    factor = PREFIX * (ORDINARY if pair.is_ordinary else 1)
    found = Difference("shortened", factor, listed(differing))
    # Both with the shorter words: who is compared with whom must make no difference.
    shorter = {word: min(two, key=len) for two in differing for word in two}
    rewritten = pair._replace(new=pair.new.rewritten(shorter), existing=pair.existing.rewritten(shorter))
    if rewritten.new.local == rewritten.existing.local:
        yield [found]
    for beside in _same_form(rewritten):
        yield [*beside, found]


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= PREFIX_LETTERS and longer.startswith(shorter)


def _needed(start: int, holds: Callable[[int], bool]) -> int:
    """The steps of `start` without which it does not hold."""
    needed = start
    for step in _DEAREST_FIRST:
        if needed & step and holds(needed & ~step):
            needed &= ~step
    return needed
