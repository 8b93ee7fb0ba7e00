"""Comparison and conditional functions (Search Reference page of that name)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any, List, Optional, Tuple, Union

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import BOOLEAN, Call, Evaluator, Literal, fields_of
from lab.spl.functions.registry import (
    FUNCTIONS,
    function,
    inspect_pattern,
    pattern_argument,
    require_condition,
    scalar,
    type_of_branches,
)
from lab.spl.syntax.source import Source
from lab.spl.values import as_text, equal, scalars
from lab.spl.wildcards import like_test

_PAGE = "Search Reference/Comparison and Conditional functions"

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


@function("if", page=_PAGE, fewest=3, booleans=True)
def if_(call: Call, context: Context) -> Evaluator:
    condition = call.arguments[0].condition(context)
    then, otherwise = (argument.compile(context) for argument in call.arguments[1:])
    return lambda row: then(row) if condition(row) is True else otherwise(row)


if_.inspect = lambda call: require_condition(call, 0)
if_.type_of = lambda call: type_of_branches(call.arguments[1:])


@function("case", page=_PAGE, fewest=2, most=None, booleans=True)
def case(call: Call, context: Context) -> Evaluator:
    branches = _branches(call, context)

    def evaluate(row: Row) -> Any:
        for condition, value in branches:
            if condition(row) is True:
                return value(row)
        return None

    return evaluate


def _branches(call: Call, context: Context) -> List[Tuple[Evaluator, Evaluator]]:
    pairs = zip(call.arguments[::2], call.arguments[1::2])
    return [(condition.condition(context), value.compile(context)) for condition, value in pairs]


def _inspect_pairs(call: Call) -> None:
    if len(call.arguments) % 2:
        raise call.error("takes pairs: a condition and a value", len(call.arguments) - 1)
    for index in range(0, len(call.arguments), 2):
        require_condition(call, index)


case.inspect = _inspect_pairs
case.type_of = lambda call: type_of_branches(call.arguments[1::2])


@function("validate", page=_PAGE, fewest=2, most=None, booleans=True)
def validate(call: Call, context: Context) -> Evaluator:
    """The value beside the first condition that is false; null where all are true."""
    branches = _branches(call, context)

    def evaluate(row: Row) -> Any:
        for condition, value in branches:
            if condition(row) is not True:
                return value(row)
        return None

    return evaluate


validate.inspect = _inspect_pairs
validate.type_of = lambda call: type_of_branches(call.arguments[1::2])


@function("coalesce", page=_PAGE, fewest=1, most=None)
def coalesce(call: Call, context: Context) -> Evaluator:
    arguments = [argument.compile(context) for argument in call.arguments]

    def evaluate(row: Row) -> Any:
        for argument in arguments:
            value = argument(row)
            if value is not None:
                return value
        return None

    return evaluate


@function("nullif", page=_PAGE, fewest=2)
def nullif(call: Call, context: Context) -> Evaluator:
    left, right = (argument.compile(context) for argument in call.arguments)

    def evaluate(row: Row) -> Any:
        one, other = left(row), right(row)
        if one is None or other is None:
            return one
        if one.__class__ is list or other.__class__ is list:
            return None if one == other else one
        return None if equal(one, other) else one

    return evaluate


@function("null", page=_PAGE, fewest=0)
def null(call: Call, context: Context) -> Evaluator:
    return lambda row: None


@function("true", page=_PAGE, fewest=0, returns=BOOLEAN)
def true(call: Call, context: Context) -> Evaluator:
    return lambda row: True


@function("false", page=_PAGE, fewest=0, returns=BOOLEAN)
def false(call: Call, context: Context) -> Evaluator:
    return lambda row: False


@function("in", page=_PAGE, fewest=2, most=None, returns=BOOLEAN)
def in_(call: Call, context: Context) -> Evaluator:
    """True if the first argument equals one of the others (compared as `=` does)."""
    needle = call.arguments[0].compile(context)
    others = [argument.compile(context) for argument in call.arguments[1:]]
    any_value = context.reading("multivalue comparison") == "any"
    literals = None
    if all(isinstance(argument, Literal) for argument in call.arguments[1:]):
        literals = frozenset(argument.value for argument in call.arguments[1:] if argument.type == "text")

    def evaluate(row: Row) -> Optional[bool]:
        value = needle(row)
        if value is None:
            return None
        if literals is not None and value.__class__ is str and value in literals:
            return True
        if value.__class__ is list and not any_value:
            return None
        known = True
        for other in others:
            candidate = other(row)
            if candidate is None:
                known = False
            elif any(equal(one, two) for one in scalars(value) for two in scalars(candidate)):
                return True
        return False if known else None

    return evaluate


@scalar("like", page=_PAGE, fewest=2, returns=BOOLEAN)
def like(value: Any, pattern: Any) -> bool:
    test = like_test(as_text(pattern))
    return any(test(as_text(one)) for one in scalars(value))


@function("match", page=_PAGE, fewest=2, returns=BOOLEAN)
def match(call: Call, context: Context) -> Evaluator:
    """True if the regular expression matches anywhere in the text; over a multivalue, in any value."""
    subject = call.arguments[0].compile(context)
    pattern = pattern_argument(call, 1, context)

    def evaluate(row: Row) -> Optional[bool]:
        value = subject(row)
        if value is None:
            return None
        regex = pattern(row)
        if regex is None:
            return None
        if value.__class__ is str:
            return regex.search(value) is not None
        return any(regex.search(as_text(one)) is not None for one in scalars(value))

    return evaluate


match.inspect = inspect_pattern(1)


@lru_cache(maxsize=4096)
def network(text: str) -> Optional[Network]:
    """An IPv4 or IPv6 range in CIDR notation; None for anything else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def address(text: str) -> Union[ipaddress.IPv4Address, ipaddress.IPv6Address, None]:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def in_network(range_text: str, value: str) -> bool:
    """True if the address lies in the range; False where either is none, or of the other family."""
    found, candidate = network(range_text), address(value)
    return found is not None and candidate is not None and candidate.version == found.version and candidate in found


@scalar("cidrmatch", page=_PAGE, fewest=2, returns=BOOLEAN)
def cidrmatch(range_text: Any, value: Any) -> bool:
    return any(in_network(as_text(one), as_text(two)) for one in scalars(range_text) for two in scalars(value))


def _inspect_cidr(call: Call) -> None:
    first = call.arguments[0]
    if isinstance(first, Literal) and network(as_text(first.value)) is None:
        raise call.error(f"'{first.value}' is no range in CIDR notation", 0)


FUNCTIONS["cidrmatch"].inspect = _inspect_cidr


@function("searchmatch", page=_PAGE, fewest=1, returns=BOOLEAN)
def searchmatch(call: Call, context: Context) -> Evaluator:
    """True where the row matches the search expression given as literal text."""
    from lab.spl.search_expression.expression import predicate

    return predicate(call.parsed, context)


def _inspect_searchmatch(call: Call) -> None:
    from lab.spl.search_expression.expression import read_search_expression

    node = call.arguments[0]
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise call.error("takes one literal text", 0)
    source = Source(node.value)
    try:
        call.parsed, _ = read_search_expression(source, 0, len(node.value), call.reader.parser)
    except SearchError as error:
        raise call.error(error.reason, 0) from None


searchmatch.inspect = _inspect_searchmatch
searchmatch.fields_of = lambda call: call.parsed.fields() if call.parsed is not None else fields_of(call.arguments)
