"""appendpipe: what a pipeline makes of the rows at hand, after those rows (Search Reference: appendpipe)."""

from __future__ import annotations

from typing import List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row


class AppendPipe(Command):
    name = "appendpipe"

    def __init__(self, args: Arguments) -> None:
        args.option_bool("run_in_preview")  # the lab shows no previews
        self.pipeline = args.pipeline()
        args.done()

    def inner_fields(self) -> Fields:
        return self.pipeline.inner_fields()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        kept: List[Row] = list(rows)
        copies: Rows = [{name: _copy(value) for name, value in row.items()} for row in kept]
        yield from kept
        yield from self.pipeline.run(copies, context)


def _copy(value: object) -> object:
    return list(value) if isinstance(value, list) else value
