"""Splitting a search at its pipes, before any command reads its own part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List

from lab.spl.errors import SearchError
from lab.spl.syntax.source import Source
from lab.spl.syntax.tokens import end_of_brackets, end_of_string

_COMMAND = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_\-.]*)")
_SPECIAL = re.compile(r"""["'|\[\]]|\\["\\|]""")
_WITH_QUOTED_FIELDS = frozenset(("eval", "where", "fieldformat", "stats", "eventstats", "streamstats"))


@dataclass(frozen=True)
class Segment:
    """What stands between two pipes: `source.text[start:end]`; `piped`: a pipe stands before it."""

    start: int
    end: int
    piped: bool


def segments(source: Source, start: int, end: int) -> List[Segment]:
    """The parts of a pipeline; quotes and brackets hide their pipes."""
    text, at, first, piped, found = source.text, start, start, False, []
    quotes_fields = _quotes_fields(text, start, end)
    while True:
        special = _SPECIAL.search(text, at, end)
        if special is None:
            break
        at, character = special.start(), special.group()
        if character == '"':
            at = end_of_string(source, at, end)
        elif character == "[":
            at = end_of_brackets(source, at, end)
        elif character == "]":
            raise SearchError("unexpected ']': no bracket is open", source, at, at + 1)
        elif character == "'" and quotes_fields and text.find("'", at + 1, end) > 0:
            at = text.find("'", at + 1, end) + 1
        elif character == "|":
            if text[first:at].strip() or piped:
                found.append(Segment(first, at, piped))
            at += 1
            first, piped = at, True
            quotes_fields = _quotes_fields(text, at, end)
        else:
            at = special.end()
    if text[first:end].strip() or piped:
        found.append(Segment(first, end, piped))
    return found


def _quotes_fields(text: str, start: int, end: int) -> bool:
    """Whether the command that begins here quotes field names in single quotes."""
    name = _COMMAND.match(text, start, end)
    return name is not None and name.group(1).lower() in _WITH_QUOTED_FIELDS


def command_names(text: str) -> List[str]:
    """The commands of a search in their order; the first is `search` where no pipe stands before."""
    found = []
    for segment in segments(Source(text), 0, len(text)):
        name = _COMMAND.match(text, segment.start, segment.end)
        found.append(name.group(1) if name and segment.piped else "search")
    return found
