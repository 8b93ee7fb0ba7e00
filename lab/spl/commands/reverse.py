"""reverse: the rows in the opposite order (Search Reference: reverse)."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class Reverse(Command):
    name = "reverse"

    def __init__(self, args: Arguments) -> None:
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def run(self, rows: Rows, context: Context) -> Rows:
        return reversed(list(rows))
