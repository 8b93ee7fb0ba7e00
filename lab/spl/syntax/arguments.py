"""How a command reads its arguments: words and fields, and the grammars that may stand among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple

from lab.spl.errors import SearchError
from lab.spl.statistics.aggregation import Aggregation, read_aggregation
from lab.spl.syntax.argument_options import ArgumentOptions
from lab.spl.syntax.tokens import QUOTED_FIELD, STRING, SUBSEARCH, WORD, Token, unescaped

if TYPE_CHECKING:
    from lab.spl.eval_expression.expression import Expression
    from lab.spl.search import Pipeline, Search
    from lab.spl.search_expression.expression import SearchExpression

_INTEGER = re.compile(r"[+-]?\d{1,18}")


class Arguments(ArgumentOptions):
    """What stands after a command's name, read once, in the order the command likes.

    Options (`name=value`) are taken from wherever they stand, before or after the rest; everything
    else is read from left to right. `done()` makes an error of whatever nobody asked for. Every error
    carries its position.
    """

    def keyword(self, *names: str) -> Optional[str]:
        """Consume one of these bare words (any case); its lower-case form, or None."""
        token = self.peek()
        if token is None or not token.is_word(*(name.lower() for name in names)) or self.is_option(0):
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
        end = self.call_end(token)
        self.skip_to(end)
        return unescaped(self.source.text[token.start : end])

    def number(self, what: str = "a number") -> float:
        token = self.next(what)
        return self.as_number(token.value, what, token)

    def integer(self, what: str = "an integer") -> int:
        token = self.next(what)
        return self.as_integer(token.value, what, token)

    def leading_int(self, default: Optional[int] = None, minimum: Optional[int] = None) -> Optional[int]:
        """The integer that may stand first (`head 5`, `dedup 2 host`); `default` where none does."""
        token = self.peek()
        if token is None or token.kind != WORD or not _INTEGER.fullmatch(token.text):
            return default
        self.next()
        value = int(token.text)
        if minimum is not None and value < minimum:
            raise self.error(f"{value} is below the minimum, {minimum}", token)
        return value

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
            if self.is_option(at):
                at += 3  # not ours; `option` or `done` will deal with it
                continue
            if token.is_operator(","):
                if after_comma or not found:
                    raise self.error("a field is missing before this comma", token)
                after_comma = True
                self.remove(at, 1)
                continue
            if token.kind not in (WORD, STRING, QUOTED_FIELD):
                break
            found.append(self.take_field(at))
            after_comma = False
        if after_comma:
            raise self.error("a field is missing after the comma")
        if required and not found:
            raise self.error("a field is missing", self.peek())
        return found

    def by_clause(self, until: Sequence[str] = ()) -> List[str]:
        """The fields after BY; an empty list where there is no BY."""
        return self.field_list(required=True, until=until) if self.keyword("by") else []

    def expression(self) -> Expression:
        """The eval expression that begins here, as far as it goes."""
        from lab.spl.eval_expression.expression import read_expression

        token = self.next_start()
        if token is None:
            raise self.error("an expression is missing")
        expression, stop = read_expression(self.source, token, self.end, self.parser)
        self.skip_to(stop)
        return expression

    def assignments(self) -> List[Tuple[str, Expression]]:
        """eval's list: `field=expression, 'other field'=expression …`; at least one."""
        from lab.spl.eval_expression.expression import read_assignment

        found = []
        while True:
            start = self.next_start()
            if start is None:
                raise self.error("an assignment (field=expression) is missing")
            name, expression, stop = read_assignment(self.source, start, self.end, self.parser)
            found.append((name, expression))
            self.skip_to(stop)
            start = self.next_start()
            if start is None:
                return found
            if self.source.text[start] != ",":
                raise SearchError("expected ',' or the end of the expression", self.source, start, start + 1)
            self.skip_to(start + 1)

    def search_expression(self, until: Sequence[str] = ()) -> SearchExpression:
        """The search expression from here to the end, or to one of the bare words `until`."""
        from lab.spl.search_expression.expression import read_search_expression

        start = self.next_start()
        expression, stop = read_search_expression(
            self.source, self.end if start is None else start, self.end, self.parser, until
        )
        self.skip_to(stop)
        return expression

    def aggregations(self, until: Sequence[str] = ("by", "over", "where")) -> List[Aggregation]:
        """The statistics list of stats and its kin, up to BY or another keyword of `until`; at least
        one item. Whether a function exists is the caller's knowledge: `error(message, aggregation)`."""
        found: List[Aggregation] = []
        while True:
            at = 0
            while self.is_option(at):
                at += 3  # options may stand among the items; `option` will find them
            token = self.peek(at)
            if token is None or token.is_word(*until):
                break
            if token.is_operator(",") and found:
                self.remove(at, 1)
                continue
            if token.kind != WORD:
                raise self.error(f"expected a statistical function, not {token.text}", token)
            found.append(read_aggregation(self, at))
        if not found:
            raise self.error("a statistical function is missing", self.peek())
        return found

    def subsearch(self) -> Search:
        """The search in brackets that stands here, parsed and checked."""
        token = self._subsearch_token()
        if self.parser is None:
            raise self.error("a subsearch cannot stand here", token)
        return self.parser.search(token.start + 1, token.end - 1)

    def pipeline(self) -> Pipeline:
        """The commands in brackets that stand here, to be run over rows at hand (appendpipe)."""
        token = self._subsearch_token()
        if self.parser is None:
            raise self.error("a subpipeline cannot stand here", token)
        return self.parser.pipeline(token.start + 1, token.end - 1)

    def template(self, text: str, where: Token) -> Pipeline:
        """The commands of a filled-in template (foreach), checked now; what is wrong with it is an error
        at `where`, since the text stands nowhere in the search."""
        if self.parser is None:
            raise self.error("a template cannot stand here", where)
        try:
            return self.parser.template(text)
        except SearchError as error:
            raise type(error)(f"in '{text.strip()}': {error.reason}", self.source, where.start, where.end) from None

    def subsearch_text(self) -> str:
        """The text in brackets that stands here, unparsed: a template (foreach)."""
        return self._subsearch_token().value

    def _subsearch_token(self) -> Token:
        token = self.next("a subsearch in brackets")
        if token.kind != SUBSEARCH:
            raise self.error(f"expected a subsearch in brackets, not {token.text}", token)
        return token
