"""Running one search over given rows, in the world of the conformance vectors."""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Mapping, Sequence

from lab.knowledge.rows_context import vector_surroundings
from lab.spl.conformance import same_row, same_value
from lab.spl.search import Result, parse
from lab.spl.vector_context import GivenContext

Row = Dict[str, Any]

SURROUNDINGS = vector_surroundings()


def result_of(spl: str, rows: Sequence[Row], settings: Mapping[str, Any] = {}) -> Result:  # noqa: B006  read only
    """What `spl` gives over `rows`, which must come out of it untouched; `settings` as in a vector's context."""
    before = copy.deepcopy(rows)
    context = GivenContext(SURROUNDINGS, list(rows), settings)
    found = parse(spl, context).run(context)
    assert rows == before, f"the events themselves were changed by {spl}"
    return found


def search(spl: str, rows: Sequence[Row], settings: Mapping[str, Any] = {}) -> List[Row]:  # noqa: B006
    return result_of(spl, rows, settings).rows


def same_rows(found: Sequence[Row], expected: Sequence[Row], ordered: bool = True) -> bool:
    """Equal as conformance vectors are (numbers by value, internal fields only where expected)."""
    if len(found) != len(expected):
        return False
    if ordered:
        return all(map(same_row, found, expected))
    left = list(found)
    for row in expected:
        match = next((index for index, other in enumerate(left) if same_row(other, row)), None)
        if match is None:
            return False
        del left[match]
    return True


__all__ = ["Row", "result_of", "same_rows", "same_value", "search"]
