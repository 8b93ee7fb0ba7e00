"""Every field that a search reads comes from somewhere: props.conf, the log itself, a lookup, or the search.

What a search needs of its events is what the language itself works out (field projection), so a field that is
misspelt after an eval shows here too. Which paths the log's JSON has is not the app's to say: they are `log_paths`.
"""

from __future__ import annotations

from typing import Iterator, List, Set, Tuple

from lab.knowledge.aliases import field_aliases
from lab.knowledge.automatic_lookups import automatic_lookups
from lab.knowledge.conf import Setting
from lab.knowledge.extraction import DEFAULT_FIELDS
from lab.knowledge.names import words
from lab.knowledge.regex_fields import inline_extraction, transform_extraction
from lab.lint.shipped_app import ShippedApp
from lab.spl.commands.eventstats import EventStats
from lab.spl.commands.inputlookup import InputLookup
from lab.spl.commands.streamstats import StreamStats
from lab.spl.eval_expression.expression import parse_expression
from lab.spl.search import Pipeline, Search

NAME = "fields"
_OF_EVERY_EVENT = DEFAULT_FIELDS | {"eventtype", "tag", "splunk_server", "punct", "timestamp"}


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    made, read = _of_props(app)
    known = made | _OF_EVERY_EVENT | app.log_paths
    if app.log_paths:
        for field, setting in read:
            if field not in known:
                yield app.at(setting), f"it reads {field}, which nothing gives"
    for tried in app.tried:
        if tried.search is None or tried.text.kind == "event type":
            continue
        needed = tried.search.base_fields() if tried.search.base is not None else frozenset()
        for field in sorted((needed or frozenset()) - known - _of_statistics(tried.search)):
            if "*" not in field:
                yield tried.text.place, f"[{tried.text.name}] it reads {field}, which nothing gives"
        for field in sorted(_needed_of_table(app, tried.search)):
            yield tried.text.place, f"[{tried.text.name}] it reads {field}, which its table does not have"


def _of_statistics(search: Search) -> Set[str]:
    """What its eventstats and streamstats make: a row in no group keeps the field it had, so the language asks the
    events for it all the same."""
    return {
        item.name
        for command in search.commands
        if isinstance(command, (EventStats, StreamStats))
        for item in command.aggregations
    }


def _needed_of_table(app: ShippedApp, search: Search) -> Set[str]:
    """For `| inputlookup …`: what the commands after it read and the table has not."""
    stages = search.pipeline.stages
    if search.base is not None or not stages or not isinstance(stages[0].command, InputLookup):
        return set()
    needed = Pipeline(stages[1:], search.pipeline.source).needs()
    columns = app.columns_of(stages[0].command.table)
    return set() if needed is None or columns is None else set(needed) - set(columns) - {"_key", "_time"}


def _of_props(app: ShippedApp) -> Tuple[Set[str], List[Tuple[str, Setting]]]:
    """The fields that the app's props.conf gives, and those its calculated fields and aliases read."""
    made: Set[str] = set()
    read: List[Tuple[str, Setting]] = []
    conf = app.conf("props")
    visible = app.knowledge.visible(app.name)
    for stanza in conf:
        settings = conf.settings(stanza)
        for alias in field_aliases(settings):
            made.add(alias.alias)
        for lookup in automatic_lookups(settings, visible.table):
            made |= lookup.gives
        for key, setting in settings.items():
            if key.startswith("EVAL-"):
                made.add(key[len("EVAL-") :])
                read += [(field, setting) for field in parse_expression(setting.value).fields() or ()]
            elif key.startswith("EXTRACT-"):
                made |= inline_extraction(key, setting).gives or frozenset()
            elif key.startswith("REPORT-"):
                for name, _ in words(setting.value):
                    made |= transform_extraction(name, visible.transform(name)).gives or frozenset()
    return made, read
