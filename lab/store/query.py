"""The KV store's query language: filter, sort and fields as its REST endpoint takes them.

Conditions and operators: REST API Reference, KV store endpoint descriptions (`query`, `fields`,
`sort`). Comparison keeps to one type, as the document database underneath does: a number never
equals its text, and only `$ne` and null match a field that is not there.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

Document = Dict[str, Any]
Condition = Callable[[Mapping[str, Any]], bool]


class BadQuery(Exception):
    """A filter, sort or field list that the KV store does not take."""


def compile_filter(query: Mapping[str, Any]) -> Condition:
    """`{"user": "a", "n": {"$gt": 5}, "$or": [...]}` → a condition on documents."""
    if not isinstance(query, Mapping):
        raise BadQuery(f"a query is a JSON object, not {query!r}")
    return _all([_clause(key, value) for key, value in query.items()])


def parse_sort(text: str) -> List[Tuple[str, int]]:
    """`severity:-1,user` → [("severity", -1), ("user", 1)]."""
    order = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, colon, direction = part.rpartition(":")
        if not colon:
            field, direction = part, "1"
        if direction not in ("1", "-1"):
            raise BadQuery(f"sort direction of {field!r} is 1 or -1, not {direction!r}")
        order.append((field, int(direction)))
    return order


def parse_fields(text: str) -> Dict[str, bool]:
    """`user,_key:0` → {"user": True, "_key": False}; including and excluding do not mix, but for _key."""
    fields: Dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, colon, include = part.rpartition(":")
        if not colon:
            field, include = part, "1"
        if include not in ("0", "1"):
            raise BadQuery(f"fields: {field!r} is included by 1 or excluded by 0, not {include!r}")
        fields[field] = include == "1"
    if len({include for field, include in fields.items() if field != "_key"}) > 1:
        raise BadQuery("fields cannot both include and exclude")
    return fields


def project(document: Mapping[str, Any], fields: Mapping[str, bool]) -> Document:
    """The document with the fields asked for; `_key` stays unless excluded."""
    if any(include for field, include in fields.items() if field != "_key"):
        return {name: value for name, value in document.items() if fields.get(name, name == "_key")}
    return {name: value for name, value in document.items() if fields.get(name, True)}


def sorted_documents(documents: Sequence[Document], order: Sequence[Tuple[str, int]]) -> List[Document]:
    result = list(documents)
    for field, direction in reversed(order):
        result.sort(key=lambda document: _rank(_value(document, field)), reverse=direction < 0)  # noqa: B023
    return result


def _clause(key: str, value: Any) -> Condition:
    if key in ("$and", "$or"):
        if not isinstance(value, list) or not value:
            raise BadQuery(f"{key} takes a list of queries")
        return (_all if key == "$and" else _any)([compile_filter(part) for part in value])
    if key == "$not":
        inner = compile_filter(value)
        return lambda document: not inner(document)
    if key.startswith("$"):
        raise BadQuery(f"unknown operator {key}")
    if isinstance(value, Mapping) and any(name.startswith("$") for name in value):
        return _all([_comparison(key, operator, operand) for operator, operand in value.items()])
    return _comparison(key, "$eq", value)


def _comparison(field: str, operator: str, operand: Any) -> Condition:
    if operator == "$not":
        inner = _clause(field, operand)
        return lambda document: not inner(document)
    if operator == "$ne":
        return lambda document: not _equal(_value(document, field), operand)
    if operator == "$eq":
        return lambda document: _equal(_value(document, field), operand)
    compare = _ORDER.get(operator)
    if compare is None:
        raise BadQuery(f"unknown operator {operator}")
    return lambda document: any(
        _comparable(value, operand) and compare(value, operand) for value in _each(_value(document, field))
    )


_ORDER: Dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda value, operand: value > operand,
    "$gte": lambda value, operand: value >= operand,
    "$lt": lambda value, operand: value < operand,
    "$lte": lambda value, operand: value <= operand,
}


def _all(conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return lambda document: all(condition(document) for condition in conditions)


def _any(conditions: Sequence[Condition]) -> Condition:
    return lambda document: any(condition(document) for condition in conditions)


def _value(document: Mapping[str, Any], field: str) -> Optional[Any]:
    """The value at `a` or, inside objects, `a.b`; None where there is none."""
    if field in document:
        return document[field]
    value: Any = document
    for part in field.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else (value,)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def _comparable(value: Any, operand: Any) -> bool:
    return _kind(value) == _kind(operand) and _kind(value) in ("number", "str", "bool")


def _equal(value: Any, operand: Any) -> bool:
    if _kind(value) == _kind(operand) and value == operand:
        return True
    return isinstance(value, list) and any(_kind(item) == _kind(operand) and item == operand for item in value)


_KIND_ORDER = {"NoneType": 0, "number": 1, "str": 2, "dict": 3, "list": 4, "bool": 5}


def _rank(value: Any) -> Tuple[int, Any]:
    """Values of one kind by their order, of several by the database's order of kinds."""
    kind = _kind(value)
    if kind == "list":
        return (_rank(value[0]) if value else (0, 0))[:1] + (str(value),)
    return _KIND_ORDER[kind], 0 if value is None else str(value) if kind == "dict" else value
