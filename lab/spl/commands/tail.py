"""tail: the last rows, the last of them first (Search Reference: tail)."""

from __future__ import annotations

from collections import deque

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class Tail(Command):
    name = "tail"

    def __init__(self, args: Arguments) -> None:
        self.count = args.leading_int(default=10, minimum=0)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def run(self, rows: Rows, context: Context) -> Rows:
        return reversed(deque(rows, maxlen=self.count))
