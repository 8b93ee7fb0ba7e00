"""A lookup table asked for rows: every combination of a multivalue's values, each combination once.

The command `lookup` and the automatic lookups of props.conf both ask so.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Dict, Iterable, List, Sequence, Tuple

from lab.spl.context import Lookup, Row
from lab.spl.values import as_number, from_list, scalars


class LookupMatches:
    """`columns` of the table are matched; `outputs` are given."""

    def __init__(self, table: Lookup, columns: Sequence[str], outputs: Sequence[str]) -> None:
        self._table = table
        self._columns = columns
        self._outputs = outputs
        self._temporal = getattr(table, "temporal", False)
        self._known: Dict[Tuple[Any, ...], List[Row]] = {}

    def of(self, row: Row, fields: Sequence[str]) -> Row:
        """The output columns for a row, whose `fields` are matched; empty where nothing matches. Several matches make
        a multivalue in the order of the table."""
        time = as_number(row.get("_time")) if self._temporal else None
        matches = [match for values in _combinations(row, fields) for match in self._matches(values, time)]
        if not matches:
            return {}
        if len(matches) == 1:
            return matches[0]
        found: Row = {}
        for column in self._outputs:
            several = [one for match in matches for one in scalars(match.get(column))]
            value = from_list(several)
            if value is not None:
                found[column] = value
        return found

    def asked_ahead(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        """Tell a table that is asked in batches (an external one) what these rows will ask it."""
        wanted = dict.fromkeys(values for row in rows for values in _combinations(row, fields))
        new = [dict(zip(self._columns, values)) for values in wanted if values not in self._known]
        if new:
            self._table.ask(new)  # type: ignore[attr-defined]

    def _matches(self, values: Tuple[Any, ...], time: float | None) -> List[Row]:
        if self._temporal:
            return self._table.match(dict(zip(self._columns, values)), self._outputs, time)
        known = self._known.get(values)
        if known is None:
            known = self._known[values] = self._table.match(dict(zip(self._columns, values)), self._outputs)
        return known


def _combinations(row: Row, fields: Sequence[str]) -> Iterable[Tuple[Any, ...]]:
    return product(*(scalars(row.get(field)) for field in fields))
