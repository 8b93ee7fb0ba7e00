"""mvexpand: one row for each value of a multivalue (Search Reference: mvexpand)."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class MvExpand(Command):
    """`limit` is how many values of a row are used (0: all). Whether a row without the field passes is
    an open question: a reading."""

    name = "mvexpand"

    def __init__(self, args: Arguments) -> None:
        self.limit = args.option_int("limit", default=0, minimum=0)
        self.field = args.field()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        keep = context.reading("mvexpand of null") == "keep"
        for row in rows:
            value = row.get(self.field)
            if value.__class__ is list:
                for one in value[: self.limit] if self.limit else value:
                    yield {**row, self.field: one}
            elif value is not None or keep:
                yield row
