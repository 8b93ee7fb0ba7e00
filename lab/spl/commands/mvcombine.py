"""mvcombine: rows that differ in one field alone become one row (Search Reference: mvcombine)."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.delimiters import set_delimiter
from lab.spl.values import as_text, from_list, scalars


class MvCombine(Command):
    """The field becomes a multivalue of all their values, in the order of the rows. A row without the
    field passes. `delim` is what a nomv right after puts between them."""

    name = "mvcombine"

    def __init__(self, args: Arguments) -> None:
        self.delimiter = args.option("delim")
        self.field = args.field()
        args.done()

    def run(self, rows: Rows, context: Context) -> Rows:
        kept: List[Row] = []
        values: Dict[Any, List[Any]] = {}
        for row in rows:
            mine = row.pop(self.field, None)
            if mine is None:
                kept.append(row)
                continue
            key = _key(row)
            if key in values:
                values[key].extend(scalars(mine))
                continue
            values[key] = found = list(scalars(mine))
            row[self.field] = found
            kept.append(row)
        for row in kept:
            value = row.get(self.field)
            if value.__class__ is list:
                row[self.field] = from_list(value)  # type: ignore[arg-type]
                if self.delimiter is not None:
                    set_delimiter(row, [self.field], self.delimiter)
        return kept


def _key(row: Row) -> Tuple[Any, ...]:
    return tuple(sorted((name, tuple(map(as_text, scalars(value)))) for name, value in row.items()))
