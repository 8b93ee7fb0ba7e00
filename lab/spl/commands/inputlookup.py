"""inputlookup: the rows of a lookup table (Search Reference: inputlookup).

`where` takes a search expression; `start` skips rows, `max` bounds them, both counted over those the
expression lets through. `append=true` adds them to the rows before; otherwise it stands first.
"""

from __future__ import annotations

from itertools import chain, islice

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.search_expression.expression import predicate


class InputLookup(Command):
    name = "inputlookup"
    generating = True

    def __init__(self, args: Arguments) -> None:
        head = args.part_before("where")
        self.append = head.option_bool("append", default=False)
        head.option_bool("strict")  # a table that does not exist is an error here in any case
        self.start = head.option_int("start", default=0, minimum=0)
        self.maximum = head.option_int("max", minimum=1)
        self.table = head.string("the name of a lookup")
        head.done()
        self.where = None
        if args.keyword("where"):
            if args.peek() is None:
                raise args.error("a search expression is missing after WHERE")
            self.where = args.search_expression()
        args.done()
        if not args.first and not self.append:
            raise args.error("this command must be the first command of a search, or have append=true")

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return chain(rows, self._rows(context)) if self.append else self._rows(context)

    def _rows(self, context: Context) -> Rows:
        rows: Rows = (dict(row) for row in context.read_table(self.table))
        if self.where is not None:
            matches = predicate(self.where, context, context.reading("inputlookup case") == "sensitive")
            rows = (row for row in rows if matches(row))
        return islice(rows, self.start, None if self.maximum is None else self.start + self.maximum)
