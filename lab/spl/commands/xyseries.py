"""xyseries: values of a field become columns (Search Reference: xyseries).

`xyseries x name value`: one row for each x, one column for each name. With several value fields a
column is called `value: name`, or as `format` says with `$AGG$` and `$VAL$`.
"""

from __future__ import annotations

from typing import Dict, List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.values import as_text, scalars


class XySeries(Command):
    name = "xyseries"
    aliases = ("maketable",)

    def __init__(self, args: Arguments) -> None:
        self.grouped = args.option_bool("grouped", default=False)
        separator = args.option("sep", default=": ")
        self.format = args.option("format", default=f"$AGG${separator}$VAL$")
        fields = args.field_list(required=True)
        if len(fields) < 3:
            raise args.error("an x field, a name field and value fields are needed")
        self.x, self.label, *self.values = fields
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return frozenset((self.x, self.label, *self.values))

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        series: Dict[str, Row] = {}
        order: List[Row] = []
        previous = None
        for row in rows:
            if self.x not in row or self.label not in row:
                continue
            key = as_text(row[self.x])
            if key not in series or (self.grouped and key != previous):
                series[key] = {self.x: row[self.x]}
                order.append(series[key])
            previous = key
            for label in scalars(row[self.label]):
                for value in self.values:
                    if value in row:
                        series[key][self._name(value, as_text(label))] = row[value]
        return order

    def _name(self, value: str, label: str) -> str:
        if len(self.values) == 1:
            return label
        return self.format.replace("$AGG$", value).replace("$VAL$", label)
