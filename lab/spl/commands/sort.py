"""sort: order rows by fields (Search Reference: sort).

`sort 0 -count num(bytes)`: the first 10,000 rows, or as many as the number that stands first says
(0: all).
"""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.ordering import ordered_rows, sort_keys


class Sort(Command):
    name = "sort"

    def __init__(self, args: Arguments) -> None:
        self.limit = args.option_int("limit", minimum=0)
        first = args.peek()
        if self.limit is None and first is not None and first.text.isdigit():
            self.limit = args.leading_int()
        self.keys = sort_keys(args)
        if args.keyword("d", "desc"):
            self.keys = [(field, kind, not descending) for field, kind, descending in self.keys]
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {field for field, _, _ in self.keys}

    def run(self, rows: Rows, context: Context) -> Rows:
        ordered = ordered_rows(rows, self.keys, context)
        limit = context.limit("sort", "count") if self.limit is None else self.limit
        if not limit or len(ordered) <= limit:
            return ordered
        if self.limit is None:
            context.warn(f"sort keeps the first {limit} of {len(ordered)} rows: use sort 0 for all")
        return ordered[:limit]
