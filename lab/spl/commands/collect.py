"""collect: index the rows as summary events and pass them on (Search Reference: collect)."""

from __future__ import annotations

from typing import Dict

from lab.spl.command import Arguments, Command, Context, Rows

_BOOLEAN = ("addinfo", "addtime", "run_in_preview", "spool", "testmode", "uselb")
_TEXT = ("file", "host", "index", "marker", "source", "sourcetype", "timeformat")
_NOT_WITH_HEC = ("addtime", "host", "marker", "source", "sourcetype", "timeformat", "uselb")


class Collect(Command):
    """The context writes, by the options given; `index` is always among them: newer releases have a default for
    it, older ones refuse the search, and so does the lab."""

    name = "collect"

    def __init__(self, args: Arguments) -> None:
        output_format = args.option_choice("output_format", choices=("raw", "hec"))
        given = {"output_format": output_format}
        for name in (*_BOOLEAN, *_TEXT):
            token = args.option_token(name)
            if token is None:
                continue
            if name in _BOOLEAN and token.value.lower() not in ("true", "t", "1", "false", "f", "0"):
                raise args.error(f"{name} must be true or false, not {token.text}", token)
            if output_format == "hec" and name in _NOT_WITH_HEC:
                raise args.error(f"{name} is not valid with output_format=hec", token)
            given[name] = token.value
        args.done()
        self.options: Dict[str, str] = {name: value for name, value in given.items() if value is not None}
        if "index" not in self.options:
            raise args.error("index=… is missing: not every release has a default for it")

    def run(self, rows: Rows, context: Context) -> Rows:
        rows = list(rows)
        context.collect([dict(row) for row in rows], dict(self.options))
        return rows
