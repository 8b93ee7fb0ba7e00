"""Splunk's habits: no join, transaction, map, no index by name, no result cut in silence; told from the parsed search.

Search Manual, "About optimization"; Search Reference, sort and append (their limits). That a Rule begins with a base
macro, writes nothing, and has names for the numbers it judges by, is the add-on's own habit (DESIGN section 3).
"""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.spl.commands.append import Append
from lab.spl.commands.head import Head
from lab.spl.commands.makeresults import MakeResults
from lab.spl.commands.sort import Sort
from lab.spl.commands.stats import Stats
from lab.spl.commands.where import Where
from lab.spl.eval_expression import tree as eval_tree
from lab.spl.search import Search
from lab.spl.search_expression.tree import And, Comparison, EventType, In, Node, Not, Or, Tag

NAME = "habits"
_BANNED = {
    "join": "its subsearch is cut in silence: unite by stats",
    "transaction": "it keeps all open transactions in memory: unite by stats",
    "map": "it runs a search for each row",
    "append": "its subsearch is cut in silence: search both at once",
    "appendcols": "it pairs rows by their order alone",
    "set": "its subsearches are cut in silence",
}
_RULE = " - Rule"
_WRITERS = ("collect", "mcollect", "meventcollect", "outputcsv", "outputlookup", "sendalert", "sendemail", "tscollect")
_ORIGINS = ("sourcetype", "source", "eventtype", "tag")
_NO_THRESHOLDS = (0, 1, -1)  # none, any, true, false, not found


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for tried in app.tried:
        if tried.search is None or tried.text.kind == "event type":
            continue
        messages = [*_messages(tried.search)]
        if tried.text.kind == "saved search" and tried.text.name.endswith(_RULE):
            messages += _of_a_rule(tried.search)
        for message in messages:
            yield tried.text.place, f"[{tried.text.name}] {message}"


def _messages(search: Search) -> Iterator[str]:
    commands = search.commands
    for command, following in zip(commands, [*commands[1:], None]):
        if command.name in _BANNED and not (isinstance(command, Append) and _bounded(command.search)):
            yield f"{command.name}: {_BANNED[command.name]}"
        if isinstance(command, Sort) and command.limit is None and not isinstance(following, Head):
            yield "sort without a count keeps 10,000 rows: sort 0"
    for inner in search.inner:
        yield from _messages(inner)
    for index in _compared(search.base.tree, ("index",)) if search.base is not None else ():
        if index == "*":
            yield "index=* searches everything that there is"
        elif _written(search, index):
            yield f"index={index} is named in the search itself: put it into a macro"


def _bounded(search: Search) -> bool:
    """It ends in few rows, whatever the data."""
    last = search.commands[-1] if search.commands else None
    return isinstance(last, (Head, MakeResults)) or (isinstance(last, Stats) and not last.by)


def _of_a_rule(search: Search) -> Iterator[str]:
    if search.base is None:
        pass  # it begins with a ledger
    elif search.pipeline.source.origin(0)[2] is None:
        yield "a Rule that reads events begins with a base macro"
    elif not [*_compared(search.base.tree, _ORIGINS)]:
        yield "its base macro names no sourcetype: it reads whatever is in the index"
    for stage in search.pipeline.stages:
        if stage.command.name in _WRITERS:
            yield f"{stage.command.name}: a Rule writes nothing, so that running it by hand changes nothing"
        if isinstance(stage.command, Where):
            for number in _thresholds(stage.command.expression.tree):
                if search.pipeline.source.origin(number.start)[2] is None:
                    yield f"where compares with {number.value}: give the number a name, as a macro"


def _thresholds(node: Optional[eval_tree.Node]) -> Iterator[eval_tree.Literal]:
    """The bare numbers that a condition compares with."""
    if isinstance(node, eval_tree.Logical):
        for term in node.terms:
            yield from _thresholds(term)
    elif isinstance(node, eval_tree.Not):
        yield from _thresholds(node.term)
    elif isinstance(node, eval_tree.Comparison):
        for side in (node.left, node.right):
            is_number = isinstance(side, eval_tree.Literal) and side.type == eval_tree.NUMBER
            if is_number and side.value not in _NO_THRESHOLDS:
                yield side


def _written(search: Search, index: str) -> bool:
    """Whether the search itself says it, not a macro: then `original`, which no macro has touched, has it."""
    written = search.pipeline.source.original.replace('"', "").replace(" ", "")
    return f"index={index}" in written or f"index=={index}" in written


def _compared(node: Node, fields: Tuple[str, ...]) -> Iterator[str]:
    """The values that these fields are compared with."""
    if isinstance(node, EventType):
        if "eventtype" in fields:
            yield node.name
        yield from _compared(node.search, fields)
    elif isinstance(node, Tag) and "tag" in fields:
        yield node.name
    elif isinstance(node, Comparison) and node.field in fields:
        yield node.value
    elif isinstance(node, In) and node.field in fields:
        yield from node.values
    elif isinstance(node, (And, Or)):
        for term in node.terms:
            yield from _compared(term, fields)
    elif isinstance(node, Not):
        yield from _compared(node.term, fields)
