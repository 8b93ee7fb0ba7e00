"""What a search command is.

A command parses and checks its arguments once (`__init__`, through `Arguments`), says which fields
it needs (`needs`), and turns rows into rows (`run`). It reads no file and no clock: the context
gives everything. A row belongs to the command that receives it, which may change it in place.
"""

from __future__ import annotations

from typing import ClassVar, FrozenSet, List, Optional, Tuple

from lab.spl.context import Context, Row, Rows
from lab.spl.statistics.aggregation import Aggregation
from lab.spl.syntax.arguments import Arguments

__all__ = ["ALL_FIELDS", "Aggregation", "Arguments", "Command", "Context", "Fields", "Row", "Rows"]

Fields = Optional[FrozenSet[str]]  # None: all fields
ALL_FIELDS: Fields = None


class Command:
    """One search command; `name` is what stands after the pipe."""

    name: ClassVar[str]
    aliases: ClassVar[Tuple[str, ...]] = ()
    generating: ClassVar[bool] = False  # may stand first, after a leading pipe

    def __init__(self, args: Arguments) -> None:
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        """The fields needed before this command, given those wanted after it (Splunk's own field
        projection). The default, all, is always right and never fast. Wildcards count as all."""
        return ALL_FIELDS

    def inner_fields(self) -> Fields:
        """The fields of events that searches need which the command itself finds and runs (a saved search,
        map's template); those in its brackets are known without it."""
        return frozenset()

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """The order of result columns after this command; None: the order of first appearance."""
        return before

    def arranged(self, found: List[str]) -> List[str]:
        """The order of the last command's columns where only its rows tell which there are."""
        return found

    def run(self, rows: Rows, context: Context) -> Rows:
        raise NotImplementedError
