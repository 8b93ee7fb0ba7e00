"""multisearch: several searches at once, their events together (Search Reference: multisearch)."""

from __future__ import annotations

from typing import List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.merging import merged


class MultiSearch(Command):
    """At least two searches in brackets, of streaming commands only; no limit of subsearches holds."""

    name = "multisearch"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.searches: List = []
        while args.peek() is not None:
            self.searches.append(args.subsearch())
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
