"""Reading what holds other statistics: `eval(avg(size)/max(delay))` and `sparkline(sum(bytes), 1h)`.

Search Reference, chart and timechart (`<eval-expression>`), stats and chart (`<sparkline-agg>`). In the
expression each statistic becomes a field of a row that holds their results.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, List, Optional, Tuple

from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import Expression, parse_expression
from lab.spl.statistics.aggregations import is_function
from lab.spl.statistics.spans import parse_span, time_span

if TYPE_CHECKING:
    from lab.spl.command import Aggregation, Arguments
    from lab.spl.syntax.tokens import Token

_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?P<name>[A-Za-z_]\w*)(?P<call>\()?|.", re.DOTALL)
_ONE_FIELD = re.compile(r"\s*(?:\"(?P<text>[^\"]*)\"|'(?P<quoted>[^']*)'|(?P<bare>[\w.:{}@-]+))?\s*")
_EVAL = re.compile(r"\s*eval\s*\((?P<inside>.*)\)\s*", re.DOTALL | re.IGNORECASE)
_SPARKLINE = re.compile(r"(?P<inside>.*?)\s*(?:,\s*(?P<span>\w+)\s*)?", re.DOTALL)
_STATISTIC = re.compile(r"\s*(?P<function>\w+)\s*(?P<call>\()?", re.DOTALL)
_SPARKLINE_FUNCTIONS = frozenset(
    ("c", "count", "dc", "mean", "avg", "stdev", "stdevp", "var", "varp", "sum", "sumsq", "min", "max", "range")
)


def read_eval(args: Arguments, text: str, where: Token) -> Tuple[Expression, Tuple[Aggregation, ...]]:
    """The expression of `eval(…)` over the results of its statistics, and those statistics."""
    found: List[Aggregation] = []
    written: List[str] = []
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        assert piece is not None
        name, end = piece.group("name"), piece.end()
        statistic = None
        if name and is_function(name.lower()):
            if piece.group("call"):
                stop = _closing(text, end - 1)
                statistic = _statistic(args, name, text[end : stop - 1], where) if stop else None
                end = stop if statistic is not None else end
            elif name.lower() == "count":
                statistic = _statistic(args, name, "", where)
        if statistic is None:
            written.append(piece.group())
        else:
            found.append(statistic)
            written.append(f"'{statistic.name}'")
        at = end
    try:
        expression = parse_expression("".join(written))
        unknown = (expression.fields() or frozenset()) - {one.name for one in found}
    except SearchError as error:
        raise args.error(f"in eval({text.strip()}): {error.reason}", where) from None
    if not found or unknown:
        what = f"'{min(unknown)}' is" if unknown else "there is"
        raise args.error(f"{what} no statistical function in eval({text.strip()})", where)
    return expression, tuple(found)


def read_sparkline(args: Arguments, text: str, where: Token) -> Tuple[Tuple[Aggregation, ...], Optional[str]]:
    """The statistic that `sparkline(…)` draws, and its span, if it names one."""
    found = _SPARKLINE.fullmatch(text)
    assert found is not None
    inside, span = found.group("inside"), found.group("span")
    statistic = _STATISTIC.match(inside)
    function = statistic.group("function").lower() if statistic else inside.strip()
    if function not in _SPARKLINE_FUNCTIONS:
        raise args.error(
            f"sparkline() takes no '{function}': use one of {' '.join(sorted(_SPARKLINE_FUNCTIONS))}", where
        )
    assert statistic is not None
    rest = inside[statistic.end() :].strip()
    if statistic.group("call"):
        if not rest.endswith(")"):
            raise args.error(f"a ')' is missing in sparkline({text})", where)
        rest = rest[:-1]
    elif rest:
        raise args.error(f"expected one statistical function in sparkline({text})", where)
    one = _statistic(args, statistic.group("function"), rest, where)
    if one is None or (one.field is None and one.expression is None and function not in ("c", "count")):
        raise args.error(f"{function} needs one field in sparkline({text.strip()})", where)
    if span is not None:
        try:
            time_span(parse_span(span))
        except SearchError as error:
            raise args.error(error.reason, where) from None
    return (one,), span


def _statistic(args: Arguments, function: str, argument: str, where: Token) -> Optional[Aggregation]:
    """`function(argument)` where that is a statistic of one field or of `eval(…)`; None where it is none."""
    from lab.spl.command import Aggregation

    name = f"{function}({argument.strip()})" if argument.strip() else function
    evaluated = _EVAL.fullmatch(argument)
    if evaluated:
        try:
            expression = parse_expression(evaluated.group("inside"))
        except SearchError as error:
            raise args.error(f"in {name}: {error.reason}", where) from None
        return Aggregation(function.lower(), None, expression, name, False, where.start, where.end)
    one = _ONE_FIELD.fullmatch(argument)
    if one is None:
        return None
    field = one.group("text") or one.group("quoted") or one.group("bare")
    return Aggregation(function.lower(), field, None, name, False, where.start, where.end)


def _closing(text: str, opening: int) -> Optional[int]:
    """The offset after the `)` that closes the `(` at `opening`; None where none does."""
    depth, at = 0, opening
    while at < len(text):
        piece = _PIECE.match(text, at)
        assert piece is not None
        depth += piece.group().count("(") - piece.group().count(")") if piece.group()[0] not in "\"'" else 0
        at = piece.end()
        if depth == 0:
            return at
    return None
