"""addinfo: what the search itself is (Search Reference: addinfo).

`info_min_time` and `info_max_time` are its time range (`0` and `+Infinity` where it is open),
`info_search_time` its start, `info_sid` its id. The lab has no ids of jobs: the start stands for it.
"""

from __future__ import annotations

import math
from typing import List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import tidy

_FIELDS = ("info_min_time", "info_max_time", "info_sid", "info_search_time")


class AddInfo(Command):
    name = "addinfo"

    def __init__(self, args: Arguments) -> None:
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted - set(_FIELDS)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, *_FIELDS]))

    def run(self, rows: Rows, context: Context) -> Rows:
        latest = tidy(context.latest) if math.isfinite(context.latest) else "+Infinity"
        earliest = tidy(context.earliest) if math.isfinite(context.earliest) else 0
        values = dict(zip(_FIELDS, (earliest, latest, f"{context.now:.3f}", tidy(context.now))))
        for row in rows:
            row.update(values)
            yield row
