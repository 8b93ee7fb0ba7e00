"""savedsearch: run a saved search (Search Reference: savedsearch).

`savedsearch "name" host="a"` replaces `$host$` in its text; every `$…$` must get a value, unless
`nosubstitution=true` leaves them all as they are. Over all time it runs over the time range that is saved with it (of
the event's time: the page says nothing of dispatch.index_earliest and its like); any other time range overrides that.
"""

from __future__ import annotations

import re
from typing import Dict

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.saved_search import saved_search_rows

_ARGUMENT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_.]*)\$")


class SavedSearch(Command):
    name = "savedsearch"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.substitutes = not args.option_bool("nosubstitution", default=False)
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

    def inner_fields(self) -> Fields:
        return ALL_FIELDS

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return saved_search_rows(self.search, context.of_saved_search(self.search), self._text)

    def _text(self, text: str) -> str:
        if not self.substitutes:
            return text

        def value(found: re.Match[str]) -> str:
            if found.group(1) not in self.values:
                raise SearchError(f"'{self.search}' needs a value for {found.group()}")
            return self.values[found.group(1)]

        return _ARGUMENT.sub(value, text)
