"""from: the rows of a dataset (Search Reference: from): `from datamodel:"Model.Object"`, `from lookup:users`."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.datasets import dataset_rows, read_dataset


class From(Command):
    name = "from"
    generating = True

    def __init__(self, args: Arguments) -> None:
        at = args.peek()
        self.kind, self.dataset = read_dataset(args)
        args.done()
        if not self.dataset:
            raise args.error("expected a kind and a name, such as datamodel:Authentication", at)
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return dataset_rows(self.kind, self.dataset, context)
