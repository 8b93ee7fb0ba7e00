"""bin: put numbers and times into buckets (Search Reference: bin; aliases bucket, discretize)."""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.statistics.bucketing import Bucketing
from lab.spl.values import from_list, scalars


class Bin(Command):
    name = "bin"
    aliases = ("bucket", "discretize")

    def __init__(self, args: Arguments) -> None:
        self.bucketing = Bucketing(args)
        self.field = args.field("a field to put into buckets")
        self.target = args.field("a name after AS") if args.keyword("as") else self.field
        args.done()
        self.bucketing.check(self.field, args)

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}  # a row without the field keeps its target

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, self.target]))

    def run(self, rows: Rows, context: Context) -> Rows:
        values: List[object] = []
        if self.bucketing.needs_values:
            rows = list(rows)
            values = [value for row in rows for value in scalars(row.get(self.field))]
        place = self.bucketing.placer(self.bucketing.span_for(self.field, values), context)
        for row in rows:
            found = scalars(row.get(self.field))
            if found:
                row[self.target] = from_list([place(value) for value in found])
            yield row
