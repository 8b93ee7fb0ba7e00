"""What top and rare share: how often each combination of values occurs."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.statistics.groups import group_keys, key_text
from lab.spl.statistics.statistics_lists import check_no_wildcards, read_by, tokens_ahead
from lab.spl.values import tidy

Key = Tuple[str, ...]


class Frequency(Command):
    """One row for each combination: the BY fields, the fields, `count`, `percent` of the rows of its
    group that have the fields. Of combinations as frequent as each other top takes the last by text (top:
    "Lexicographic order of results"), rare, its reverse, the first."""

    commonest_first = True
    takes_other = True  # useother and otherstr

    def __init__(self, args: Arguments) -> None:
        limit = args.option_int("limit", minimum=0)
        first = args.leading_int(minimum=0)
        self.limit = 10 if limit is None and first is None else limit if limit is not None else first
        self.count = args.option("countfield", default="count") if args.option_bool("showcount", default=True) else None
        self.percent = (
            args.option("percentfield", default="percent") if args.option_bool("showperc", default=True) else None
        )
        args.option("countfield"), args.option("percentfield")  # named though not shown
        self.other, self.useother = "OTHER", False
        if self.takes_other:
            self.other = args.option("otherstr", default="OTHER")
            self.useother = args.option_bool("useother", default=False)
        ahead = tokens_ahead(args)
        self.fields = args.field_list(required=True, until=("by",))
        check_no_wildcards(args, self.fields, ahead)
        self.by = read_by(args)
        for name in (self.count, self.percent):
            if name in self.by or name in self.fields:
                raise args.unsupported(f"an output field '{name}' with the name of a field that is counted", ahead[0])
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return frozenset((*self.by, *self.fields))

    def columns(self, before: Optional[List[str]]) -> List[str]:
        return [*self.by, *self.fields, *(name for name in (self.count, self.percent) if name)]

    def run(self, rows: Rows, context: Context) -> Rows:
        largest = context.limit(self.name, "maxresultrows")
        if self.limit > largest and not self.commonest_first:
            raise SearchError(f"limit={self.limit} is above maxresultrows, {largest}")
        for number, row in enumerate(self._rows(rows)):
            if number == largest:
                context.warn(f"{self.name} returns the first {largest} rows (limits.conf [{self.name}] maxresultrows)")
                return
            yield row

    def _rows(self, rows: Rows) -> Rows:
        keys_of = group_keys([*self.by, *self.fields])
        groups: Dict[Key, Dict[Key, List[Any]]] = {}  # group → combination → [values, count]
        size = len(self.by)
        for row in rows:
            for key in keys_of(row):
                text = key_text(key)
                found = groups.setdefault(text[:size], {}).setdefault(text[size:], [key, 0])
                found[1] += 1
        for _, combinations in sorted(groups.items()):
            yield from self._group(list(combinations.values()))

    def _group(self, combinations: List[List[Any]]) -> Rows:
        total = sum(count for _, count in combinations)
        ordered = sorted(combinations, key=lambda found: (found[1], key_text(found[0])), reverse=self.commonest_first)
        kept = ordered[: self.limit] if self.limit else ordered
        for key, count in kept:
            yield self._row(dict(zip([*self.by, *self.fields], key)), count, total)
        left = total - sum(count for _, count in kept)
        if self.useother and left:
            by = dict(zip(self.by, ordered[0][0]))
            yield self._row({**by, **dict.fromkeys(self.fields, self.other)}, left, total)

    def _row(self, row: Row, count: int, total: int) -> Row:
        if self.count:
            row[self.count] = count
        if self.percent:
            row[self.percent] = tidy(round(100 * count / total, 6))
        return row
