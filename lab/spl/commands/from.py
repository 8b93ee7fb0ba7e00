"""from: the rows of a dataset (Search Reference: from): `from datamodel:"Model.Object"`, `from lookup users`."""

from __future__ import annotations

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.datasets import read_dataset


class From(Command):
    name = "from"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.dataset = read_dataset(args, spaced=True)
        args.done()
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def inner_fields(self) -> Fields:
        return frozenset() if self.dataset.is_table else ALL_FIELDS

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return self.dataset.rows(context)
