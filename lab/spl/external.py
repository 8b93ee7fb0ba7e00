"""Custom search commands: what an app's own process is called with, and where its rows go.

The process speaks the chunked protocol, version 2 (commands.conf.spec, `chunked`); the context starts it. It
describes itself when the search is parsed, as in Splunk: whether it generates, which fields it needs, which
commands may run before it. Each run of the search starts a process of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, List, Optional, Tuple, Union

from lab.spl.command import ALL_FIELDS, Command, Fields
from lab.spl.context import Context, ExternalCall, ExternalCommand, ExternalDescription, Rows
from lab.spl.errors import SearchError
from lab.spl.syntax.source import Source
from lab.spl.syntax.tokens import end_of_brackets, end_of_string, unquote

if TYPE_CHECKING:
    from lab.spl.search import Pipeline, Search
    from lab.spl.syntax.parser import Parser

_OPENING = re.compile(r'\\["\\]|["\[]')
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PIECES = re.compile(rf'\\["\\]|{_QUOTED}', re.DOTALL)
_WORD = re.compile(rf'(?:\\["\\]|{_QUOTED}|[^\s,"])+', re.DOTALL)
_NAME = re.compile(r"([A-Za-z_][\w.:-]*)\s*=(?!=)\s*")
_BETWEEN = re.compile(r"[\s,]*")
STREAMING_KINDS = ("streaming", "stateful")


class External(Command):
    """A call of a custom search command. Where a subsearch stands in its arguments, it is run first and its
    text put in their place; only then is the command asked to describe itself."""

    def __init__(self, command: ExternalCommand, name: str, parser: Parser, start: int, end: int, first: bool) -> None:
        self.name = name  # type: ignore[misc]
        self._source = parser.source.text.strip()
        self._in_preop = parser.preop
        self._pieces = _pieces(parser, start, end)
        self._bound: Optional[_Bound] = None
        if all(piece.__class__ is str for piece in self._pieces):
            self._bound = self._bind(command, parser.context)
            self.generating = self._bound.description.generating  # type: ignore[misc]
            if self.generating and not first:
                raise SearchError("This command must be the first command of a search.")

    @property
    def kind(self) -> Optional[str]:
        """streaming, stateful, events or reporting; None where only running its subsearch will tell."""
        return None if self._bound is None else self._bound.description.kind

    def needs(self, wanted: Fields) -> Fields:
        if self._bound is None:
            return ALL_FIELDS
        description, preop = self._bound.description, self._bound.preop
        if description.generating:
            return frozenset()
        needed = description.required_fields
        if needed is not None and description.kind != "reporting":
            # Its rows keep the fields it was not given; what it adds is not known, and so asked for too.
            needed = ALL_FIELDS if wanted is None else wanted | needed
        return needed if preop is None else preop.needs(needed)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        command = context.external_command(self.name)
        if command is None:
            raise SearchError(f"unknown search command '{self.name}'").of("")
        bound = self._bound
        if bound is None:
            bound = self._bind(command, context)
            if bound.description.generating:
                raise SearchError(
                    "the lab cannot tell that a command generates before its subsearch has run: write its arguments out"
                )
        if bound.preop is not None:
            rows = bound.preop.run(rows, context)
        return command.run(bound.call, rows)

    def _bind(self, command: ExternalCommand, context: Context) -> _Bound:
        from lab.spl.search_expression.subsearch import subsearch_text

        text = "".join(piece if isinstance(piece, str) else subsearch_text(piece, context) for piece in self._pieces)
        arguments = split_arguments(text)
        call = ExternalCall(
            tuple(_without_quotes(word) for word in arguments),
            tuple(arguments),
            self._source if self._source.startswith("|") else f"search {self._source}",
        )
        description = command.describe(call)
        preop: Optional[Pipeline] = None
        if description.kind == "reporting" and description.streaming_preop and not self._in_preop:
            preop = self._preop(description.streaming_preop, context)
        return _Bound(call, description, preop)

    def _preop(self, text: str, context: Context) -> Optional[Pipeline]:
        """The commands to run before a reporting command. One that does not stream cannot be among them: splunk-sdk
        names its map phase also where a command has none, and such a phase would swallow every row."""
        from lab.spl.syntax.parser import Parser

        source = Source(text)
        try:
            found = Parser(source, context, preop=True).pipeline(0, len(text))
        except SearchError as error:
            raise type(error)(f"its streaming_preop '{text}': {error.message}") from None
        external = [command for command in found.commands if isinstance(command, External)]
        return found if all(command.kind in STREAMING_KINDS for command in external) else None


@dataclass(frozen=True)
class _Bound:
    """A call whose arguments are known, with what the command says of itself."""

    call: ExternalCall
    description: ExternalDescription
    preop: Optional[Pipeline]


def _pieces(parser: Parser, start: int, end: int) -> Tuple[Union[str, Search], ...]:
    """The text of the arguments, with the searches in brackets parsed where they stand."""
    source, at, found = parser.source, start, []  # type: ignore[var-annotated]
    while True:
        opening = _OPENING.search(source.text, at, end)
        if opening is None:
            found.append(source.text[start:end])
            return tuple(found)
        at = opening.end()
        if opening.group() == '"':
            at = end_of_string(source, opening.start(), end)
        elif opening.group() == "[":
            at = end_of_brackets(source, opening.start(), end)
            found += [source.text[start : opening.start()], parser.search(opening.end(), at - 1)]
            start = at


def split_arguments(text: str) -> List[str]:
    """The arguments as written: parted by blanks and commas outside of quotes, which are gone (splunk-sdk,
    CommandLineParser: a command never sees them); blanks around the `=` of an option are gone too."""
    found = []
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    while at < len(text):
        name = _NAME.match(text, at)
        word = _WORD.match(text, at if name is None else name.end())
        if name is not None:
            found.append(f"{name.group(1)}={'' if word is None else word.group()}")
            at = name.end() if word is None else word.end()
        else:
            if word is None:
                raise SearchError(f"unbalanced quotes in the arguments {text.strip()}")
            found.append(word.group())
            at = word.end()
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
    return found


def _without_quotes(word: str) -> str:
    return _PIECES.sub(lambda piece: unquote(piece.group()) if piece.group()[0] == '"' else piece.group(), word)
