"""Rows of several searches as one stream, newest first where they are events."""

from __future__ import annotations

from typing import List

from lab.spl.context import Row
from lab.spl.values import as_number


def merged(results: List[List[Row]]) -> List[Row]:
    """All rows; in the order of `_time`, newest first, if every row has one, else one after another."""
    rows = [row for result in results for row in result]
    times = [as_number(row.get("_time")) for row in rows]
    if any(time is None for time in times):
        return rows
    order = sorted(range(len(rows)), key=lambda index: times[index], reverse=True)  # type: ignore[arg-type, return-value]
    return [rows[index] for index in order]
