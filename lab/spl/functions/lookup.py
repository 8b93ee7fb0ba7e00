"""lookup() (Search Reference: Comparison and Conditional functions): what a lookup table has for some
values, as a JSON object. `lookup("users.csv", json_object("user", user), json_array("dept"))`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Optional

import orjson

from lab.spl.context import Context, Row
from lab.spl.context import Lookup as Table
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import Call, Evaluator, Literal
from lab.spl.functions.json_functions import JSON
from lab.spl.functions.registry import function
from lab.spl.paths import json_text
from lab.spl.values import as_text, from_list, scalars

_REMEMBERED = 10_000


@function("lookup", page="Search Reference/Comparison and Conditional functions", fewest=3, returns=JSON)
def lookup(call: Call, context: Context) -> Evaluator:
    """Each output field with its value, or the array of its values where several rows match; null where
    none does."""
    name = as_text(call.arguments[0].value)  # type: ignore[attr-defined]  # `inspect` saw to that
    table = context.lookup(name)
    inputs, outputs = (argument.compile(context) for argument in call.arguments[1:])

    @lru_cache(maxsize=_REMEMBERED)
    def found(asked: str, wanted: str) -> Optional[str]:
        return _answer(name, table, orjson.loads(asked), orjson.loads(wanted))

    def evaluate(row: Row) -> Any:
        asked, wanted = inputs(row), outputs(row)
        return None if asked is None or wanted is None else found(asked, wanted)

    return evaluate


def _answer(name: str, table: Table, asked: Dict[str, Any], wanted: List[str]) -> Optional[str]:
    for column in (*asked, *wanted):
        if column not in table.fields:
            raise SearchError(f"the lookup '{name}' has no field {column}")
    if None in asked.values():
        return None
    matches = table.match({column: as_text(value) for column, value in asked.items()}, wanted)
    answer: Dict[str, Any] = {}
    for column in wanted:
        value = from_list([as_text(one) for match in matches for one in scalars(match.get(column))])
        if value is not None:
            answer[column] = value
    return json_text(answer) if answer else None


def _inspect(call: Call) -> None:
    table, *objects = call.arguments
    if not isinstance(table, Literal):
        raise call.error("the lookup table must be a literal text", 0)
    for index, (node, name) in enumerate(zip(objects, ("json_object", "json_array")), 1):
        if not isinstance(node, Call) or node.function.name != name:
            raise call.error(f"takes {name}(…) here", index)


lookup.inspect = _inspect
