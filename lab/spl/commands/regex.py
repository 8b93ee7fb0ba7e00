"""regex: keep the rows whose field matches a regular expression, or does not (Search Reference: regex)."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.regex import compile_regex
from lab.spl.values import as_text, scalars


class Regex(Command):
    """`regex field="…"`, `regex field!="…"`, or `regex "…"` over `_raw`. A row without the field does
    not match."""

    name = "regex"

    def __init__(self, args: Arguments) -> None:
        self.field, self.negated = "_raw", False
        following = args.peek(1)
        if following is not None and following.kind == "operator":
            self.field = args.field()
            self.negated = args.operator("!=")
            if not self.negated:
                args.expect_operator("=")
        at = args.peek()
        text = args.string("a regular expression in quotes")
        args.done()
        try:
            self.pattern = compile_regex(text)
        except SearchError as error:
            raise args.error(error.reason, at) from None

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        search = self.pattern.search
        for row in rows:
            matches = any(search(as_text(value)) is not None for value in scalars(row.get(self.field)))
            if matches != self.negated:
                yield row
