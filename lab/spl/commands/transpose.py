"""transpose: rows become columns (Search Reference: transpose)."""

from __future__ import annotations

from typing import Dict, List

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import columns_of
from lab.spl.values import as_text


class Transpose(Command):
    """The first N rows (5; 0: all) become the columns `row 1`, `row 2` … or are named by
    `header_field`; each field becomes a row, its name in `column_name`, internal fields too. With
    `include_empty=false` a field without any value in those rows is left out."""

    name = "transpose"

    def __init__(self, args: Arguments) -> None:
        self.column_name = args.option("column_name", default="column")
        self.header_field = args.option("header_field")
        self.include_empty = args.option_bool("include_empty", default=True)
        self.limit = args.leading_int(default=5, minimum=0)
        args.done()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        found: List[Row] = list(rows)
        fields = columns_of(found)
        if self.limit:
            found = found[: self.limit]
        headers = self._headers(found)
        for field in fields:
            if field == self.header_field:
                continue
            values: Dict[str, object] = {header: row[field] for header, row in zip(headers, found) if field in row}
            if self.include_empty or any(value != "" for value in values.values()):
                yield {self.column_name: field, **values}  # type: ignore[dict-item]

    def _headers(self, rows: List[Row]) -> List[str]:
        numbered = [f"row {number}" for number in range(1, len(rows) + 1)]
        if self.header_field is None:
            return numbered
        named = (row.get(self.header_field) for row in rows)
        return [name if value is None else as_text(value) for value, name in zip(named, numbered)]
