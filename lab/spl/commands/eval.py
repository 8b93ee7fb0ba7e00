"""eval: calculate fields from expressions (Search Reference: eval).

Assignments run from left to right; each sees the fields of those before it. A null result removes
the field. `eval {x}=1` and `eval n_{x}=1` take the name, or a part of it, from the field in braces;
a row without that field stays as it is.
"""

from __future__ import annotations

import re
from typing import Callable, List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import SearchError
from lab.spl.values import as_text

_BRACES = re.compile(r"\{([^{}]+)\}")
_DEEPEST = 20


class Eval(Command):
    name = "eval"

    def __init__(self, args: Arguments) -> None:
        self.assignments = args.assignments()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        for name, expression in reversed(self.assignments):
            read = expression.fields()
            if wanted is None or read is None:
                return None
            if _BRACES.search(name):
                wanted = wanted | read | set(_BRACES.findall(name))
            elif name in wanted:
                wanted = (wanted - {name}) | read
        return wanted

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        names = [name for name, _ in self.assignments]
        if before is None or any(map(_BRACES.search, names)):
            return None
        return list(dict.fromkeys([*before, *names]))

    def run(self, rows: Rows, context: Context) -> Rows:
        compiled = [(name, expression.stored(context)) for name, expression in self.assignments]
        names = [_dynamic_name(name) if _BRACES.search(name) else None for name, _ in compiled]
        if any(names):
            return self._with_dynamic_names(rows, [(find, *pair) for find, pair in zip(names, compiled)])
        return self._with_fixed_names(rows, compiled)

    def _with_fixed_names(self, rows: Rows, compiled: list) -> Rows:
        for row in rows:
            for name, evaluate in compiled:
                value = evaluate(row)
                if value is None:
                    row.pop(name, None)
                else:
                    row[name] = value
            yield row

    def _with_dynamic_names(self, rows: Rows, compiled: list) -> Rows:
        for row in rows:
            for find, name, evaluate in compiled:
                value = evaluate(row)
                target = find(row) if find else name
                if target is None:
                    continue
                if value is None:
                    row.pop(target, None)
                else:
                    row[target] = value
            yield row


def _dynamic_name(name: str) -> Callable[[Row], Optional[str]]:
    """A function of the row that gives the name; a value with braces of its own is filled in again."""
    pieces = _BRACES.split(name)  # text, field, text, field, … text

    def find(row: Row) -> Optional[str]:
        found = _filled(pieces, row)
        for _ in range(_DEEPEST):
            if found is None or "{" not in found or not _BRACES.search(found):
                return found
            found = _filled(_BRACES.split(found), row)
        raise SearchError(f"the field name '{name}' is recursive without end")

    return find


def _filled(pieces: List[str], row: Row) -> Optional[str]:
    found = []
    for index, piece in enumerate(pieces):
        value = row.get(piece) if index % 2 else piece
        if value is None:
            return None
        found.append(as_text(value))
    return "".join(found)
