"""A macro by itself: it may be commands, an eval expression, or terms of a search expression; which, its text tells."""

from __future__ import annotations

import re

from lab.spl.context import Context
from lab.spl.errors import SearchError
from lab.spl.search import Search, parse
from lab.spl.syntax.macros import expand
from lab.spl.syntax.parser import command_table

_FIRST_WORD = re.compile(r"\s*([A-Za-z]\w*)(?=\s|\Z)")


def parse_call(call: str, context: Context) -> Search:
    """A search around the macro call, in the place that its text is made for. Raises what is wrong with it
    there, or, where it is right nowhere, what is wrong with it as terms; a subsearch alone gives terms."""
    text = expand(call, context).text
    word = _FIRST_WORD.match(text)
    command = command_table().get(word.group(1).lower()) if word is not None else None
    if text.lstrip().startswith("|"):
        return parse(call, context)
    if command is not None:
        return parse(f"| {call}" if command.generating else f"| makeresults | {call}", context)
    for expression in () if text.lstrip().startswith("[") else ("eval value =", "where"):
        try:
            return parse(f"| makeresults | {expression} {call}", context)
        except SearchError:
            continue
    return parse(f"search {call}", context)  # last: what is broken as an expression might still be words to look for
