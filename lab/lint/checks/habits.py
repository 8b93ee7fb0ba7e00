"""Splunk's habits: no join, transaction, map, no index by name, no result cut in silence; told from the parsed search.

Search Manual, "About optimization"; Search Reference, sort and append (their limits).
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.shipped_app import ShippedApp
from lab.spl.commands.head import Head
from lab.spl.commands.sort import Sort
from lab.spl.search import Search
from lab.spl.search_expression.tree import And, Comparison, In, Node, Not, Or

NAME = "habits"
_BANNED = {
    "join": "its subsearch is cut in silence: unite by stats",
    "transaction": "it keeps all open transactions in memory: unite by stats",
    "map": "it runs a search for each row",
    "append": "its subsearch is cut in silence: search both at once",
    "appendcols": "it pairs rows by their order alone",
    "set": "its subsearches are cut in silence",
}


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    for tried in app.tried:
        if tried.search is None or tried.text.kind == "event type":
            continue
        written = tried.text.text.replace('"', "").replace(" ", "")
        for message in _messages(tried.search, written):
            yield tried.text.place, f"[{tried.text.name}] {message}"


def _messages(search: Search, written: str) -> Iterator[str]:
    """`written`: the text as it stands, so that an index which a macro names is not taken for one named there."""
    commands = search.commands
    for command, following in zip(commands, [*commands[1:], None]):
        if command.name in _BANNED:
            yield f"{command.name}: {_BANNED[command.name]}"
        if isinstance(command, Sort) and command.limit is None and not isinstance(following, Head):
            yield "sort without a count keeps 10,000 rows: sort 0"
    for inner in search.inner:
        yield from _messages(inner, written)
    for index in _indexes(search.base.tree) if search.base is not None else ():
        if index == "*":
            yield "index=* searches everything that there is"
        elif f"index={index}" in written:
            yield f"index={index} is named in the search itself: put it into a macro"


def _indexes(node: Node) -> Iterator[str]:
    if isinstance(node, Comparison) and node.field == "index":
        yield node.value
    elif isinstance(node, In) and node.field == "index":
        yield from node.values
    elif isinstance(node, (And, Or)):
        for term in node.terms:
            yield from _indexes(term)
    elif isinstance(node, Not):
        yield from _indexes(node.term)
