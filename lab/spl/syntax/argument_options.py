"""A command's options, `name=value`, taken from wherever they stand, before or after the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional, Sequence, Tuple

from lab.spl.syntax.argument_tokens import ArgumentTokens
from lab.spl.syntax.tokens import OPERATOR, STRING, SUBSEARCH, WORD, Token

if TYPE_CHECKING:
    from lab.spl.eval_expression.expression import Expression

_CLOSING = re.compile(r'(?<!\\)"\)"')  # of an expression between "(" and ")", where inner quotes are escaped
_PLACEHOLDER = re.compile(r"[^\s\[\]]+")
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class ArgumentOptions(ArgumentTokens):
    """Each `option_…` takes the option of one of these names (any case) and checks its value."""

    def option(self, *names: str, default: Optional[str] = None) -> Optional[str]:
        """The value of `name=value`, wherever it stands (quotes removed); names are case-insensitive."""
        token = self.option_token(*names)
        return default if token is None else token.value

    def option_token(self, *names: str) -> Optional[Token]:
        """The same as the token that stands there, for an error to point at."""
        index = self._option_index(*names)
        if index is None:
            return None
        rest = self.unread()
        token = rest[index]
        if index + 2 >= len(rest):
            raise self.error(f"{token.text} has no value", token)
        value = rest[index + 2]
        if value.kind == WORD:
            end = self.call_end(value)
            text = self.source.text[value.start : end]
            value = Token(WORD, text, text, value.start, end)
        if value.kind == SUBSEARCH or (value.kind == OPERATOR and value.start != rest[index + 1].end):
            raise self.error(f"{token.text} has no value", token)
        self.take_span(token.start, value.end)
        return value

    def option_placeholder(self, name: str, default: str) -> str:
        """The value of `name=value` as a word of a template, which may hold operators: `<<NUMBER>>`. It ends
        at a space or a bracket; one in quotes is read as any option is."""
        index = self._option_index(name)
        if index is None:
            return default
        token, value = self.unread()[index], self.peek(index + 2)
        if value is None or not value.is_operator("<"):
            return self.option(name, default=default) or default
        found = _PLACEHOLDER.match(self.source.text, value.start, self.end)
        self.take_span(token.start, found.end())
        return found.group()

    def option_bool(self, *names: str, default: Optional[bool] = None) -> Optional[bool]:
        token = self.option_token(*names)
        if token is None:
            return default
        value = _BOOLEANS.get(token.value.lower())
        if value is None:
            raise self.error(f"{names[0]} must be true or false, not {token.text}", token)
        return value

    def option_int(
        self, *names: str, default: Optional[int] = None, minimum: Optional[int] = None, maximum: Optional[int] = None
    ) -> Optional[int]:
        token = self.option_token(*names)
        if token is None:
            return default
        value = self.as_integer(token.value, names[0], token)
        if minimum is not None and value < minimum:
            raise self.error(f"{names[0]} must be at least {minimum}", token)
        if maximum is not None and value > maximum:
            raise self.error(f"{names[0]} must be at most {maximum}", token)
        return value

    def option_number(self, *names: str, default: Optional[float] = None) -> Optional[float]:
        token = self.option_token(*names)
        return default if token is None else self.as_number(token.value, names[0], token)

    def option_choice(self, *names: str, choices: Sequence[str], default: Optional[str] = None) -> Optional[str]:
        """The value of an option that knows only `choices` (lower-case; compared in any case)."""
        token = self.option_token(*names)
        if token is None:
            return default
        if token.value.lower() not in choices:
            raise self.error(f"{names[0]} must be one of {', '.join(choices)}, not {token.text}", token)
        return token.value.lower()

    def option_expression(self, *names: str) -> Optional[Expression]:
        """The eval expression of an option, in parentheses or in the form `"("…")"` of the Search
        Reference's streamstats page, where the inner quotes are escaped."""
        from lab.spl.eval_expression.expression import parse_expression, read_expression

        first = self._option_index(*names)
        if first is None:
            return None
        token, value = self.unread()[first], self.peek(first + 2)
        if value is None:
            raise self.error(f"{names[0]} has no value", token)
        text = self.source.text
        if value.kind == STRING and value.value == "(":
            closing = _CLOSING.search(text, value.end, self.end)
            if closing is None:
                raise self.error(f'the expression of {names[0]} is never closed: ")" is missing', value)
            expression = parse_expression(text[value.end : closing.start()].replace('\\"', '"'))
            stop = closing.end()
        elif value.kind == STRING:
            expression, stop = parse_expression(value.value), value.end
        elif value.is_operator("("):
            expression, stop = read_expression(self.source, value.start, self.end, self.parser, one_term=True)
        else:
            raise self.error(f"{names[0]} needs an expression in parentheses", value)
        self.take_span(token.start, stop)
        return expression

    def option_filter(self, *names: str) -> Optional[Tuple[str, str, Token]]:
        """An option that takes a condition, as transaction's startswith does: ("eval", text) for
        `eval(…)`, ("search", text) for a word, a quoted text or a search expression in parentheses;
        and the option's name, for an error to point at."""
        first = self._option_index(*names)
        if first is None:
            return None
        token, value = self.unread()[first], self.peek(first + 2)
        if value is None or (value.kind == OPERATOR and value.text != "("):
            raise self.error(f"{names[0]} has no value", token)
        text, end = self.source.text, value.end
        kind, found = "search", value.value
        if value.kind == OPERATOR:
            end = self.closing(value.start, self.end, value)
            found = text[value.start + 1 : end - 1]
        elif value.is_word("eval") and text[value.end : value.end + 1] == "(":
            end = self.closing(value.end, self.end, value)
            kind, found = "eval", text[value.end + 1 : end - 1]
        elif value.kind == WORD and text[end : end + 1] == "=":
            compared = self.peek(first + 4)  # field=value without parentheses
            if compared is not None and compared.kind in (WORD, STRING) and compared.start == end + 1:
                end = compared.end
                found = text[value.start : end]
        self.take_span(token.start, end)
        return kind, found, token

    def _option_index(self, *names: str) -> Optional[int]:
        """Where among the tokens the option's name stands; None where it is not given."""
        wanted = tuple(name.lower() for name in names)
        depth = 0
        for index, token in enumerate(self.unread()):
            if token.kind == OPERATOR:
                depth += {"(": 1, ")": -1}.get(token.text, 0)
            elif depth == 0 and token.is_word(*wanted):
                equals = self.peek(index + 1)
                if equals is not None and equals.is_operator("="):
                    return index
        return None
