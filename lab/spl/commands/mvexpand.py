"""mvexpand: one row for each value of a multivalue (Search Reference: mvexpand)."""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.internal_fields import read_visible_field

_CHUNK = 50_000  # rows that Splunk expands at a time (limits.conf, maxresultrows)
_MEGABYTE = 1 << 20
_SAMPLE = 64  # of so many expanded rows one is measured


class MvExpand(Command):
    """`limit` is how many values of a row are used (0: all). Whether a row without the field passes is
    an open question: a reading. What a chunk of rows expands to is cut off, with a warning, where it would
    take more memory than limits.conf allows; how Splunk counts it is not documented, here it is characters."""

    name = "mvexpand"

    def __init__(self, args: Arguments) -> None:
        self.limit = args.option_int("limit", default=0, minimum=0)
        self.field = read_visible_field(args)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def run(self, rows: Rows, context: Context) -> Rows:
        keep = context.reading("mvexpand of null") == "keep"
        most = context.limit("mvexpand", "max_mem_usage_mb") * _MEGABYTE
        taken, size, expanded, warned = 0, 0, 0, False
        for number, row in enumerate(rows):
            if number % _CHUNK == 0:
                taken = 0
            value = row.get(self.field)
            if value.__class__ is not list:
                if value is not None or keep:
                    yield row
                continue
            values = value[: self.limit] if self.limit else value
            if most:
                if expanded % _SAMPLE == 0:
                    size = _size(row, self.field)
                expanded += 1
                taken += size * len(values)
                if taken > most:
                    if not warned:
                        context.warn(
                            f"mvexpand: the results were cut off, for expanding {self.field} takes more than "
                            f"{most // _MEGABYTE} MB (limits.conf [mvexpand] max_mem_usage_mb)"
                        )
                        warned = True
                    continue
            for one in values:
                yield {**row, self.field: one}


def _size(row: Row, but: str) -> int:
    """The characters of a row's other fields."""
    return sum(
        len(name) + (sum(map(len, map(str, value))) if value.__class__ is list else len(str(value)))
        for name, value in row.items()
        if name != but
    )
