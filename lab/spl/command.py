"""What a search command is, and how it reads its own arguments.

A command parses and checks its arguments once (`__init__`, through `Arguments`), says which fields
it needs (`needs`), and turns rows into rows (`run`). It reads no file and no clock: the context
gives everything. A row belongs to the command that receives it, which may change it in place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, FrozenSet, List, Optional, Protocol, Sequence, Tuple, Union

from lab.spl.context import Context, Row, Rows  # noqa: F401  commands import them from here
from lab.spl.errors import SearchError, Unsupported
from lab.spl.source import Source
from lab.spl.tokens import OPERATOR, QUOTED_FIELD, STRING, SUBSEARCH, WORD, Span, Token, tokens, unescaped

if TYPE_CHECKING:
    from lab.spl.expression import Expression
    from lab.spl.search import Pipeline, Search
    from lab.spl.search_expression import SearchExpression
    from lab.spl.search_tree import EventType

Fields = Optional[FrozenSet[str]]  # None: all fields
ALL_FIELDS: Fields = None

_CLOSING = re.compile(r'(?<!\\)"\)"')  # of an expression between "(" and ")", where inner quotes are escaped
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class Command:
    """One search command; `name` is what stands after the pipe."""

    name: ClassVar[str]
    aliases: ClassVar[Tuple[str, ...]] = ()
    generating: ClassVar[bool] = False  # may stand first, after a leading pipe

    def __init__(self, args: Arguments) -> None:
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        """The fields needed before this command, given those wanted after it (Splunk's own field
        projection). The default, all, is always right and never fast. Wildcards count as all."""
        return ALL_FIELDS

    def inner_fields(self) -> Fields:
        """The fields of events that searches need which the command itself finds and runs (a saved search,
        map's template); those in its brackets are known without it."""
        return frozenset()

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """The order of result columns after this command; None: the order of first appearance."""
        return before

    def arranged(self, found: List[str]) -> List[str]:
        """The order of the last command's columns where only its rows tell which there are."""
        return found

    def run(self, rows: Rows, context: Context) -> Rows:
        raise NotImplementedError


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


class SubsearchParser(Protocol):
    """What the parser lends to the readers of arguments: searches inside brackets, event types."""

    context: Context

    def event_type(self, name: str) -> EventType: ...

    def other_event_types(self) -> Sequence[str]: ...

    def search(self, start: int, end: int) -> Search: ...

    def pipeline(self, start: int, end: int) -> Pipeline: ...

    def template(self, text: str) -> Pipeline: ...


class Arguments:
    """What stands after a command's name, read once, in the order the command likes.

    Options (`name=value`) are taken from wherever they stand, before or after the rest; everything
    else is read from left to right. `done()` makes an error of whatever nobody asked for. Every error
    carries its position.
    """

    def __init__(
        self,
        source: Source,
        command: str,
        start: int,
        end: int,
        parser: Optional[SubsearchParser] = None,
        first: bool = False,
    ) -> None:
        self.source = source
        self.command = command
        self.first = first  # whether the command leads the search, after a leading pipe
        self._start = start  # of what is not read yet
        self._end = end
        self._parser = parser
        self._taken: List[Span] = []  # options read from ahead
        self._lexed: Optional[List[Token]] = None

    def reading(self, question: str) -> Optional[str]:
        """The reading in force (`lab.spl.readings`); None where no parser stands behind these arguments."""
        return None if self._parser is None else self._parser.context.reading(question)

    # ---- tokens ----

    def peek(self, ahead: int = 0) -> Optional[Token]:
        """The next token (or the one `ahead` of it), None at the end; nothing is consumed."""
        rest = self._rest()
        return rest[ahead] if ahead < len(rest) else None

    def next(self, what: str = "an argument") -> Token:
        """Consume the next token; at the end, an error that says `what` is missing."""
        token = self.peek()
        if token is None:
            raise self.error(f"{what} is missing")
        self._rest().pop(0)
        self._start = token.end
        return token

    def keyword(self, *names: str) -> Optional[str]:
        """Consume one of these bare words (any case); its lower-case form, or None."""
        token = self.peek()
        if token is None or not token.is_word(*(name.lower() for name in names)) or self._is_option(0):
            return None
        return self.next().text.lower()

    def expect_keyword(self, *names: str) -> str:
        found = self.keyword(*names)
        if found is None:
            raise self.error(f"expected {' or '.join(name.upper() for name in names)}", self.peek())
        return found

    def operator(self, text: str) -> bool:
        """Consume the operator `text` (one of `, ( ) = != < <= > >=`) if it is next."""
        token = self.peek()
        if token is None or not token.is_operator(text):
            return False
        self.next()
        return True

    def expect_operator(self, text: str) -> None:
        if not self.operator(text):
            raise self.error(f"expected '{text}'", self.peek())

    def word(self, what: str = "a word") -> str:
        """One bare word as written."""
        token = self.next(what)
        if token.kind != WORD:
            raise self.error(f"expected {what}, not {token.text}", token)
        return token.text

    def string(self, what: str = "a string") -> str:
        """A quoted string without its quotes, or one bare word."""
        token = self.next(what)
        if token.kind not in (STRING, WORD):
            raise self.error(f"expected {what}, not {token.text}", token)
        return token.value

    def field(self, what: str = "a field") -> str:
        """One field name: bare, quoted, or of the form `sum(x)` that stats leaves behind."""
        token = self.next(what)
        if token.kind in (STRING, QUOTED_FIELD):
            return token.value
        if token.kind != WORD:
            raise self.error(f"expected {what}, not {token.text}", token)
        end = self._call_end(token)
        self._skip_to(end)
        return unescaped(self.source.text[token.start : end])

    def number(self, what: str = "a number") -> float:
        token = self.next(what)
        return self._number(token.value, what, token)

    def integer(self, what: str = "an integer") -> int:
        token = self.next(what)
        return self._integer(token.value, what, token)

    def leading_int(self, default: Optional[int] = None, minimum: Optional[int] = None) -> Optional[int]:
        """The integer that may stand first (`head 5`, `dedup 2 host`); `default` where none does."""
        token = self.peek()
        if token is None or token.kind != WORD or not token.text.lstrip("+-").isdigit():
            return default
        self.next()
        value = int(token.text)
        if minimum is not None and value < minimum:
            raise self.error(f"{value} is below the minimum, {minimum}", token)
        return value

    def part_before(self, *words: str) -> Arguments:
        """What stands before the first of these bare words, to be read on its own (its options are
        looked for there alone); these arguments then begin with that word, or are at their end."""
        at = 0
        token = self.peek()
        while token is not None and not (token.is_word(*words) and not self._is_option(at)):
            at += 1
            token = self.peek(at)
        return self.part_to(self._end if token is None else token.start)

    def leading_options(self) -> Arguments:
        """The options that stand next, to be read on their own: they belong to what stands before them."""
        at = 0
        while self._is_option(at):
            at += 3
        token = self.peek(at)
        return self.part_to(self._end if token is None else token.start)

    def part_to(self, stop: int) -> Arguments:
        """What stands before this offset, to be read on its own."""
        start = self._next_start()
        part = Arguments(
            self.source, self.command, stop if start is None else min(start, stop), stop, self._parser, self.first
        )
        part._taken = list(self._taken)
        self._skip_to(stop)
        return part

    # ---- fields ----

    def field_list(self, required: bool = False, until: Sequence[str] = ()) -> List[str]:
        """Field names, separated by commas or spaces, up to one of the keywords `until`, an operator,
        a subsearch or the end. Options among them are left for `option`."""
        stops = tuple(word.lower() for word in until)
        found: List[str] = []
        after_comma = False
        at = 0
        while True:
            token = self.peek(at)
            if token is None or token.is_word(*stops):
                break
            if self._is_option(at):
                at += 3  # not ours; `option` or `done` will deal with it
                continue
            if token.is_operator(","):
                if after_comma or not found:
                    raise self.error("a field is missing before this comma", token)
                after_comma = True
                self._remove(at, 1)
                continue
            if token.kind not in (WORD, STRING, QUOTED_FIELD):
                break
            found.append(self._take_field(at))
            after_comma = False
        if after_comma:
            raise self.error("a field is missing after the comma")
        if required and not found:
            raise self.error("a field is missing", self.peek())
        return found

    def by_clause(self, until: Sequence[str] = ()) -> List[str]:
        """The fields after BY; an empty list where there is no BY."""
        return self.field_list(required=True, until=until) if self.keyword("by") else []

    # ---- options ----

    def option(self, *names: str, default: Optional[str] = None) -> Optional[str]:
        """The value of `name=value`, wherever it stands (quotes removed); names are case-insensitive."""
        token = self._option_token(*names)
        return default if token is None else token.value

    def option_token(self, *names: str) -> Optional[Token]:
        """The same as the token that stands there, for an error to point at."""
        return self._option_token(*names)

    def option_bool(self, *names: str, default: Optional[bool] = None) -> Optional[bool]:
        token = self._option_token(*names)
        if token is None:
            return default
        value = _BOOLEANS.get(token.value.lower())
        if value is None:
            raise self.error(f"{names[0]} must be true or false, not {token.text}", token)
        return value

    def option_int(
        self, *names: str, default: Optional[int] = None, minimum: Optional[int] = None, maximum: Optional[int] = None
    ) -> Optional[int]:
        token = self._option_token(*names)
        if token is None:
            return default
        value = self._integer(token.value, names[0], token)
        if minimum is not None and value < minimum:
            raise self.error(f"{names[0]} must be at least {minimum}", token)
        if maximum is not None and value > maximum:
            raise self.error(f"{names[0]} must be at most {maximum}", token)
        return value

    def option_number(self, *names: str, default: Optional[float] = None) -> Optional[float]:
        token = self._option_token(*names)
        return default if token is None else self._number(token.value, names[0], token)

    def option_choice(self, *names: str, choices: Sequence[str], default: Optional[str] = None) -> Optional[str]:
        """The value of an option that knows only `choices` (lower-case; compared in any case)."""
        token = self._option_token(*names)
        if token is None:
            return default
        if token.value.lower() not in choices:
            raise self.error(f"{names[0]} must be one of {', '.join(choices)}, not {token.text}", token)
        return token.value.lower()

    def option_expression(self, *names: str) -> Optional[Expression]:
        """The eval expression of an option, in parentheses or in the form `"("…")"` of the Search
        Reference's streamstats page, where the inner quotes are escaped."""
        from lab.spl.expression import parse_expression, read_expression

        first = self._option_index(*names)
        if first is None:
            return None
        token, value = self._rest()[first], self.peek(first + 2)
        if value is None:
            raise self.error(f"{names[0]} has no value", token)
        text = self.source.text
        if value.kind == STRING and value.value == "(":
            closing = _CLOSING.search(text, value.end, self._end)
            if closing is None:
                raise self.error(f'the expression of {names[0]} is never closed: ")" is missing', value)
            expression = parse_expression(text[value.end : closing.start()].replace('\\"', '"'))
            stop = closing.end()
        elif value.kind == STRING:
            expression, stop = parse_expression(value.value), value.end
        elif value.is_operator("("):
            expression, stop = read_expression(self.source, value.start, self._end, self._parser, one_term=True)
        else:
            raise self.error(f"{names[0]} needs an expression in parentheses", value)
        self._take_span(token.start, stop)
        return expression

    def option_filter(self, *names: str) -> Optional[Tuple[str, str, Token]]:
        """An option that takes a condition, as transaction's startswith does: ("eval", text) for
        `eval(…)`, ("search", text) for a word, a quoted text or a search expression in parentheses;
        and the option's name, for an error to point at."""
        first = self._option_index(*names)
        if first is None:
            return None
        token, value = self._rest()[first], self.peek(first + 2)
        if value is None or (value.kind == OPERATOR and value.text != "("):
            raise self.error(f"{names[0]} has no value", token)
        text, end = self.source.text, value.end
        kind, found = "search", value.value
        if value.kind == OPERATOR:
            end = self._closing(value.start, self._end, value)
            found = text[value.start + 1 : end - 1]
        elif value.is_word("eval") and text[value.end : value.end + 1] == "(":
            end = self._closing(value.end, self._end, value)
            kind, found = "eval", text[value.end + 1 : end - 1]
        elif value.kind == WORD and text[end : end + 1] == "=":
            compared = self.peek(first + 4)  # field=value without parentheses
            if compared is not None and compared.kind in (WORD, STRING) and compared.start == end + 1:
                end = compared.end
                found = text[value.start : end]
        self._take_span(token.start, end)
        return kind, found, token

    def _closing(self, opening: int, end: int, where: Token) -> int:
        """The offset after the `)` that closes the `(` at `opening`; quoted ones do not count."""
        depth = 0
        for token in tokens(self.source, opening, end):
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == OPERATOR else 0
            if depth == 0:
                return token.end
        raise self.error("a ')' is missing", where)

    # ---- the other grammars ----

    def expression(self) -> Expression:
        """The eval expression that begins here, as far as it goes."""
        from lab.spl.expression import read_expression

        token = self._next_start()
        if token is None:
            raise self.error("an expression is missing")
        expression, stop = read_expression(self.source, token, self._end, self._parser)
        self._skip_to(stop)
        return expression

    def assignments(self) -> List[Tuple[str, Expression]]:
        """eval's list: `field=expression, 'other field'=expression …`; at least one."""
        from lab.spl.expression import read_assignment

        found = []
        while True:
            start = self._next_start()
            if start is None:
                raise self.error("an assignment (field=expression) is missing")
            name, expression, stop = read_assignment(self.source, start, self._end, self._parser)
            found.append((name, expression))
            self._skip_to(stop)
            start = self._next_start()
            if start is None:
                return found
            if self.source.text[start] != ",":
                raise SearchError("expected ',' or the end of the expression", self.source, start, start + 1)
            self._skip_to(start + 1)

    def search_expression(self, until: Sequence[str] = ()) -> SearchExpression:
        """The search expression from here to the end, or to one of the bare words `until`."""
        from lab.spl.search_expression import read_search_expression

        start = self._next_start()
        expression, stop = read_search_expression(
            self.source, self._end if start is None else start, self._end, self._parser, until
        )
        self._skip_to(stop)
        return expression

    def aggregations(self, until: Sequence[str] = ("by", "over", "where")) -> List[Aggregation]:
        """The statistics list of stats and its kin, up to BY or another keyword of `until`; at least
        one item. Whether a function exists is the caller's knowledge: `error(message, aggregation)`."""
        found: List[Aggregation] = []
        while True:
            at = 0
            while self._is_option(at):
                at += 3  # options may stand among the items; `option` will find them
            token = self.peek(at)
            if token is None or token.is_word(*until):
                break
            if token.is_operator(",") and found:
                self._remove(at, 1)
                continue
            if token.kind != WORD:
                raise self.error(f"expected a statistical function, not {token.text}", token)
            found.append(self._aggregation(at))
        if not found:
            raise self.error("a statistical function is missing", self.peek())
        return found

    def subsearch(self) -> Search:
        """The search in brackets that stands here, parsed and checked."""
        token = self._subsearch_token()
        if self._parser is None:
            raise self.error("a subsearch cannot stand here", token)
        return self._parser.search(token.start + 1, token.end - 1)

    def pipeline(self) -> Pipeline:
        """The commands in brackets that stand here, to be run over rows at hand (appendpipe)."""
        token = self._subsearch_token()
        if self._parser is None:
            raise self.error("a subpipeline cannot stand here", token)
        return self._parser.pipeline(token.start + 1, token.end - 1)

    def template(self, text: str, where: Token) -> Pipeline:
        """The commands of a filled-in template (foreach), checked now; what is wrong with it is an error
        at `where`, since the text stands nowhere in the search."""
        if self._parser is None:
            raise self.error("a template cannot stand here", where)
        try:
            return self._parser.template(text)
        except SearchError as error:
            raise type(error)(f"in '{text.strip()}': {error.message}", self.source, where.start, where.end) from None

    def subsearch_text(self) -> str:
        """The text in brackets that stands here, unparsed: a template (foreach)."""
        return self._subsearch_token().value

    def rest(self) -> str:
        """All that is left, as written."""
        start = self._next_start()
        self._skip_to(self._end)
        return "" if start is None else self.source.text[start : self._end].rstrip()

    # ---- errors ----

    def done(self) -> None:
        """Nothing may be left."""
        token = self.peek()
        if token is not None:
            kind = "option" if self._is_option(0) else "argument"
            raise self.error(f"unknown {kind} '{token.text}'", token)

    def error(self, message: str, where: Union[Token, Aggregation, None] = None) -> SearchError:
        """An error to raise, at `where` or at the end of the arguments."""
        start, end = (where.start, where.end) if where is not None else (self._end, self._end)
        return SearchError(f"Error in '{self.command}' command: {message}", self.source, start, end)

    def unsupported(self, message: str, where: Union[Token, Aggregation, None] = None) -> Unsupported:
        """Raise this for what Splunk has and the lab has not."""
        start, end = (where.start, where.end) if where is not None else (self._end, self._end)
        return Unsupported(f"'{self.command}' command: {message} is not supported", self.source, start, end)

    # ---- inside ----

    def _rest(self) -> List[Token]:
        if self._lexed is None:
            self._lexed = tokens(self.source, self._start, self._end, self._taken)
        return self._lexed

    def _next_start(self) -> Optional[int]:
        """Where the next thing begins, found without lexing: the other grammars quote differently."""
        at, text = self._start, self.source.text
        while at < self._end:
            skipped = next((last for first, last in self._taken if first <= at < last), None)
            if skipped is not None:
                at = skipped
            elif text[at].isspace():
                at += 1
            else:
                return at
        return None

    def _skip_to(self, offset: int) -> None:
        self._forget(self._start, offset)
        self._start = offset

    def _take_span(self, start: int, end: int) -> None:
        self._taken.append((start, end))
        self._forget(start, end)

    def _forget(self, start: int, end: int) -> None:
        """Drop the tokens of this span. Lex anew where one reaches over its border, or where its quotes
        may have meant something else to the grammar that read it."""
        if self._lexed is None:
            return
        first = next((index for index, token in enumerate(self._lexed) if token.end > start), len(self._lexed))
        last = first
        while last < len(self._lexed) and self._lexed[last].start < end:
            last += 1
        inside = self._lexed[first:last]
        if inside and (inside[0].start < start or inside[-1].end > end or "'" in self.source.text[start:end]):
            self._lexed = None
        else:
            del self._lexed[first:last]

    def _remove(self, index: int, count: int) -> None:
        rest = self._rest()
        removed = rest[index : index + count]
        del rest[index : index + count]
        self._taken.append((removed[0].start, removed[-1].end))

    def _is_option(self, index: int) -> bool:
        name, equals = self.peek(index), self.peek(index + 1)
        return (
            name is not None
            and name.kind == WORD
            and equals is not None
            and equals.is_operator("=")
            and self.peek(index + 2) is not None
        )

    def _option_index(self, *names: str) -> Optional[int]:
        """Where among the tokens the option's name stands; None where it is not given."""
        wanted = tuple(name.lower() for name in names)
        depth = 0
        for index, token in enumerate(self._rest()):
            if token.kind == OPERATOR:
                depth += {"(": 1, ")": -1}.get(token.text, 0)
            elif depth == 0 and token.is_word(*wanted):
                equals = self.peek(index + 1)
                if equals is not None and equals.is_operator("="):
                    return index
        return None

    def _option_token(self, *names: str) -> Optional[Token]:
        index = self._option_index(*names)
        if index is None:
            return None
        rest = self._rest()
        token = rest[index]
        if index + 2 >= len(rest):
            raise self.error(f"{token.text} has no value", token)
        value = rest[index + 2]
        if value.kind == WORD:
            end = self._call_end(value)
            text = self.source.text[value.start : end]
            value = Token(WORD, text, text, value.start, end)
        if value.kind == SUBSEARCH or (value.kind == OPERATOR and value.start != rest[index + 1].end):
            raise self.error(f"{token.text} has no value", token)
        self._take_span(token.start, value.end)
        return value

    def _call_end(self, word: Token) -> int:
        """The end of `word`, or of the parentheses that follow it without a space: `sum(x)` is a name."""
        text, at, depth = self.source.text, word.end, 0
        if text[at : at + 1] != "(" or at >= self._end:
            return word.end
        while at < self._end:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
            if depth == 0:
                return at
        raise self.error("a ')' is missing", word)

    def _take_field(self, index: int) -> str:
        token = self._rest()[index]
        if token.kind != WORD:
            self._take_span(token.start, token.end)
            return token.value
        end = self._call_end(token)
        self._take_span(token.start, end)
        return unescaped(self.source.text[token.start : end])

    def _subsearch_token(self) -> Token:
        token = self.next("a subsearch in brackets")
        if token.kind != SUBSEARCH:
            raise self.error(f"expected a subsearch in brackets, not {token.text}", token)
        return token

    def _integer(self, text: str, what: str, token: Token) -> int:
        try:
            return int(text)
        except ValueError:
            raise self.error(f"{what} must be an integer, not {token.text}", token) from None

    def _number(self, text: str, what: str, token: Token) -> float:
        try:
            return float(text)
        except ValueError:
            raise self.error(f"{what} must be a number, not {token.text}", token) from None

    def _aggregation(self, index: int) -> Aggregation:
        """The item whose function stands at `index` (options before it stay)."""
        text = self.source.text
        function = self._rest()[index]
        name = function.text.lower()
        field: Optional[str] = None
        expression: Optional[Expression] = None
        parts: Tuple[Aggregation, ...] = ()
        span: Optional[str] = None
        end, written = function.end, function.text
        if text[end : end + 1] == "(" and end < self._end:
            inner = self.peek(index + 2)
            if name in ("eval", "sparkline"):
                from lab.spl.nested_aggregations import read_eval, read_sparkline

                end = self._closing(function.end, self._end, function)
                if name == "eval":
                    expression, parts = read_eval(self, text[function.end + 1 : end - 1], function)
                else:
                    parts, span = read_sparkline(self, text[function.end + 1 : end - 1], function)
                written = text[function.start : end]
            elif inner is not None and inner.is_word("eval") and text[inner.end : inner.end + 1] == "(":
                from lab.spl.expression import read_expression

                expression, stop = read_expression(self.source, inner.end, self._end, self._parser, one_term=True)
                end = text.find(")", stop, self._end) + 1
                if not end or text[stop : end - 1].strip():
                    raise SearchError(f"')' is missing after {name}(eval(…)", self.source, stop, stop + 1)
                written = text[function.start : end]
            else:
                end = self._call_end(function)
                argument = text[function.end + 1 : end - 1].strip()
                if inner is not None and inner.kind in (STRING, QUOTED_FIELD) and inner.end < end:
                    end = text.find(")", inner.end, self._end) + 1
                    if not end or text[inner.end : end - 1].strip():
                        raise self.error("expected one field in the parentheses", inner)
                    argument = inner.value
                elif any(character in argument for character in ' ,"='):
                    raise self.error(f"expected one field in {name}(…), not {argument}", function)
                field = argument or None
                written = f"{function.text}({field})" if field else function.text
        self._take_span(function.start, end)
        renamed = False
        following = self.peek(index)
        if following is not None and following.is_word("as"):
            self._take_span(following.start, following.end)
            if self.peek(index) is None:
                raise self.error("a name is missing after AS")
            if self.peek(index).kind not in (WORD, STRING, QUOTED_FIELD):
                raise self.error("a name is missing after AS", self.peek(index))
            written, renamed = self._take_field(index), True
        return Aggregation(name, field, expression, written, renamed, function.start, end, parts, span)
