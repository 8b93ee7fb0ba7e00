"""The part of a login after the @.

The same name at another domain of the organisation is ordinary: people move between its companies. A domain that only
looks like one of its own is imitation, and the same name at a domain that the organisation has no accounts at may be.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

from okta_itdr.lookalike.edits import one_edit
from okta_itdr.lookalike.glyphs import paired, plain

ITS_OWN = 3  # accounts at a domain make it one of the organisation's
FAR_SMALLER = 10
SHORTEST_LABEL = 4

LOOKS_LIKE_OWN, OTHER_ENDING, FOREIGN = 0.95, 0.8, 0.6
BESIDE_OTHER_DIFFERENCES = 0.9  # the name differs already, and one may expect both at one domain


class DomainLikeness(NamedTuple):
    factor: float
    difference: str  # "" where the domain is no difference to tell of


_SAME = DomainLikeness(1.0, "")
_TOLD_BY_NAME = DomainLikeness(BESIDE_OTHER_DIFFERENCES, "")


class Domains:
    """The domains of the existing accounts, with how many accounts each has."""

    def __init__(self) -> None:
        self._accounts: Dict[str, int] = {}
        self._alike: Dict[Tuple[str, str], float] = {}

    def add(self, domain: str) -> None:
        self._accounts[domain] = self._accounts.get(domain, 0) + 1

    def is_own(self, domain: str) -> bool:
        return self._accounts.get(domain, 0) >= ITS_OWN

    def compare(self, new: str, existing: str, same_name: bool) -> Optional[DomainLikeness]:
        """How the domain of a new account is like that of an existing one. None: that is no imitation at all."""
        if new == existing or not new or not existing:
            return None if same_name else _SAME
        factor = self._likeness(new, existing)
        imitates = factor == LOOKS_LIKE_OWN and self._is_far_smaller(new, existing)
        if self.is_own(new) and not imitates:
            return None if same_name else _TOLD_BY_NAME
        if factor:
            return DomainLikeness(factor, f"the domain {new} for {existing}")
        return DomainLikeness(FOREIGN, f"the foreign domain {new}") if same_name else _TOLD_BY_NAME

    def _is_far_smaller(self, new: str, existing: str) -> bool:
        """So that no one makes a domain the organisation's own by creating a few accounts at it."""
        return self._accounts.get(new, 0) * FAR_SMALLER <= self._accounts.get(existing, 0)

    def _likeness(self, new: str, existing: str) -> float:
        pair = (new, existing)
        if pair not in self._alike:
            self._alike[pair] = _likeness(*pair)
        return self._alike[pair]


def _likeness(new: str, existing: str) -> float:
    if _bare(new) == _bare(existing):
        return LOOKS_LIKE_OWN
    edit = one_edit(_bare(new), _bare(existing))
    mine, others = new.split("."), existing.split(".")
    if edit and _bare(mine[0]) != _bare(others[0]) and len(others[0]) >= SHORTEST_LABEL:
        return LOOKS_LIKE_OWN
    if mine[0] == others[0] and len(mine[0]) >= SHORTEST_LABEL and len(mine) > 1 and len(others) > 1:
        return OTHER_ENDING
    return 0.0


def _bare(domain: str) -> str:
    """As it looks: 1 and l, 0 and o, rn and m are one; hyphens are passed over."""
    return paired(plain(domain).replace("1", "l").replace("0", "o").replace("-", ""))
