"""dedup: keep the first N rows of each combination of values (Search Reference: dedup)."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import is_pattern
from lab.spl.ordering import ordered_rows, sort_keys
from lab.spl.values import as_text


class Dedup(Command):
    """Rows in, rows out, in order; a row without one of the fields is dropped unless keepempty.

    `keepevents` keeps the rows and takes only the fields from repeated ones; `consecutive` forgets a
    combination as soon as another comes.
    """

    name = "dedup"

    def __init__(self, args: Arguments) -> None:
        self.limit = args.leading_int(default=1, minimum=1)
        self.keepempty = args.option_bool("keepempty", default=False)
        self.keepevents = args.option_bool("keepevents", default=False)
        self.consecutive = args.option_bool("consecutive", default=False)
        start = args.peek()
        self.fields = args.field_list(required=True, until=("sortby",))
        if any(map(is_pattern, self.fields)):
            raise args.unsupported("a wildcard in the fields", start)
        self.sort = sort_keys(args) if args.keyword("sortby") else []
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | set(self.fields) | {field for field, _, _ in self.sort}

    def run(self, rows: Rows, context: Context) -> Rows:
        if not self.sort:
            return self._kept(rows)
        if context.reading("dedup sortby") == "before":
            return self._kept(ordered_rows(rows, self.sort, context))
        return ordered_rows(self._kept(rows), self.sort, context)

    def _kept(self, rows: Rows) -> Rows:
        seen: Dict[Tuple[Any, ...], int] = {}
        previous: Optional[Tuple[Any, ...]] = None
        for row in rows:
            key = self._key(row)
            if key is None:
                if self.keepempty:
                    yield row
                continue
            if self.consecutive and key != previous:
                seen.clear()
                previous = key
            seen[key] = count = seen.get(key, 0) + 1
            if count <= self.limit:
                yield row
            elif self.keepevents:
                for field in self.fields:
                    row.pop(field, None)
                yield row

    def _key(self, row: Row) -> Optional[Tuple[Any, ...]]:
        parts = []
        for field in self.fields:
            value = row.get(field)
            if value is None:
                return None
            if value.__class__ is list:
                parts.append(tuple(map(as_text, value)))
            else:
                parts.append(value if value.__class__ is str else as_text(value))
        return tuple(parts)
