"""spath: fields from JSON and XML (Search Reference: spath).

With a path its values go into `output` (default: a field named like the path); without one every
field is extracted, from the first characters only (limits.conf [spath] extraction_cutoff).
"""

from __future__ import annotations

from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.paths import extract_values, parse_path
from lab.spl.structured_fields import structured_fields
from lab.spl.values import as_text, from_list, scalars


class Spath(Command):
    name = "spath"

    def __init__(self, args: Arguments) -> None:
        self.input = args.option("input", default="_raw")
        self.output = args.option("output")
        self.path = args.option("path")
        at = args.peek()
        if self.path is None and at is not None:
            self.path = args.field("a path")
        args.done()
        if self.path is None:
            if self.output is not None:
                raise args.error("output needs a path")
            return
        try:
            parse_path(self.path)
        except SearchError as error:
            raise args.error(error.reason, at) from None

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.input}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or self.path is None:
            return None
        return list(dict.fromkeys([*before, self.output or self.path]))

    def run(self, rows: Rows, context: Context) -> Rows:
        if self.path is None:
            return self._all(rows, context.limit("spath", "extraction_cutoff"))
        return self._one(rows, self.path, 1 if context.reading("spath index") == "one" else 0)

    def _one(self, rows: Rows, path: str, base: int) -> Rows:
        target = self.output or path
        for row in rows:
            found: List[str] = []
            for value in scalars(row.get(self.input)):
                found += extract_values(as_text(value), path, base) or []
            if found:
                row[target] = from_list(found)
            yield row

    def _all(self, rows: Rows, cutoff: int) -> Rows:
        for row in rows:
            for value in scalars(row.get(self.input)):
                text = as_text(value)
                for name, values in structured_fields(text[:cutoff] if cutoff else text).items():
                    row[name] = from_list(values)
            yield row
