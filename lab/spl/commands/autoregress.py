"""autoregress: copy a field of earlier rows (Search Reference: autoregress).

`autoregress x p=1-3` sets `x_p1`, `x_p2`, `x_p3`; with one `p` the name may follow AS.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError


class AutoRegress(Command):
    name = "autoregress"

    def __init__(self, args: Arguments) -> None:
        token = args.option_token("p")
        text = "1" if token is None else token.value
        self.field = args.field()
        target = args.field("a name after AS") if args.keyword("as") else None
        args.done()
        first, _, last = text.partition("-")
        last = last or first
        if not (first.isdecimal() and last.isdecimal()) or not 1 <= int(first) <= int(last):
            raise args.error(f"p must be a number or a range such as 1-3, not {text}", token)
        self.steps = range(int(first), int(last) + 1)
        if target is not None and len(self.steps) > 1:
            raise args.error("AS goes with one p, not with a range")
        self.targets = [target or f"{self.field}_p{step}" for step in self.steps]

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else (wanted - set(self.targets)) | {self.field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, *self.targets]))

    def run(self, rows: Rows, context: Context) -> Rows:
        for bound, found in (("maxp", self.steps[-1]), ("maxrange", len(self.steps))):
            if found > context.limit("autoregress", bound):
                raise SearchError(f"p goes beyond {bound}={context.limit('autoregress', bound)}")
        earlier: Deque[Any] = deque(maxlen=self.steps[-1])  # the latest first
        for row in rows:
            value = row.get(self.field)
            for step, target in zip(self.steps, self.targets):
                found = earlier[step - 1] if len(earlier) >= step else None
                if found is not None:
                    row[target] = found
                elif target != self.field:
                    row.pop(target, None)
            earlier.appendleft(value)
            yield row
