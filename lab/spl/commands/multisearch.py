"""multisearch: several searches at once, their events together (Search Reference: multisearch, Command types)."""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.merging import merged
from lab.spl.search import Search
from lab.spl.streaming import NOT_STREAMING

_REPORTS = frozenset(("makeresults", "tstats"))  # they generate results, not events


class MultiSearch(Command):
    """At least two searches in brackets, of streaming commands only; no limit of subsearches holds."""

    name = "multisearch"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.searches: List[Search] = []
        while (opening := args.peek()) is not None:
            search = args.subsearch()
            other = _not_streaming(search)
            if other is not None:
                raise args.error(
                    "its searches may hold streaming commands only: "
                    f"'{other}' in search {len(self.searches) + 1} is none",
                    opening,
                )
            self.searches.append(search)
        args.done()
        if not args.first:
            raise args.error("this command must be the first command of a search")
        if len(self.searches) < 2:
            raise args.error("at least two searches in brackets are needed")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return merged([search.run(context).rows for search in self.searches])


def _not_streaming(search: Search) -> Optional[str]:
    """The first command of the search that does not stream; a command of an app's own is taken to."""
    for at, command in enumerate(search.commands):
        name: str = getattr(command, "name", "")
        generates = at == 0 and search.base is None
        if name and (name in _REPORTS if generates else name in NOT_STREAMING):
            return name
    return None
