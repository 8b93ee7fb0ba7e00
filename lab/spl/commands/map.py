"""map: run a search for each row (Search Reference: map).

`$field$` in the text is the row's value, `$_serial_id$` the number of the run from 1. Only the first
`maxsearches` rows (10) are taken, and Splunk says so where there are more.
"""

from __future__ import annotations

import re
from typing import List, Optional

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.values import as_text, scalars

_TOKEN = re.compile(r"\$([^$\s]+)\$")


class Map(Command):
    """The rows of all runs; those at hand are gone."""

    name = "map"

    def __init__(self, args: Arguments) -> None:
        self.maxsearches = args.option_int("maxsearches", minimum=1)
        self.search = args.option("search")
        self.saved: Optional[str] = None
        following = args.peek()
        if self.search is None and following is not None and following.kind == "subsearch":
            self.search = _beginning_with_a_command(args.subsearch_text())
        elif self.search is None:
            self.saved = args.string('a saved search, or search="…"')
        args.done()

    def inner_fields(self) -> Fields:
        return ALL_FIELDS  # what its search reads is known only when a row has filled it in

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        from lab.spl.search import parse  # the parser knows the commands, so not at the top

        text = self.search if self.saved is None else context.saved_search(self.saved)
        limit = context.limit("map", "maxsearches") if self.maxsearches is None else self.maxsearches
        found: List[Row] = list(rows)
        if len(found) > limit:
            context.warn(f"map ran for the first {limit} of {len(found)} rows (maxsearches)")
        for number, row in enumerate(found[:limit], 1):
            yield from parse(self._filled(text, row, number), context).run(context).rows

    def _filled(self, text: str, row: Row, number: int) -> str:
        def value(token: re.Match[str]) -> str:
            name = token.group(1)
            if name == "_serial_id":
                return str(number)
            if name not in row:
                raise SearchError(f"the row has no value for {token.group()}")
            joined = " ".join(map(as_text, scalars(row[name])))
            return joined.replace("\\", "\\\\").replace('"', '\\"')

        return _TOKEN.sub(value, text)


def _beginning_with_a_command(text: str) -> str:
    """A search in brackets names its first command, with a pipe before it or without."""
    return text if text.lstrip().startswith("|") else f"| {text}"
