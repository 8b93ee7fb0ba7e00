"""savedsearch: run a saved search (Search Reference: savedsearch).

`savedsearch "name" host="a"` replaces `$host$` in its text; every `$…$` must get a value.
"""

from __future__ import annotations

import re
from typing import Dict

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError

_ARGUMENT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_.]*)\$")


class SavedSearch(Command):
    name = "savedsearch"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.search = args.string("the name of a saved search")
        self.values: Dict[str, str] = {}
        while args.peek() is not None:
            name = args.word("the name of an argument")
            args.expect_operator("=")
            self.values[name] = args.string("a value")
        args.done()
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        from lab.spl.search import parse  # the parser knows the commands, so not at the top

        return parse(self._text(context.saved_search(self.search)), context).run(context).rows

    def _text(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            if found.group(1) not in self.values:
                raise SearchError(f"savedsearch: '{self.search}' needs a value for {found.group()}")
            return self.values[found.group(1)]

        return _ARGUMENT.sub(value, text)
