"""set: union, difference or intersection of two searches' results (Search Reference: set).

Results are one if all their fields are alike, internal ones beside `_time` and `_raw` aside. Each is
there once: those of either search, of one of them alone, or of both.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.values import as_text, scalars

Key = Tuple[Tuple[str, Tuple[str, ...]], ...]


class SetCommand(Command):
    name = "set"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.operation = args.expect_keyword("union", "diff", "intersect")
        self.searches = [args.subsearch(), args.subsearch()]
        args.done()
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        first, second = (self._distinct(search.run(context).rows, context) for search in self.searches)
        if self.operation == "union":
            return list({**first, **second}.values())
        if self.operation == "intersect":
            return [row for key, row in first.items() if key in second]
        return [
            row for one, other in ((first, second), (second, first)) for key, row in one.items() if key not in other
        ]

    def _distinct(self, rows: List[Row], context: Context) -> Dict[Key, Row]:
        limit = context.limit("set", "maxresultrows")
        if len(rows) > limit:
            context.warn(f"set: the results of a search were cut at {limit} (limits.conf [set] maxresultrows)")
        return {_key(row): row for row in rows[:limit]}


def _key(row: Row) -> Key:
    return tuple(
        (name, tuple(map(as_text, scalars(row[name]))))
        for name in sorted(row)
        if name[:1] != "_" or name in ("_time", "_raw")
    )
