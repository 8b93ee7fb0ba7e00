"""What an eval function is, and how the families of this folder register theirs.

Most functions are plain ones over values: `@scalar` wraps them, null in gives null out. Those that
need more (their arguments unevaluated, the time, the zone, a pattern compiled once) give a `build`:
from the call and the context to a closure over rows.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Optional, Union

from lab.spl.context import Context, Row
from lab.spl.errors import SearchError
from lab.spl.eval_expression.tree import ANY, BOOLEAN, Call, Evaluator, Literal, Node, fields_of, may_be_condition
from lab.spl.regex import compile_regex
from lab.spl.values import as_text, from_list, scalars

Build = Callable[[Call, Context], Evaluator]

FUNCTIONS: Dict[str, Function] = {}


class Function:
    """One eval function; `page` is where the Search Reference documents it."""

    def __init__(
        self, name: str, page: str, fewest: int, most: Optional[int], returns: str, build: Build, booleans: bool
    ) -> None:
        self.name = name
        self.page = page
        self.fewest = fewest
        self.most = most
        self.returns = returns
        self.build = build
        self.booleans = booleans  # whether it takes truth values as arguments
        self.json_value = False  # whether it may give a Boolean of JSON, which a field holds as text
        self.inspect: Optional[Callable[[Call], None]] = None
        self.type_of: Callable[[Call], str] = lambda call: self.returns
        self.fields_of: Callable[[Call], Optional[FrozenSet[str]]] = lambda call: fields_of(call.arguments)

    def check(self, call: Call) -> None:
        """Arity and, for functions that have one, the inspection of literal arguments, at parse time."""
        count = len(call.arguments)
        if count < self.fewest or (self.most is not None and count > self.most):
            raise call.error(f"takes {span_text(self.fewest, self.most)}, not {count}")
        if not self.booleans:
            for index, argument in enumerate(call.arguments):
                if argument.type == BOOLEAN:
                    raise call.error("takes no truth value here", index)
        if self.inspect is not None:
            self.inspect(call)


def span_text(fewest: int, most: Optional[int]) -> str:
    """How many arguments a function takes, in words."""
    if most is None:
        return f"at least {fewest} argument{'s' if fewest != 1 else ''}"
    if fewest == most:
        return f"{fewest} argument{'s' if fewest != 1 else ''}"
    return f"{fewest} to {most} arguments"


def function(
    *names: str, page: str, fewest: int, most: Optional[int] = -1, returns: str = ANY, booleans: bool = False
) -> Callable[[Build], Function]:
    """Register a `build` under its names; `most` None: any number, left out: the same as `fewest`."""

    def register(build: Build) -> Function:
        made = Function(names[0], page, fewest, fewest if most == -1 else most, returns, build, booleans)
        for name in names:
            FUNCTIONS[name] = made
        return made

    return register


def scalar(
    *names: str,
    page: str,
    fewest: int,
    most: Optional[int] = -1,
    returns: str = ANY,
    each: Union[bool, str] = False,
    booleans: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function over values. Null for any argument is null. With `each`, a multivalue as
    first argument is taken value by value: always where that is "documented", else by the reading
    "multivalue in a text function"."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        def build(call: Call, context: Context) -> Evaluator:
            apply = _each(body, context, each == "documented") if each else body
            evaluate = _applied(apply, [argument.compile(context) for argument in call.arguments])
            if call.arguments and all(isinstance(argument, Literal) for argument in call.arguments):
                value = evaluate({})
                return lambda row: value
            return evaluate

        function(*names, page=page, fewest=fewest, most=most, returns=returns, booleans=booleans)(build)
        return body

    return register


def _each(body: Callable[..., Any], context: Context, documented: bool) -> Callable[..., Any]:
    if not documented and context.reading("multivalue in a text function") == "null":
        return lambda first, *rest: None if first.__class__ is list else body(first, *rest)

    def apply(first: Any, *rest: Any) -> Any:
        if first.__class__ is list:
            return from_list([one for value in first for one in scalars(body(value, *rest))])
        return body(first, *rest)

    return apply


def _applied(body: Callable[..., Any], arguments: List[Evaluator]) -> Evaluator:
    if len(arguments) == 1:
        (only,) = arguments

        def one(row: Row) -> Any:
            value = only(row)
            return None if value is None else body(value)

        return one
    if len(arguments) == 2:
        left, right = arguments

        def two(row: Row) -> Any:
            first = left(row)
            if first is None:
                return None
            second = right(row)
            return None if second is None else body(first, second)

        return two

    def many(row: Row) -> Any:
        values = [argument(row) for argument in arguments]
        return None if None in values else body(*values)

    return many


def require_condition(call: Call, index: int) -> None:
    """The argument at `index` must be a truth value, as far as can be told before the run."""
    if not may_be_condition(call.arguments[index]):
        raise call.error("a condition is needed here, not a value", index)


def type_of_branches(branches: List[Node]) -> str:
    """The type of a function that gives one of `branches`; boolean as soon as one is, for then the
    result cannot be stored in a field."""
    types = {branch.type for branch in branches}
    if BOOLEAN in types:
        return BOOLEAN
    return types.pop() if len(types) == 1 else ANY


def pattern_argument(call: Call, index: int, context: Context) -> Callable[[Row], Any]:
    """A closure that gives the compiled regular expression in the argument at `index` (None: null);
    compiled once where it is a literal."""
    node = call.arguments[index]
    if isinstance(node, Literal):
        compiled = compile_regex(as_text(node.value))
        return lambda row: compiled
    evaluate = node.compile(context)

    def pattern(row: Row) -> Any:
        text = evaluate(row)
        return None if text is None else compile_regex(as_text(text))

    return pattern


def inspect_pattern(index: int) -> Callable[[Call], None]:
    """A check that a literal regular expression at `index` compiles, with its place."""

    def inspect(call: Call) -> None:
        node = call.arguments[index]
        if isinstance(node, Literal):
            try:
                compile_regex(as_text(node.value))
            except SearchError as error:
                raise call.error(error.reason, index) from None

    return inspect
