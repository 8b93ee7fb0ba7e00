"""strcat: join fields and texts into a field (Search Reference: strcat).

A word is a field, a quoted text stands for itself. A missing field counts as empty; with
`allrequired=true` the row then stays as it is.
"""

from __future__ import annotations

from typing import List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import as_text


class StrCat(Command):
    name = "strcat"

    def __init__(self, args: Arguments) -> None:
        self.allrequired = args.option_bool("allrequired", default=False)
        self.parts: List[Tuple[bool, str]] = []  # is it a field, the name or text
        while args.peek() is not None:
            if args.peek(1) is not None and args.peek(1).is_operator("="):
                args.done()  # an option there is none of
            is_field = args.peek().kind != "string"
            self.parts.append((is_field, args.field() if is_field else args.string()))
        if len(self.parts) < 2:
            raise args.error("sources and the name of a field are missing")
        _, self.target = self.parts.pop()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {text for is_field, text in self.parts if is_field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, self.target]))

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            texts = [row.get(text) if is_field else text for is_field, text in self.parts]
            if not (self.allrequired and None in texts):
                row[self.target] = "".join(as_text(text) for text in texts if text is not None)
            yield row
