"""What a dashboard is to the checks, whichever of the two forms it is written in, and how searches and tokens of both
are read."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterable, NamedTuple, Optional

from lab.lint.finding import Place

TOKEN = re.compile(r"\$([A-Za-z_][\w.:\-]*?)(?:\|\w+)?\$")
TOKEN_WORD = "a_token"  # stands in a search for a token of which no default is known


class Dashboard(NamedTuple):
    """`searches` by name, a chained one with its parents before it, a saved one as a call of it; for a token of a
    search stands its default, else a word. `tokens_set`: by inputs, defaults, drilldowns and searches' results.
    `times`: earliest and latest of its searches and inputs, as far as no token gives them. `problem`: why it cannot
    be read."""

    name: str
    place: Place
    version: str
    searches: Dict[str, str] = {}  # never written to
    tokens_used: FrozenSet[str] = frozenset()
    tokens_set: FrozenSet[str] = frozenset()
    times: FrozenSet[str] = frozenset()
    problem: Optional[str] = None


def chained(parent: str, own: str) -> str:
    """A search and what goes on from it, as one."""
    own = own.strip().lstrip("|")
    return f"{parent} | {own}" if own else parent


def saved_search(name: str) -> str:
    """A search that runs the saved one."""
    return f'| savedsearch "{name}"'


def without_token_marks(text: str, defaults: Dict[str, str]) -> str:
    """The search with each token replaced, so that it can be parsed."""

    def value(match: re.Match[str]) -> str:
        token = match.group(1)
        return defaults.get(token) or ("1" if token.endswith((".earliest", ".latest")) else TOKEN_WORD)

    return TOKEN.sub(value, text)


def without_tokens(times: Iterable[str]) -> FrozenSet[str]:
    """Those that are written out."""
    return frozenset(time.strip() for time in times if time.strip() and "$" not in time)
