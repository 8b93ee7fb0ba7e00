"""return: a subsearch's values as text for the search around it (Search Reference: return).

`return 2 user` gives `(user="a") OR (user="b")`, `return src=ip` renames, `return $n` gives the bare
value; the fields of a row stand side by side. Like format it makes one row with the field `search`.
"""

from __future__ import annotations

from typing import List, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.values import as_text, scalars


class Return(Command):
    name = "return"

    def __init__(self, args: Arguments) -> None:
        self.count = args.leading_int(default=1, minimum=1)
        self.items: List[Tuple[str, str]] = []  # the name to write ("" for a bare value), the field
        while args.peek() is not None:
            name = args.field()
            if args.operator("="):
                self.items.append((name, args.field()))
            elif name.startswith("$"):
                self.items.append(("", name[1:]))
            else:
                self.items.append((name, name))
            args.operator(",")
        if not self.items:
            raise args.error("a field is missing")
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return frozenset(field for _, field in self.items)

    def columns(self, before: None) -> List[str]:
        return ["search"]

    def run(self, rows: Rows, context: Context) -> Rows:
        found = []
        for row in rows:
            text = self._text(row)
            if text:
                found.append(text)
            if len(found) == self.count:
                break
        if self.count > 1:
            found = [f"({text})" for text in found]
        yield {"search": " OR ".join(found)} if found else {}

    def _text(self, row: Row) -> str:
        pieces = []
        for name, field in self.items:
            for value in scalars(row.get(field))[:1]:
                text = as_text(value)
                pieces.append(f'{name}="{_quoted(text)}"' if name else text)
        return " ".join(pieces)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
