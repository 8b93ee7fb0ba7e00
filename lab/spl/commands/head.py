"""head: the first rows, or those up to the first that fails a condition (Search Reference: head)."""

from __future__ import annotations

from itertools import islice
from typing import Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.expression import Expression


class Head(Command):
    """`head 5`, `head limit=5`, `head (x<3)`, both. `null=true` goes on where the condition is null;
    `keeplast=true` keeps the row that ended it."""

    name = "head"

    def __init__(self, args: Arguments) -> None:
        self.null_passes = args.option_bool("null", default=False)
        self.keeplast = args.option_bool("keeplast", default=False)
        limit = args.option_int("limit", minimum=0)
        if limit is None:
            limit = args.leading_int(minimum=0)
        self.condition: Optional[Expression] = None
        if args.peek() is not None:
            self.condition = args.expression().require_boolean()
        self.limit = 10 if limit is None and self.condition is None else limit
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if self.condition is None or wanted is None:
            return wanted
        read = self.condition.fields()
        return None if read is None else wanted | read

    def run(self, rows: Rows, context: Context) -> Rows:
        if self.condition is not None:
            rows = self._while(rows, context)
        return rows if self.limit is None else islice(rows, self.limit)

    def _while(self, rows: Rows, context: Context) -> Rows:
        assert self.condition is not None
        evaluate = self.condition.compile(context)
        for row in rows:
            value = evaluate(row)
            if value is not True and not (value is None and self.null_passes):
                if self.keeplast:
                    yield row
                return
            yield row
