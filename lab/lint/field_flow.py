"""Which fields a search has after each of its commands, and which it reads that nothing before gives.

Both come from the language: a command's `columns` say what it adds or leaves, its `needs` what it reads. Four commands
leave their columns to the run (foreach, a lookup without OUTPUT, inputlookup, statistics with a wildcard); what is
known of those before any row is seen stands here.
"""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

from lab.spl.command import Command
from lab.spl.commands.eval import Eval
from lab.spl.commands.eventstats import EventStats
from lab.spl.commands.fields import FieldsCommand
from lab.spl.commands.foreach import Foreach
from lab.spl.commands.inputlookup import InputLookup
from lab.spl.commands.lookup import Lookup
from lab.spl.commands.stats import Stats
from lab.spl.commands.streamstats import StreamStats
from lab.spl.commands.table import Table
from lab.spl.field_patterns import fill_wildcards, is_pattern, wildcard_parts
from lab.spl.search import Pipeline, Search

Known = Optional[FrozenSet[str]]  # None: only the run can tell
TableColumns = Callable[[str], Optional[List[str]]]

# Their columns name fields that they themselves read (x = x + 1, table x); of other commands what they add is not
# asked for, since those keep an old value of it where they find no new one.
_READ_WHAT_THEY_NAME = (Eval, Table, FieldsCommand)


class Flow(NamedTuple):
    """`missing`: (command, field) of what is read though nothing gives it; `columns`: what the search ends in."""

    missing: FrozenSet[Tuple[str, str]]
    columns: Known


def field_flow(search: Search, of_events: Known, columns_of: TableColumns) -> Flow:
    """`of_events`: the fields that events have; `columns_of`: those of a lookup, None where it cannot be read.
    Searches in brackets are looked at too, each on its own."""
    walk = _Walk(columns_of)
    for inner in search.inner:
        walk.missing |= field_flow(inner, of_events, columns_of).missing
    given: Known = frozenset() if search.base is None else of_events
    if search.base is not None:
        walk.reads("search", search.base.fields(), of_events)
    columns = walk.through(search.pipeline, given)
    return Flow(frozenset(walk.missing), columns)


class _Walk:
    """From command to command."""

    def __init__(self, columns_of: TableColumns) -> None:
        self.missing: Set[Tuple[str, str]] = set()
        self._columns_of = columns_of

    def through(self, pipeline: Pipeline, given: Known) -> Known:
        for command in pipeline.commands:
            given = self._foreach(command, given) if isinstance(command, Foreach) else self._after(command, given)
        return given

    def reads(self, command: str, fields: Known, given: Known) -> None:
        """A wildcard asks for nothing in particular."""
        if fields is not None and given is not None:
            self.missing |= {(command, field) for field in fields - given if not is_pattern(field)}

    def _after(self, command: Command, given: Known) -> Known:
        if isinstance(command, InputLookup):
            return self._table(command, given)
        after = self._columns(command, given)
        if given is not None:
            wanted = after if after is not None and isinstance(command, _READ_WHAT_THEY_NAME) else given
            self.reads(command.name, command.needs(wanted), given)
        return after

    def _columns(self, command: Command, given: Known) -> Known:
        found = command.columns(None if given is None else sorted(given))
        if found is not None:
            return frozenset(found)
        if isinstance(command, (Stats, EventStats, StreamStats)) and given is not None:
            kept = frozenset(command.by) if isinstance(command, Stats) else given
            return kept.union(*(_names(item.field or "", item.name, given) for item in command.aggregations))
        if isinstance(command, Lookup) and not command.mode and given is not None:
            columns = self._columns_of(command.table)
            return None if columns is None else given | {name for name in columns if not name.startswith("_")}
        return None

    def _table(self, command: InputLookup, given: Known) -> Known:
        columns = self._columns_of(command.table)
        if columns is None:
            return None
        found = frozenset((*columns, "_key"))
        if command.where is not None:
            self.reads(command.name, command.where.fields(), found)
        if not command.append:
            return found
        return None if given is None else given | found

    def _foreach(self, command: Foreach, given: Known) -> Known:
        """Its templates one after the other; those of a wildcard or of values are known to the run alone."""
        if command.mode != "multifield" or any(map(is_pattern, command.fields)):
            return None
        self.reads(command.name, frozenset(command.fields), given)
        for template in _in_order(command.pipelines, command.fields):
            given = self.through(template, given)
        return given


def _in_order(templates: Dict[str, Pipeline], names: List[str]) -> List[Pipeline]:
    return [templates[name] for name in dict.fromkeys(names)]


def _names(field: str, name: str, given: FrozenSet[str]) -> List[str]:
    """The output fields of one statistic: `values(home_*) AS all_*` has one for each field that matches."""
    if not is_pattern(name):
        return [name]
    found = (wildcard_parts(field, one) for one in given)
    return [fill_wildcards(name, parts) for parts in found if parts is not None]
