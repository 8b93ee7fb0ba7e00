"""makemv: split a value into several (Search Reference: makemv)."""

from __future__ import annotations

from typing import List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.internal_fields import read_visible_field
from lab.spl.regex import compile_regex
from lab.spl.values import as_text, from_list, scalars


class MakeMv(Command):
    """At each `delim` (one space), or what the first group of `tokenizer` finds again and again.
    Empty values are left out unless `allowempty=true`."""

    name = "makemv"

    def __init__(self, args: Arguments) -> None:
        self.delimiter = args.option("delim")
        tokenizer = args.option("tokenizer")
        self.allowempty = args.option_bool("allowempty", default=False)
        if args.option_bool("setsv", default=False):
            raise args.unsupported("setsv")
        self.field = read_visible_field(args)
        args.done()
        if tokenizer is not None and self.delimiter is not None:
            raise args.error("delim and tokenizer exclude each other")
        try:
            self.pattern = compile_regex(tokenizer) if tokenizer is not None else None
        except SearchError as error:
            raise args.error(error.reason) from None
        if self.pattern is not None and not self.pattern.groups:
            raise args.error("the tokenizer needs a group in parentheses")

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            values = scalars(row.get(self.field))
            if values:
                parts = [part for value in values for part in self._parts(as_text(value)) if part or self.allowempty]
                found = from_list(parts)
                if found is None:
                    row.pop(self.field)
                else:
                    row[self.field] = found
            yield row

    def _parts(self, text: str) -> List[str]:
        if self.pattern is None:
            return text.split(self.delimiter or " ")
        return [match.group(1) or "" for match in self.pattern.finditer(text)]
