"""replace: other text for whole values (Search Reference: replace).

`replace a WITH b, *x WITH *y IN host`: the pair that matches the whole value, case-sensitively. Of
several that do, one without wildcards wins, the later of two such; of those with wildcards the fullest
match, the one with the most text of its own. Without IN in every field, internal ones aside.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.field_patterns import fill_wildcards
from lab.spl.values import as_text, from_list, scalars
from lab.spl.wildcards import wildcard_parts


class Replace(Command):
    name = "replace"

    def __init__(self, args: Arguments) -> None:
        self.exact: Dict[str, str] = {}
        patterns: List[Tuple[str, str]] = []
        while True:
            old = args.string("a text to replace")
            args.expect_keyword("with")
            at = args.peek()
            new = args.string("a text after WITH")
            if new.count("*") not in (0, old.count("*")):
                raise args.error("the wildcards before and after WITH do not match", at)
            if "*" in old:
                patterns.append((old, new))
            else:
                self.exact[old] = new
            args.operator(",")
            if args.peek() is None or args.peek().is_word("in"):
                break
        self.fields = args.field_list(required=True) if args.keyword("in") else []
        args.done()
        patterns.sort(key=lambda pair: len(pair[0].replace("*", "")), reverse=True)
        self.patterns = [(old.split("*"), new) for old, new in patterns]

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
        exact = self.exact.get(text)
        if exact is not None:
            return exact
        for pieces, new in self.patterns:
            parts = wildcard_parts(pieces, text)
            if parts is not None:
                return fill_wildcards(new, parts) if "*" in new else new
        return value
