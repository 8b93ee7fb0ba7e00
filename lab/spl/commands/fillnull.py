"""fillnull: a value where there is none (Search Reference: fillnull).

With named fields each row gets them; without, or with wildcards, every field that any row has.
"""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import FieldSelection, columns_of, is_pattern


class FillNull(Command):
    name = "fillnull"

    def __init__(self, args: Arguments) -> None:
        self.value = args.option("value", default="0")
        self.fields = args.field_list()
        self.by_rows = not self.fields or any(map(is_pattern, self.fields))
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if self.by_rows else wanted

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or self.by_rows:
            return before
        return list(dict.fromkeys([*before, *self.fields]))

    def run(self, rows: Rows, context: Context) -> Rows:
        fields = self.fields
        if self.by_rows:
            rows = list(rows)
            selection = FieldSelection(self.fields or ["*"])
            fields = [name for name in columns_of(rows) if selection.matches(name)]
            fields += [name for name in self.fields if not is_pattern(name) and name not in fields]
        for row in rows:
            for field in fields:
                if field not in row:
                    row[field] = self.value
            yield row
