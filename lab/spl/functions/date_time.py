"""Date and time functions (Search Reference page of that name); the zone is the context's."""

from __future__ import annotations

from typing import Any

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import NUMBER, TEXT, Call, Evaluator, Literal
from lab.spl.functions.registry import function
from lab.spl.time_format import format_time, parse_time
from lab.spl.times import relative_time as moved
from lab.spl.times import steps
from lab.spl.values import Number, as_number, as_text, tidy

_PAGE = "Search Reference/Date and Time functions"


@function("now", page=_PAGE, fewest=0, returns=NUMBER)
def now(call: Call, context: Context) -> Evaluator:
    """When the search started, in whole seconds."""
    started = int(context.now)
    return lambda row: started


@function("time", page=_PAGE, fewest=0, returns=NUMBER)
def time(call: Call, context: Context) -> Evaluator:
    """The time of evaluation; the lab's clock stands still while a search runs."""
    return lambda row: context.now


@function("strftime", page=_PAGE, fewest=2, returns=TEXT)
def strftime(call: Call, context: Context) -> Evaluator:
    seconds, form = (argument.compile(context) for argument in call.arguments)
    zone = context.timezone

    def evaluate(row: Row) -> Any:
        number = as_number(seconds(row))
        text = form(row)
        return None if number is None or text is None else format_time(number, as_text(text), zone)

    return evaluate


@function("strptime", page=_PAGE, fewest=2, returns=NUMBER)
def strptime(call: Call, context: Context) -> Evaluator:
    value, form = (argument.compile(context) for argument in call.arguments)
    zone = context.timezone

    def now() -> float:
        return context.now  # read only where the text lacks its date

    def evaluate(row: Row) -> Any:
        text, pattern = value(row), form(row)
        if text is None or pattern is None or text.__class__ is list:
            return None
        parsed = parse_time(as_text(text), as_text(pattern), zone, now)
        return None if parsed is None else tidy(parsed)

    return evaluate


@function("relative_time", page=_PAGE, fewest=2, returns=NUMBER)
def relative_time(call: Call, context: Context) -> Evaluator:
    seconds, modifier = (argument.compile(context) for argument in call.arguments)
    zone = context.timezone

    def evaluate(row: Row) -> Any:
        number: Number = as_number(seconds(row))
        text = modifier(row)
        if number is None or text is None:
            return None
        try:
            return tidy(moved(number, as_text(text), zone))
        except SearchError:  # out of range, or a field's text that is no modifier
            return None

    return evaluate


def _inspect_modifier(call: Call) -> None:
    node = call.arguments[1]
    if isinstance(node, Literal):
        try:
            steps(as_text(node.value))
        except SearchError as error:
            raise call.error(error.reason, 1) from None


relative_time.inspect = _inspect_modifier
