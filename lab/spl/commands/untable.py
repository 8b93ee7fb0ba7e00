"""untable: each field of a row becomes a row (Search Reference: untable)."""

from __future__ import annotations

from typing import List

from lab.spl.command import Arguments, Command, Context, Rows


class Untable(Command):
    """`untable x name value`: for every other field a row with x, the field's name and its value. A row
    without x, and internal fields, give nothing."""

    name = "untable"

    def __init__(self, args: Arguments) -> None:
        fields = args.field_list(required=True)
        if len(fields) != 3:
            raise args.error("three fields are needed: x, name and value")
        self.x, self.label, self.value = fields
        args.done()

    def columns(self, before: None) -> List[str]:
        return [self.x, self.label, self.value]

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            if self.x not in row:
                continue
            for name, value in row.items():
                if name != self.x and not name.startswith("_"):
                    yield {self.x: row[self.x], self.label: name, self.value: value}
