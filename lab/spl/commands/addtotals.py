"""addtotals: the sum of each row's numbers, or of each column's (Search Reference: addtotals)."""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import FieldSelection
from lab.spl.totals import total_row
from lab.spl.values import as_number, tidy


class AddTotals(Command):
    """Without fields all count that hold a number, internal ones aside. `col=true` adds a row of
    column totals, labelled in `labelfield`."""

    name = "addtotals"

    def __init__(self, args: Arguments) -> None:
        self.row = args.option_bool("row", default=True)
        self.column = args.option_bool("col", default=False)
        self.labelfield = args.option("labelfield")
        self.label = args.option("label", default="Total")
        self.target = args.option("fieldname", default="Total")
        self.fields = args.field_list()
        self.selection = FieldSelection(self.fields or ["*"])
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if wanted is None or self.selection.has_patterns:
            return None
        return (wanted - {self.target} if self.row else wanted) | set(self.fields)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None:
            return None
        added = [*([self.target] if self.row else []), *([self.labelfield] if self.column and self.labelfield else [])]
        return list(dict.fromkeys([*before, *added]))

    def run(self, rows: Rows, context: Context) -> Rows:
        seen: List[Row] = []
        for row in rows:
            if self.row:
                row[self.target] = self._total(row)
            if self.column:
                seen.append(dict(row))
            yield row
        if self.column and seen:
            fields = FieldSelection([*self.selection.names, *([self.target] if self.row else [])])
            yield total_row(seen, fields, self.labelfield, self.label)

    def _total(self, row: Row) -> object:
        counted = (
            value
            for name, value in row.items()
            if self.selection.matches(name) and (name != self.target or name in self.fields)
        )
        return tidy(sum(number for number in map(as_number, counted) if number is not None))
