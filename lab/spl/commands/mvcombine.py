"""mvcombine: rows that differ in one field alone become one row (Search Reference: mvcombine)."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.delimiters import set_delimiter
from lab.spl.internal_fields import read_visible_field
from lab.spl.values import as_text, from_list, scalars


class MvCombine(Command):
    """The field becomes a multivalue of all their values, in the order of the rows. A row without the
    field passes. `delim` (one space) is what a nomv right after puts between them."""

    name = "mvcombine"

    def __init__(self, args: Arguments) -> None:
        self.delimiter = args.option("delim", default=" ")
        self.field = read_visible_field(args)
        args.done()

    def run(self, rows: Rows, context: Context) -> Rows:
        field = self.field
        kept: List[Row] = []
        values: Dict[Any, List[Any]] = {}
        for row in rows:
            mine = row.get(field)
            if mine is None:
                kept.append(row)
                continue
            key = _key(row, field)
            if key in values:
                values[key].extend(scalars(mine))
                continue
            values[key] = row[field] = list(scalars(mine))
            kept.append(row)
        for row in kept:
            value = row.get(field)
            if value.__class__ is list:
                row[field] = from_list(value)  # type: ignore[arg-type]
                set_delimiter(row, [field], self.delimiter)
        return kept


def _key(row: Row, but: str) -> Tuple[Any, ...]:
    return tuple(sorted((name, tuple(map(as_text, scalars(value)))) for name, value in row.items() if name != but))
