"""The row of column totals that addtotals and addcoltotals append."""

from __future__ import annotations

from typing import Dict, List, Optional

from lab.spl.context import Row
from lab.spl.field_patterns import FieldSelection
from lab.spl.values import Number, as_number, tidy


def total_row(rows: List[Row], fields: FieldSelection, labelfield: Optional[str], label: str) -> Row:
    """The sum of each selected field over what of it is a number; fields without any are left out.
    The label goes into `labelfield`, in place of a sum."""
    totals: Dict[str, Number] = {}
    for row in rows:
        for name, value in row.items():
            number = as_number(value) if fields.matches(name) else None
            if number is not None:
                totals[name] = totals.get(name, 0) + number
    found: Row = {name: tidy(total) for name, total in totals.items()}
    if labelfield is not None:
        found[labelfield] = label
    return found
