"""Informational functions (Search Reference page of that name).

A field's text that looks like a number is a number; a literal in double quotes, or what a text
function returns, is a string.
"""

from __future__ import annotations

from typing import Any, Callable

import orjson

from lab.spl.context import Context, Row
from lab.spl.eval_expression.tree import BOOLEAN, TEXT, Call, Evaluator, Node
from lab.spl.field_patterns import wildcard_parts
from lab.spl.functions.registry import function
from lab.spl.paths import json_text
from lab.spl.values import Number, as_number, as_text, is_special

_PAGE = "Search Reference/Informational functions"


def typed(node: Node, value: Any) -> Any:
    """The value as its type counts: numeric-looking text of a field becomes the number."""
    if value.__class__ is str and node.type != TEXT:
        number = as_number(value)
        return value if number is None else number
    return value


def _whole(number: Number) -> bool:
    return number.__class__ is int


def _json_kind(value: Any, kind: type) -> bool:
    try:
        return value.__class__ is str and isinstance(orjson.loads(value), kind)
    except ValueError:
        return False


def _is_number(value: Any) -> bool:
    return value.__class__ in (int, float)


def _register(name: str, test: Callable[[Any], bool]) -> None:
    @function(name, page=_PAGE, fewest=1, returns=BOOLEAN, booleans=True)
    def build(call: Call, context: Context) -> Evaluator:
        argument = call.arguments[0]
        evaluate = argument.compile(context)
        return lambda row: test(typed(argument, evaluate(row)))


_register("isnull", lambda value: value is None)
_register("isnotnull", lambda value: value is not None)


@function("isnum", page=_PAGE, fewest=1, returns=BOOLEAN, booleans=True)
def isnum(call: Call, context: Context) -> Evaluator:
    """A number, or a field's "NaN", "inf" or "-inf", which isstr() calls a string all the same."""
    argument = call.arguments[0]
    evaluate = argument.compile(context)

    def test(row: Row) -> bool:
        value = typed(argument, evaluate(row))
        return _is_number(value) or (argument.type != TEXT and is_special(value))

    return test


_register("isint", lambda value: _is_number(value) and _whole(value))
_register("isdouble", lambda value: _is_number(value) and not _whole(value))
_register("isstr", lambda value: value.__class__ is str)
_register("isbool", lambda value: value.__class__ is bool)
_register("ismv", lambda value: value.__class__ is list and len(value) > 1)
_register("isarray", lambda value: _json_kind(value, list))
_register("isobject", lambda value: _json_kind(value, dict))


@function("typeof", page=_PAGE, fewest=1, returns=TEXT, booleans=True)
def typeof(call: Call, context: Context) -> Evaluator:
    argument = call.arguments[0]
    evaluate = argument.compile(context)

    def name(row: Row) -> str:
        value = typed(argument, evaluate(row))
        if value is None:
            return "Invalid"
        if value.__class__ is bool:
            return "Boolean"
        if value.__class__ is list:
            return "Multivalue"
        return "Number" if _is_number(value) else "String"

    return name


@function("getfields", page=_PAGE, fewest=0, most=1)
def getfields(call: Call, context: Context) -> Evaluator:
    """A JSON object of the row's fields whose names match the pattern (`*` any text)."""
    pattern = call.arguments[0].compile(context) if call.arguments else lambda row: "*"

    def evaluate(row: Row) -> Any:
        wanted = pattern(row)
        if wanted is None:
            return None
        return json_text({name: row[name] for name in row if wildcard_parts(as_text(wanted), name) is not None})

    return evaluate


getfields.fields_of = lambda call: None
