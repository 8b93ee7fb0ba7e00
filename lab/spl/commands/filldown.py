"""filldown: the last value there was, where there is none (Search Reference: filldown)."""

from __future__ import annotations

from typing import Any, Dict

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import FieldSelection, columns_of, is_pattern


class FillDown(Command):
    name = "filldown"

    def __init__(self, args: Arguments) -> None:
        self.fields = args.field_list()
        self.by_rows = not self.fields or any(map(is_pattern, self.fields))
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if self.by_rows or wanted is None else wanted | set(self.fields)

    def run(self, rows: Rows, context: Context) -> Rows:
        fields = self.fields
        if self.by_rows:
            rows = list(rows)
            fields = FieldSelection(self.fields or ["*"]).select(columns_of(rows))
        last: Dict[str, Any] = {}
        for row in rows:
            for field in fields:
                value = row.get(field)
                if value is not None:
                    last[field] = value
                elif field in last:
                    row[field] = last[field]
            yield row
