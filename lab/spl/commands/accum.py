"""accum: the running total of a field (Search Reference: accum).

What a row gets whose field is no number is an open question: a reading.
"""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import Number, as_number, tidy


class Accum(Command):
    name = "accum"

    def __init__(self, args: Arguments) -> None:
        self.field = args.field()
        self.target = args.field("a name after AS") if args.keyword("as") else self.field
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else (wanted - {self.target}) | {self.field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, self.target]))

    def run(self, rows: Rows, context: Context) -> Rows:
        carry = context.reading("accum of null") == "carry"
        total: Number = 0
        for row in rows:
            number = as_number(row.get(self.field))
            if number is not None:
                total += number
            if number is not None or carry:
                row[self.target] = tidy(total)
            elif self.target != self.field:
                row.pop(self.target, None)
            yield row
