"""rangemap: name the range a number lies in (Search Reference: rangemap).

`rangemap field=count low=0-99 high=100-999 default=none` sets `range`; both ends belong to a range, and
a number in several has all their names.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import as_number, from_list

_NUMBER = r"-?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(f"({_NUMBER})-({_NUMBER})")


class RangeMap(Command):
    name = "rangemap"

    def __init__(self, args: Arguments) -> None:
        self.field = args.option("field")
        self.default = args.option("default", default="None")
        if self.field is None:
            raise args.error("field=… is missing")
        self.ranges: List[Tuple[str, float, float]] = []
        while args.peek() is not None:
            name = args.string("the name of a range")
            args.expect_operator("=")
            at = args.peek()
            found = _RANGE.fullmatch(args.string("a range such as 0-99"))
            if found is None:
                raise args.error("expected a range such as 0-99", at)
            low, high = float(found.group(1)), float(found.group(2))
            if low > high:
                raise args.error("the first number of a range must be the lower one", at)
            self.ranges.append((name, low, high))
            args.operator(",")
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else (wanted - {"range"}) | {self.field}

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, "range"]))

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            number = as_number(row.get(self.field))
            names = [name for name, low, high in self.ranges if number is not None and low <= number <= high]
            row["range"] = from_list(names) or self.default
            yield row
