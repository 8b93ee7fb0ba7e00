"""collect: index the rows as summary events and pass them on (Search Reference: collect)."""

from __future__ import annotations

from typing import Dict

from lab.spl.command import Arguments, Command, Context, Rows

_OPTIONS = (
    "index", "addinfo", "addtime", "file", "host", "marker", "output_format", "run_in_preview", "source",
    "sourcetype", "spool", "testmode", "uselb",
)  # fmt: skip


class Collect(Command):
    """The context writes, by the options given; `index` is always among them."""

    name = "collect"

    def __init__(self, args: Arguments) -> None:
        given = {name: args.option(name) for name in _OPTIONS}
        self.options: Dict[str, str] = {name: value for name, value in given.items() if value is not None}
        args.done()
        if "index" not in self.options:
            raise args.error("index=… is missing")

    def run(self, rows: Rows, context: Context) -> Rows:
        rows = list(rows)
        context.collect([dict(row) for row in rows], dict(self.options))
        return rows
