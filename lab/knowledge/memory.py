"""Calculated fields remember: an expression over few fields gives the same value for the same inputs,
and a log repeats itself (addresses, agents, sessions), so most events find theirs."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Optional

from lab.spl.context import Context, Row, Value
from lab.spl.eval_expression.expression import Expression

Evaluate = Callable[[Row], Optional[Value]]
_OWN = frozenset(("_raw", "_time", "_indextime"))  # of each event its own: nothing to remember
_MOST_FIELDS = 3
_MOST_KEPT = 20_000
_IMPURE = re.compile(r"\b(?:random|time|now)\s*\(", re.IGNORECASE)
_UNKNOWN = object()


def remembered(expression: Expression, context: Context) -> Evaluate:
    """The compiled expression, with a memory where one can help."""
    evaluate = expression.compile(context)
    reads = expression.fields()
    if reads is None or not 0 < len(reads) <= _MOST_FIELDS or reads & _OWN or _IMPURE.search(expression.text):
        return evaluate
    return _Memory(evaluate, tuple(sorted(reads))).value


class _Memory:
    """Values by inputs, of the first so many inputs. Multivalues are neither kept (rows may be changed)
    nor looked up by."""

    def __init__(self, evaluate: Evaluate, fields: tuple) -> None:
        self._evaluate = evaluate
        self._fields = fields
        self._known: Dict[Any, Any] = {}
        self.value: Evaluate = self._of_one if len(fields) == 1 else self._of_several

    def _of_one(self, row: Row) -> Optional[Value]:
        key = row.get(self._fields[0])
        return self._evaluate(row) if key.__class__ is list else self._find(key, row)

    def _of_several(self, row: Row) -> Optional[Value]:
        key = tuple(map(row.get, self._fields))
        for part in key:
            if part.__class__ is list:
                return self._evaluate(row)
        return self._find(key, row)

    def _find(self, key: Any, row: Row) -> Optional[Value]:
        value = self._known.get(key, _UNKNOWN)
        if value is _UNKNOWN:
            value = self._evaluate(row)
            if value.__class__ is not list and len(self._known) < _MOST_KEPT:
                self._known[key] = value
        return value
