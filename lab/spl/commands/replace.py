"""replace: other text for whole values (Search Reference: replace).

`replace a WITH b, *x WITH *y IN host`: the first pair that matches the whole value, case-sensitively;
without IN in every field, internal ones aside.
"""

from __future__ import annotations

import re
from typing import Any, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import fill_wildcards
from lab.spl.values import as_text, from_list, scalars


class Replace(Command):
    name = "replace"

    def __init__(self, args: Arguments) -> None:
        self.pairs: List[Tuple[Any, str]] = []
        while True:
            old = args.string("a text to replace")
            args.expect_keyword("with")
            at = args.peek()
            new = args.string("a text after WITH")
            if new.count("*") not in (0, old.count("*")):
                raise args.error("the wildcards before and after WITH do not match", at)
            self.pairs.append((re.compile("(.*)".join(map(re.escape, old.split("*"))), re.DOTALL), new))
            args.operator(",")
            if args.peek() is None or args.peek().is_word("in"):
                break
        self.fields = args.field_list(required=True) if args.keyword("in") else []
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | set(self.fields)

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            for field in self.fields or [name for name in row if not name.startswith("_")]:
                values = scalars(row.get(field))
                if values:
                    row[field] = from_list([self._replaced(value) for value in values])
            yield row

    def _replaced(self, value: Any) -> Any:
        text = as_text(value)
        for pattern, new in self.pairs:
            found: Optional[Any] = pattern.fullmatch(text)
            if found is not None:
                return fill_wildcards(new, found.groups()) if "*" in new else new
        return value
