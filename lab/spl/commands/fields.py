"""fields: keep or remove fields (Search Reference: fields).

Internal fields (`_time`, `_raw` …) stay unless a list that removes names them.
"""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import FieldSelection


class FieldsCommand(Command):
    name = "fields"

    def __init__(self, args: Arguments) -> None:
        self.remove = False
        first = args.peek()
        if first is not None and first.text in ("-", "+"):
            self.remove = args.next().text == "-"
            self.selection = FieldSelection(args.field_list(required=True))
        else:
            names = args.field_list(required=True)
            if names[0][:1] in ("-", "+") and len(names[0]) > 1:
                self.remove, names[0] = names[0][0] == "-", names[0][1:]
            self.selection = FieldSelection(names)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if self.remove:
            return None if wanted is None else wanted - set(self.selection.names)
        if self.selection.has_patterns:
            return wanted
        kept = frozenset(self.selection.names)
        if wanted is None:
            return kept | {"_time", "_raw", "_indextime"}
        return frozenset(name for name in wanted if name in kept or name.startswith("_"))

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if not self.remove:
            return self.selection.columns(before)
        return None if before is None else [name for name in before if not self.selection.matches(name)]

    def run(self, rows: Rows, context: Context) -> Rows:
        matches = self.selection.matches
        if self.remove:
            return ({name: row[name] for name in row if not matches(name)} for row in rows)
        return ({name: row[name] for name in row if name[:1] == "_" or matches(name)} for row in rows)
