"""One item of a statistics list, and reading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from lab.spl.errors import SearchError
from lab.spl.syntax.tokens import QUOTED_FIELD, STRING, WORD

if TYPE_CHECKING:
    from lab.spl.eval_expression.expression import Expression
    from lab.spl.syntax.argument_tokens import ArgumentTokens


@dataclass(frozen=True)
class Aggregation:
    """One item of a statistics list: `sum(bytes) AS total`, `count`, `dc(eval(lower(user)))`.

    `function` is lower-case (`perc95` with its number); exactly one of `field` and `expression` is
    set, neither for a function that stands alone. `name` is the output field: after AS, else as written,
    without quotes. A wildcard in `field` stands for every field it matches. Two hold others in `parts`:
    `eval(avg(a)/max(b))`, whose `expression` is over the names of its parts, and
    `sparkline(sum(x), 1h)`, of one part and perhaps a `span`. `args.error(message, aggregation)`
    points at it.
    """

    function: str
    field: Optional[str]
    expression: Optional[Expression]
    name: str
    renamed: bool
    start: int
    end: int
    parts: Tuple[Aggregation, ...] = ()
    span: Optional[str] = None


def read_aggregation(args: ArgumentTokens, index: int) -> Aggregation:
    """The item whose function is the token at `index` (options before it stay)."""
    text = args.source.text
    function = args.unread()[index]
    name = function.text.lower()
    field: Optional[str] = None
    expression: Optional[Expression] = None
    parts: Tuple[Aggregation, ...] = ()
    span: Optional[str] = None
    end, written = function.end, function.text
    if text[end : end + 1] == "(" and end < args.end:
        inner = args.peek(index + 2)
        if name in ("eval", "sparkline"):
            from lab.spl.statistics.nested_aggregations import read_eval, read_sparkline

            end = args.closing(function.end, args.end, function)
            if name == "eval":
                expression, parts = read_eval(args, text[function.end + 1 : end - 1], function)
            else:
                parts, span = read_sparkline(args, text[function.end + 1 : end - 1], function)
            written = text[function.start : end]
        elif inner is not None and inner.is_word("eval") and text[inner.end : inner.end + 1] == "(":
            from lab.spl.eval_expression.expression import read_expression

            expression, stop = read_expression(args.source, inner.end, args.end, args.parser, one_term=True)
            end = text.find(")", stop, args.end) + 1
            if not end or text[stop : end - 1].strip():
                raise SearchError(f"')' is missing after {name}(eval(…)", args.source, stop, stop + 1)
            written = text[function.start : end]
        else:
            end = args.call_end(function)
            argument = text[function.end + 1 : end - 1].strip()
            if inner is not None and inner.kind in (STRING, QUOTED_FIELD) and inner.end < end:
                end = text.find(")", inner.end, args.end) + 1
                if not end or text[inner.end : end - 1].strip():
                    raise args.error("expected one field in the parentheses", inner)
                argument = inner.value
            elif any(character in argument for character in ' ,"='):
                raise args.error(f"expected one field in {name}(…), not {argument}", function)
            field = argument or None
            written = f"{function.text}({field})" if field else function.text
    args.take_span(function.start, end)
    renamed = False
    following = args.peek(index)
    if following is not None and following.is_word("as"):
        args.take_span(following.start, following.end)
        if args.peek(index) is None:
            raise args.error("a name is missing after AS")
        if args.peek(index).kind not in (WORD, STRING, QUOTED_FIELD):
            raise args.error("a name is missing after AS", args.peek(index))
        written, renamed = args.take_field(index), True
    return Aggregation(name, field, expression, written, renamed, function.start, end, parts, span)
