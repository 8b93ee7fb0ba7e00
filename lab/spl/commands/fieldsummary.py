"""fieldsummary: a row of statistics for each field (Search Reference: fieldsummary).

`count`, `distinct_count`, `is_exact` (1: the lab counts every value), and `max`, `mean`, `min`, `numeric_count`,
`stdev` of the numbers; `values` is JSON text, the `maxvals` most frequent values with their counts.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from typing import Any, Dict, List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.field_patterns import FieldSelection
from lab.spl.values import as_number, as_text, scalars, tidy

_COLUMNS = "field count distinct_count is_exact max mean min numeric_count stdev values"


class FieldSummary(Command):
    """Fields in the order of their names; internal ones only where they are named."""

    name = "fieldsummary"

    def __init__(self, args: Arguments) -> None:
        self.maxvals = args.option_int("maxvals", default=100, minimum=0)
        names = args.field_list()
        self.selection = FieldSelection(names or ["*"])
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if self.selection.has_patterns else frozenset(self.selection.names)

    def columns(self, before: None) -> List[str]:
        return _COLUMNS.split()

    def run(self, rows: Rows, context: Context) -> Rows:
        found: Dict[str, Counter[str]] = {}
        counts: Counter[str] = Counter()
        for row in rows:
            for name, value in row.items():
                if not self.selection.matches(name):
                    continue
                counts[name] += 1
                found.setdefault(name, Counter()).update(map(as_text, scalars(value)))
        for name in sorted(found):
            yield self._summary(name, counts[name], found[name])

    def _summary(self, name: str, count: int, texts: Counter[str]) -> Row:
        numbers = [number for text in texts.elements() for number in [as_number(text)] if number is not None]
        row: Row = {"field": name, "count": count, "distinct_count": len(texts), "is_exact": 1}
        row["numeric_count"] = len(numbers)
        if numbers:
            measures: Dict[str, Any] = {
                "max": max(numbers),
                "min": min(numbers),
                "mean": statistics.fmean(numbers),
                "stdev": statistics.stdev(numbers) if len(numbers) > 1 else 0,
            }
            row.update({measure: tidy(number) for measure, number in measures.items()})
        kept = sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))[: self.maxvals or None]
        listed = [{"value": text, "count": times} for text, times in kept]
        row["values"] = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
        return row
