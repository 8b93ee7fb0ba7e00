"""Logins of people whose names are as common as in the census of the United States of 1990 (PyPI's `names` carries its
tables: 5,494 first names, 88,799 last names, each with its share)."""

from __future__ import annotations

from bisect import bisect_left
from random import Random
from typing import Callable, Dict, List

from names import FILES

PATTERNS: Dict[str, Callable[[str, str], str]] = {
    "first.last": lambda first, last: f"{first}.{last}",
    "flast": lambda first, last: first[0] + last,
}


class _Table:
    def __init__(self, kind: str) -> None:
        with open(FILES[kind], encoding="ascii") as file:
            rows = [line.split() for line in file]
        self._names = [row[0].lower() for row in rows]
        self._up_to = [float(row[2]) for row in rows]  # the share of this name and those before it

    def draw(self, random: Random) -> str:
        at = bisect_left(self._up_to, random.random() * self._up_to[-1])
        return self._names[min(at, len(self._names) - 1)]


def logins(pattern: str, count: int, seed: int = 7) -> List[str]:
    """Different ones, in the order in which people join: who comes to a name that is taken has a number, from 2 on."""
    random = Random(seed)
    first = (_Table("first:female"), _Table("first:male"))
    last = _Table("last")
    taken: Dict[str, int] = {}
    made: List[str] = []
    for _ in range(count):
        name = PATTERNS[pattern](random.choice(first).draw(random), last.draw(random))
        taken[name] = taken.get(name, 0) + 1
        made.append(f"{name}{taken[name] if taken[name] > 1 else ''}@example.com")
    return made
