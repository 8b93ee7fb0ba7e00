"""return: a subsearch's values as text for the search around it (Search Reference: return).

`return 2 user` gives `(user="a") OR (user="b")`, `return src=ip` renames, `return $n` gives the bare
value; the fields of a row stand side by side. Like format it makes one row with the field `search`, of
empty text where no row has anything to return. It looks at the first rows only, says what is the same
but once, and escapes no quotes.
"""

from __future__ import annotations

from itertools import islice
from typing import Dict, List, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.values import as_text, scalars


class Return(Command):
    name = "return"

    def __init__(self, args: Arguments) -> None:
        self.count = args.leading_int(default=1, minimum=1)
        self.items: List[Tuple[str, str]] = []  # the name to write ("" for a bare value), the field
        while args.peek() is not None:
            name, equals = self._name(args)
            if equals:
                self.items.append((name, args.field()))
            elif name.startswith("$"):
                self.items.append(("", name[1:]))
            else:
                self.items.append((name, name))
            args.operator(",")
        if not self.items:
            raise args.error("a field is missing")
        args.done()

    def _name(self, args: Arguments) -> Tuple[str, bool]:
        """The next name and whether it is an alias; the page allows no spaces around its `=`."""
        first, sign, value = args.peek(), args.peek(1), args.peek(2)
        name = args.field()
        if sign is None or not args.operator("="):
            return name, False
        if first is not None and value is not None and (first.end != sign.start or sign.end != value.start):
            raise args.error("no spaces may stand around the = of an alias", sign)
        return name, True

    def needs(self, wanted: Fields) -> Fields:
        return frozenset(field for _, field in self.items)

    def columns(self, before: None) -> List[str]:
        return ["search"]

    def run(self, rows: Rows, context: Context) -> Rows:
        found: Dict[str, None] = {}
        for row in islice(rows, self.count):
            text = self._text(row)
            if text:
                found[f"({text})" if self.count > 1 else text] = None
        yield {"search": " OR ".join(found)}

    def _text(self, row: Row) -> str:
        pieces = []
        for name, field in self.items:
            for value in scalars(row.get(field))[:1]:
                text = as_text(value)
                pieces.append(f'{name}="{text}"' if name else text)
        return " ".join(pieces)
