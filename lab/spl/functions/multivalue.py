"""Multivalue functions (Search Reference page of that name). A single value is a list of one."""

from __future__ import annotations

import math
from datetime import tzinfo
from typing import Any, List, Optional

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import NUMBER, TEXT, Call, Evaluator, Literal
from lab.spl.functions.registry import function, inspect_pattern, pattern_argument, require_condition, scalar
from lab.spl.times import relative_time, steps
from lab.spl.values import Number, as_number, as_text, from_list, scalars, tidy

_PAGE = "Search Reference/Multivalue eval functions"
_LONGEST_RANGE = 1_000_000


@function("mvappend", page=_PAGE, fewest=1, most=None)
def mvappend(call: Call, context: Context) -> Evaluator:
    arguments = [argument.compile(context) for argument in call.arguments]
    return lambda row: from_list([value for argument in arguments for value in scalars(argument(row))])


@scalar("mvcount", page=_PAGE, fewest=1, returns=NUMBER)
def mvcount(values: Any) -> int:
    return len(scalars(values))


@scalar("mvdedup", page=_PAGE, fewest=1)
def mvdedup(values: Any) -> Any:
    return from_list(list({as_text(value): value for value in scalars(values)}.values()))


def _one_field(call: Call) -> None:
    require_condition(call, 0)
    fields = call.arguments[0].fields()
    if fields is None or len(fields) != 1:
        raise call.error("its condition must name exactly one field", 0)


@function("mvfilter", page=_PAGE, fewest=1, booleans=True)
def mvfilter(call: Call, context: Context) -> Evaluator:
    """The values of the one field in the condition for which it is true."""
    condition = call.arguments[0].condition(context)
    (field,) = call.arguments[0].fields() or ("",)
    return lambda row: from_list([value for value in scalars(row.get(field)) if condition({field: value}) is True])


mvfilter.inspect = _one_field


@function("mvmap", page=_PAGE, fewest=2)
def mvmap(call: Call, context: Context) -> Evaluator:
    """The expression for each value of the first argument: a field, or an expression over one field,
    which the second argument then sees as a single value."""
    values, expression = (argument.compile(context) for argument in call.arguments)
    (field,) = call.arguments[0].fields() or ("",)

    def evaluate(row: Row) -> Any:
        found: List[Any] = []
        inner = dict(row)
        for value in scalars(values(row)):
            inner[field] = value
            found.extend(scalars(expression(inner)))
        return from_list(found)

    return evaluate


def _inspect_mvmap(call: Call) -> None:
    fields = call.arguments[0].fields()
    if fields is None or len(fields) != 1:
        raise call.error("its first argument must name exactly one field", 0)


mvmap.inspect = _inspect_mvmap


@function("mvfind", page=_PAGE, fewest=2, returns=NUMBER)
def mvfind(call: Call, context: Context) -> Evaluator:
    """The index, from 0, of the first value the regular expression matches."""
    values = call.arguments[0].compile(context)
    pattern = pattern_argument(call, 1, context)

    def evaluate(row: Row) -> Optional[int]:
        regex = pattern(row)
        if regex is None:
            return None
        for index, value in enumerate(scalars(values(row))):
            if regex.search(as_text(value)) is not None:
                return index
        return None

    return evaluate


mvfind.inspect = inspect_pattern(1)


@scalar("mvindex", page=_PAGE, fewest=2, most=3)
def mvindex(values: Any, start: Any, end: Any = None) -> Any:
    """From 0, the end inclusive; negative numbers count from the end. Null outside."""
    items, first = scalars(values), as_number(start)
    last = first if end is None else as_number(end)
    if first is None or last is None:
        return None
    low = int(first) + len(items) if first < 0 else int(first)
    high = int(last) + len(items) if last < 0 else int(last)
    if low < 0 or high < low:
        return None
    return from_list(items[low : high + 1])


@scalar("mvjoin", page=_PAGE, fewest=2, returns=TEXT)
def mvjoin(values: Any, delimiter: Any) -> str:
    return as_text(delimiter).join(map(as_text, scalars(values)))


@function("mvrange", page=_PAGE, fewest=2, most=3)
def mvrange(call: Call, context: Context) -> Evaluator:
    """Numbers from the first to before the second; the step may be a time span such as "1d"."""
    arguments = [argument.compile(context) for argument in call.arguments]
    zone = context.timezone

    def evaluate(row: Row) -> Any:
        values = [argument(row) for argument in arguments]
        start, end = as_number(values[0]), as_number(values[1])
        step = values[2] if len(values) == 3 else 1
        if start is None or end is None or step is None:
            return None
        size = as_number(step)
        if size is None:
            return from_list(_times(start, end, "+" + as_text(step), zone))
        if size == 0:
            raise SearchError("mvrange(): the step must not be 0")
        count = math.ceil(round((end - start) / size, 9))
        if count > _LONGEST_RANGE:
            raise SearchError(f"mvrange(): more than {_LONGEST_RANGE} values")
        return from_list([tidy(round(start + index * size, 9)) for index in range(count)])

    return evaluate


def _times(start: Number, end: Number, step: str, zone: tzinfo) -> List[Number]:
    found: List[Number] = []
    while start < end:
        found.append(tidy(start))
        if len(found) > _LONGEST_RANGE:
            raise SearchError(f"mvrange(): more than {_LONGEST_RANGE} values")
        start = relative_time(start, step, zone)
        if start <= found[-1]:
            raise SearchError(f"mvrange(): the step {step[1:]} is none")
    return found


def _inspect_step(call: Call) -> None:
    step = call.arguments[2] if len(call.arguments) == 3 else None
    if isinstance(step, Literal) and as_number(step.value) is None:
        try:
            steps("+" + as_text(step.value))
        except SearchError as error:
            raise call.error(error.reason, 2) from None


mvrange.inspect = _inspect_step


@scalar("mvreverse", page=_PAGE, fewest=1)
def mvreverse(values: Any) -> Any:
    return from_list(scalars(values)[::-1])


@scalar("mvsort", page=_PAGE, fewest=1)
def mvsort(values: Any) -> Any:
    """Lexicographically."""
    return from_list(sorted(scalars(values), key=as_text))


@scalar("mvzip", page=_PAGE, fewest=2, most=3)
def mvzip(left: Any, right: Any, delimiter: Any = ",") -> Any:
    between = as_text(delimiter)
    return from_list([as_text(a) + between + as_text(b) for a, b in zip(scalars(left), scalars(right))])


@scalar("split", page=_PAGE, fewest=2, each=True)
def split(value: Any, delimiter: Any) -> Any:
    """At each delimiter; an empty delimiter gives the characters."""
    text, between = as_text(value), as_text(delimiter)
    return from_list(text.split(between) if between else list(text))


@scalar("commands", page=_PAGE, fewest=1)
def commands(value: Any) -> Any:
    """The names of the commands in the text of a search."""
    from lab.spl.syntax.pipeline_text import command_names

    return from_list(command_names(as_text(value)))
