"""search: keep the rows that match a search expression (Search Reference: search).

This is the command inside a pipeline; the search that a pipeline begins with asks the context for
events and belongs to `lab.spl.search`.
"""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.search_expression.expression import predicate


class SearchFilter(Command):
    name = "search"

    def __init__(self, args: Arguments) -> None:
        self.expression = args.search_expression()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        read = self.expression.fields()
        return None if wanted is None or read is None else wanted | read

    def run(self, rows: Rows, context: Context) -> Rows:
        matches = predicate(self.expression, context)
        return (row for row in rows if matches(row))
