"""appendcols: the fields of a subsearch's rows beside those at hand, row by row (Search Reference: appendcols)."""

from __future__ import annotations

from itertools import zip_longest

from lab.spl.command import Arguments, Command, Context, Rows


class AppendCols(Command):
    """The first row gets the fields of the subsearch's first row, and so on; internal fields are left
    out. A field that both have keeps the main search's value unless `override=true`."""

    name = "appendcols"

    def __init__(self, args: Arguments) -> None:
        self.override = args.option_bool("override", default=False)
        args.option_int("maxtime", minimum=0)  # every search of the lab runs to its end
        args.option_int("timeout", minimum=0)
        self.maxout = args.option_int("maxout", minimum=0)
        self.search = args.subsearch()
        args.done()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        found = self.search.run(context).rows
        limit = context.limit("appendcols", "maxout") if self.maxout is None else self.maxout
        if limit and len(found) > limit:
            context.warn(f"appendcols: the subsearch's rows were cut at {limit} (maxout)")
            found = found[:limit]
        for row, beside in zip_longest(rows, found):
            row = {} if row is None else row
            for name, value in (beside or {}).items():
                if not name.startswith("_") and (self.override or name not in row):
                    row[name] = value
            yield row
