"""where: keep the rows for which an expression is true (Search Reference: where)."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class Where(Command):
    """What is false or null for a row drops it."""

    name = "where"

    def __init__(self, args: Arguments) -> None:
        self.expression = args.expression().require_boolean()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        read = self.expression.fields()
        return None if wanted is None or read is None else wanted | read

    def run(self, rows: Rows, context: Context) -> Rows:
        holds = self.expression.condition(context)
        return (row for row in rows if holds(row))
