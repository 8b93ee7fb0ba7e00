"""The existing accounts, kept so that those which a new name may imitate are found without looking at the others.

Every account is found under a few keys: each form in which names may be the same (comparison.SAME); its name without
separators and its core (without affixes and numbers, in whole words), straight and with each letter left out in turn,
which finds names one letter apart (symmetric deletion); and the beginnings of its words. Keys are kept as numbers,
their hashes: a chance hit costs one comparison.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from okta_itdr.lookalike.comparison import LONGEST_EDITED, SAME, SHORTEST_EDITED, Likeness, compare
from okta_itdr.lookalike.domains import Domains
from okta_itdr.lookalike.edits import deletions
from okta_itdr.lookalike.name import ALL, NUMBER, AccountName

MINIMUM = 65  # a score that few names have by chance: docs/lookalike.md
CROWD = 24  # more accounts under one key are a series (test1 … test5000): a further one imitates none of them
MANY = 3  # names one letter away
AGAIN_SECONDS = 60.0  # a login that was there for a minute before is the same one created again


class Match(NamedTuple):
    login: str  # of the account that is imitated
    likeness: Likeness


class Account(NamedTuple):
    login: str
    of: Tuple[str, ...] = ()  # what a new account must have in common with it; "" stands for anything
    created: Optional[float] = None  # epoch seconds


class Accounts:
    """An index that grows by `add`."""

    def __init__(self) -> None:
        self._accounts: List[Account] = []
        self._under: Dict[int, Union[int, List[int], None]] = {}
        self._with_word: Dict[str, int] = {}
        self._domains = Domains()
        self._groups: Dict[Tuple[str, ...], int] = {}  # what accounts have in common → its number
        self._groups_with = lru_cache(8192)(self._find_groups_with)
        self._name = lru_cache(8192)(AccountName)

    def __len__(self) -> int:
        return len(self._accounts)

    def add(self, account: Account) -> None:
        number = len(self._accounts)
        name = AccountName(account.login)
        if not name.words:
            return
        self._accounts.append(account)
        self._domains.add(name.domain)
        for word in set(name.words):
            self._with_word[word] = self._with_word.get(word, 0) + 1
        group = self._groups.setdefault(account.of, len(self._groups))
        self._groups_with.cache_clear()
        for key in _keys(name):
            self._put(hash((key, group)), number)

    def _put(self, key: int, number: int) -> None:
        under = self._under.setdefault(key, number)
        if under is None or under == number:
            return
        if isinstance(under, int):
            self._under[key] = [under, number]
        elif len(under) < CROWD:
            under.append(number)
        else:
            self._under[key] = None

    def best(
        self, login: str, of: Sequence[str] = (), before: Optional[float] = None, minimum: int = 1
    ) -> Optional[Match]:
        """The account that the login imitates most, the first by name among equals; None where there is none.

        `of`: as the accounts'. `before`: when it was created; accounts created at that time or later do not count, and
        a login that was there a minute before is no imitation. `minimum`: the least score that counts.
        """
        new = AccountName(login)
        found: List[Match] = []
        for account in self._candidates(new, of):
            existing = self._name(account.login)
            if (existing.local, existing.domain) == (new.local, new.domain):
                if before is not None and account.created is not None and account.created < before - AGAIN_SECONDS:
                    return None
                continue
            if before is not None and account.created is not None and account.created >= before:
                continue
            likeness = compare(new, existing, self._domains, self._accounts_with_word)
            if likeness:
                found.append(Match(account.login, likeness))
        found = [match for match in self._among_many(found) if match.likeness.score >= minimum]
        if any("number" in match.likeness.rules for match in found) and self._is_of_a_series(new, of):
            found = [match for match in found if "number" not in match.likeness.rules]
        return min(found, key=lambda match: (-match.likeness.score, match.login), default=None)

    def _candidates(self, new: AccountName, of: Sequence[str]) -> Iterator[Account]:
        seen: Set[int] = set()
        groups = self._groups_with(tuple(of))
        for key in _keys(new) if groups else ():
            for group in groups:
                under = self._under.get(hash((key, group)))
                if under is not None:
                    seen.update((under,) if isinstance(under, int) else under)
        return map(self._accounts.__getitem__, sorted(seen))

    def _find_groups_with(self, of: Tuple[str, ...]) -> List[int]:
        return [number for group, number in self._groups.items() if _go_together(of, group)]

    def _is_of_a_series(self, new: AccountName, of: Sequence[str]) -> bool:
        """Whether a crowd of accounts has that name but for numbers."""
        core = new.keys()[1]
        return any(self._under.get(hash((core, group)), 0) is None for group in self._groups_with(tuple(of)))

    def _among_many(self, found: List[Match]) -> List[Match]:
        """The matches, those by a letter with less weight where there are many: names lie so close to each other there
        that a further one imitates nobody."""
        by_letter = {self._name(match.login).form(ALL & ~NUMBER) for match in found if "letter" in match.likeness.rules}
        if len(by_letter) < MANY:
            return found
        return [
            match._replace(likeness=match.likeness.halved()) if "letter" in match.likeness.rules else match
            for match in found
        ]

    def _accounts_with_word(self, word: str) -> int:
        return self._with_word.get(word, 0)


def _go_together(of: Sequence[str], others: Sequence[str]) -> bool:
    return all(not one or not other or one == other for one, other in zip(of, others))


def _keys(name: AccountName) -> Set[str]:
    whole, straight, beginnings = name.keys()
    keys = {whole, straight, beginnings, *map(name.form, SAME)}
    keys.discard("")
    for text in {whole, straight}:
        if SHORTEST_EDITED - 1 <= len(text) <= LONGEST_EDITED + 1:
            keys.update(deletions(text))
    return keys
