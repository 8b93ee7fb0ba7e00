"""table: only these fields, in this order (Search Reference: table)."""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import FieldSelection, is_pattern


class Table(Command):
    """Unlike fields it drops internal fields that are not named; a field that no row has is a column
    all the same."""

    name = "table"

    def __init__(self, args: Arguments) -> None:
        self.selection = FieldSelection(args.field_list(required=True))
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if self.selection.has_patterns else frozenset(self.selection.names)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return self.selection.columns(before)

    def arranged(self, found: List[str]) -> List[str]:
        return self.selection.columns(found) or found

    def run(self, rows: Rows, context: Context) -> Rows:
        if self.selection.has_patterns:
            named = [name for name in self.selection.names if not is_pattern(name)]
            for row in rows:
                chosen = self.selection.select(row) if named else [name for name in row if self.selection.matches(name)]
                yield {name: row[name] for name in chosen}
            return
        names = list(dict.fromkeys(self.selection.names))
        for row in rows:
            yield {name: row[name] for name in names if name in row}
