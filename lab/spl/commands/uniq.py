"""uniq: drop a row that equals the one before it in every field (Search Reference: uniq)."""

from __future__ import annotations

from typing import Optional

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row


class Uniq(Command):
    name = "uniq"

    def __init__(self, args: Arguments) -> None:
        args.done()

    def run(self, rows: Rows, context: Context) -> Rows:
        previous: Optional[Row] = None
        for row in rows:
            if row != previous:
                previous = dict(row)
                yield row
