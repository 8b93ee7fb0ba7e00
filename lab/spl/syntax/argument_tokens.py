"""The text after a command's name as tokens that are taken one by one, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional, Protocol, Sequence, TypeVar, Union

from lab.spl.context import Context
from lab.spl.errors import SearchError, Unsupported
from lab.spl.syntax.source import Source
from lab.spl.syntax.tokens import OPERATOR, WORD, Span, Token, tokens, unescaped

if TYPE_CHECKING:
    from lab.spl.search import Pipeline, Search
    from lab.spl.search_expression.tree import EventType
    from lab.spl.statistics.aggregation import Aggregation

Self = TypeVar("Self", bound="ArgumentTokens")


class SubsearchParser(Protocol):
    """What the parser lends to the readers of arguments: searches inside brackets, event types."""

    context: Context

    def event_type(self, name: str) -> EventType: ...

    def other_event_types(self) -> Sequence[str]: ...

    def search(self, start: int, end: int) -> Search: ...

    def pipeline(self, start: int, end: int) -> Pipeline: ...

    def template(self, text: str) -> Pipeline: ...


class ArgumentTokens:
    """What is not read yet of a command's arguments. Every error carries its position."""

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
        self.end = end
        self.parser = parser
        self._taken: List[Span] = []  # options read from ahead
        self._lexed: Optional[List[Token]] = None

    def reading(self, question: str) -> Optional[str]:
        """The reading in force (`lab.spl.readings`); None where no parser stands behind these arguments."""
        return None if self.parser is None else self.parser.context.reading(question)

    # ---- tokens ----

    def peek(self, ahead: int = 0) -> Optional[Token]:
        """The next token (or the one `ahead` of it), None at the end; nothing is consumed."""
        rest = self.unread()
        return rest[ahead] if ahead < len(rest) else None

    def next(self, what: str = "an argument") -> Token:
        """Consume the next token; at the end, an error that says `what` is missing."""
        token = self.peek()
        if token is None:
            raise self.error(f"{what} is missing")
        self.unread().pop(0)
        self._start = token.end
        return token

    def part_before(self: Self, *words: str) -> Self:
        """What stands before the first of these bare words, to be read on its own (its options are
        looked for there alone); these arguments then begin with that word, or are at their end."""
        at = 0
        token = self.peek()
        while token is not None and not (token.is_word(*words) and not self.is_option(at)):
            at += 1
            token = self.peek(at)
        return self.part_to(self.end if token is None else token.start)

    def leading_options(self: Self) -> Self:
        """The options that stand next, to be read on their own: they belong to what stands before them."""
        at = 0
        while self.is_option(at):
            at += 3
        token = self.peek(at)
        return self.part_to(self.end if token is None else token.start)

    def part_to(self: Self, stop: int) -> Self:
        """What stands before this offset, to be read on its own."""
        start = self.next_start()
        part = type(self)(
            self.source, self.command, stop if start is None else min(start, stop), stop, self.parser, self.first
        )
        part._taken = list(self._taken)
        self.skip_to(stop)
        return part

    def rest(self) -> str:
        """All that is left, as written."""
        start = self.next_start()
        self.skip_to(self.end)
        return "" if start is None else self.source.text[start : self.end].rstrip()

    # ---- errors ----

    def done(self) -> None:
        """Nothing may be left."""
        token = self.peek()
        if token is not None:
            kind = "option" if self.is_option(0) else "argument"
            raise self.error(f"unknown {kind} '{token.text}'", token)

    def error(self, message: str, where: Union[Token, Aggregation, None] = None) -> SearchError:
        """An error to raise, at `where` or at the end of the arguments."""
        start, end = (where.start, where.end) if where is not None else (self.end, self.end)
        return SearchError(message, self.source, start, end)

    def unsupported(self, message: str, where: Union[Token, Aggregation, None] = None) -> Unsupported:
        """Raise this for what Splunk has and the lab has not."""
        start, end = (where.start, where.end) if where is not None else (self.end, self.end)
        return Unsupported(f"{message} is not supported", self.source, start, end)

    # ---- for the readers of whole things ----

    def unread(self) -> List[Token]:
        """The tokens nobody has taken."""
        if self._lexed is None:
            self._lexed = tokens(self.source, self._start, self.end, self._taken)
        return self._lexed

    def next_start(self) -> Optional[int]:
        """Where the next thing begins, found without lexing: the other grammars quote differently."""
        at, text = self._start, self.source.text
        while at < self.end:
            skipped = next((last for first, last in self._taken if first <= at < last), None)
            if skipped is not None:
                at = skipped
            elif text[at].isspace():
                at += 1
            else:
                return at
        return None

    def skip_to(self, offset: int) -> None:
        """Whatever stands before `offset` has been read."""
        self._forget(self._start, offset)
        self._start = offset

    def take_span(self, start: int, end: int) -> None:
        """This span has been read, ahead of what stands before it."""
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

    def remove(self, index: int, count: int) -> None:
        """Take `count` tokens out, from the one at `index`."""
        rest = self.unread()
        removed = rest[index : index + count]
        del rest[index : index + count]
        self._taken.append((removed[0].start, removed[-1].end))

    def is_option(self, index: int) -> bool:
        """Whether `name=value` begins at this token."""
        name, equals = self.peek(index), self.peek(index + 1)
        return (
            name is not None
            and name.kind == WORD
            and equals is not None
            and equals.is_operator("=")
            and self.peek(index + 2) is not None
        )

    def call_end(self, word: Token) -> int:
        """The end of `word`, or of the parentheses that follow it without a space: `sum(x)` is a name."""
        text, at, depth = self.source.text, word.end, 0
        if text[at : at + 1] != "(" or at >= self.end:
            return word.end
        while at < self.end:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
            if depth == 0:
                return at
        raise self.error("a ')' is missing", word)

    def closing(self, opening: int, end: int, where: Token) -> int:
        """The offset after the `)` that closes the `(` at `opening`; quoted ones do not count."""
        depth = 0
        for token in tokens(self.source, opening, end):
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == OPERATOR else 0
            if depth == 0:
                return token.end
        raise self.error("a ')' is missing", where)

    def take_field(self, index: int) -> str:
        """Take the field name at `index`, with its parentheses where it has any."""
        token = self.unread()[index]
        if token.kind != WORD:
            self.take_span(token.start, token.end)
            return token.value
        end = self.call_end(token)
        self.take_span(token.start, end)
        return unescaped(self.source.text[token.start : end])

    def as_integer(self, text: str, what: str, token: Token) -> int:
        try:
            if len(text) < 19:  # longer ones are more than 64 bits hold
                return int(text)
        except ValueError:
            pass
        raise self.error(f"{what} must be an integer, not {token.text}", token)

    def as_number(self, text: str, what: str, token: Token) -> float:
        try:
            return float(text)
        except ValueError:
            raise self.error(f"{what} must be a number, not {token.text}", token) from None
