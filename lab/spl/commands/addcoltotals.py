"""addcoltotals: a last row with the sums of the columns (Search Reference: addcoltotals)."""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import FieldSelection
from lab.spl.totals import total_row


class AddColTotals(Command):
    name = "addcoltotals"

    def __init__(self, args: Arguments) -> None:
        self.labelfield = args.option("labelfield")
        self.label = args.option("label", default="Total")
        self.selection = FieldSelection(args.field_list() or ["*"])
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None or self.selection.has_patterns else wanted | set(self.selection.names)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None:
            return None
        return list(dict.fromkeys([*before, *([self.labelfield] if self.labelfield else [])]))

    def run(self, rows: Rows, context: Context) -> Rows:
        found = list(rows)
        if found:
            found.append(total_row(found, self.selection, self.labelfield, self.label))
        return found
