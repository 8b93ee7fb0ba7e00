"""nomv: the values of a multivalue as one, each on a line of its own (Search Reference: nomv).

A delimiter that mvcombine or stats set right before stands between them instead.
"""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.delimiters import take_delimiter
from lab.spl.internal_fields import read_visible_field
from lab.spl.values import as_text


class NoMv(Command):
    name = "nomv"

    def __init__(self, args: Arguments) -> None:
        self.field = read_visible_field(args)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            value = row.get(self.field)
            if value.__class__ is list:
                row[self.field] = take_delimiter(row, self.field).join(map(as_text, value))
            yield row
