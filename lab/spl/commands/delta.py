"""delta: how much a field differs from that of an earlier row (Search Reference: delta)."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import as_number, tidy


class Delta(Command):
    """`p` rows back (1). Where one of the two is no number there is no difference."""

    name = "delta"

    def __init__(self, args: Arguments) -> None:
        self.back = args.option_int("p", default=1, minimum=1)
        self.field = args.field()
        self.target = args.field("a name after AS") if args.keyword("as") else f"delta({self.field})"
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else (wanted - {self.target}) | {self.field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, self.target]))

    def run(self, rows: Rows, context: Context) -> Rows:
        earlier: Deque[Any] = deque(maxlen=self.back)
        for row in rows:
            number = as_number(row.get(self.field))
            before = earlier[0] if len(earlier) == self.back else None
            if number is not None and before is not None:
                row[self.target] = tidy(number - before)
            elif self.target != self.field:
                row.pop(self.target, None)
            earlier.append(number)
            yield row
