"""rename: give fields other names (Search Reference: rename).

`rename a AS b` where the row has no `a` removes `b`: the Search Reference warns of it ("Renaming a
field that does not exist"), since it is how data gets lost.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import fill_wildcards, is_pattern, wildcard_parts


class Rename(Command):
    name = "rename"

    def __init__(self, args: Arguments) -> None:
        self.pairs: List[Tuple[str, str]] = []
        while True:
            old = args.field("a field to rename")
            args.expect_keyword("as")
            at = args.peek()
            new = args.field("a new name")
            if new.count("*") != old.count("*"):
                raise args.error("the wildcards before and after AS do not match", at)
            self.pairs.append((old, new))
            if not args.operator(",") and args.peek() is None:
                break
        args.done()
        self.has_patterns = any(is_pattern(old) for old, _ in self.pairs)

    def needs(self, wanted: Fields) -> Fields:
        if wanted is None or self.has_patterns:
            return None
        for old, new in reversed(self.pairs):
            wanted = (wanted - {old, new}) | ({old} if new in wanted else frozenset())
        return wanted

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None:
            return None
        names: Dict[str, None] = dict.fromkeys(before)
        for old, new in self.pairs:
            renamed = dict(self._renamed(old, new, list(names)))
            names = dict.fromkeys(
                renamed.get(name, name) for name in names if name in renamed or name not in renamed.values()
            )
        return list(names)

    def _renamed(self, old: str, new: str, names: List[str]) -> List[Tuple[str, str]]:
        if not is_pattern(old):
            return [(old, new)] if old in names else []
        found = ((name, wildcard_parts(old, name)) for name in names)
        return [(name, fill_wildcards(new, parts)) for name, parts in found if parts is not None]

    def run(self, rows: Rows, context: Context) -> Rows:
        return (self._row(row) for row in rows)

    def _row(self, row: Row) -> Row:
        for old, new in self.pairs:
            if is_pattern(old):
                moved = self._renamed(old, new, list(row))
                values = [(name, row.pop(before)) for before, name in moved]
                row.update(values)
            elif old != new:
                if old in row:
                    row[new] = row.pop(old)
                else:
                    row.pop(new, None)
        return row
