"""A parsed search: which events it begins with, the commands they go through, and running it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from lab.spl.command import ALL_FIELDS, Command, Fields
from lab.spl.context import Context, EventRequest, Row, Rows
from lab.spl.errors import SearchError
from lab.spl.regex import LIMIT_MESSAGE, LimitExceeded
from lab.spl.search_expression.expression import SearchExpression
from lab.spl.syntax.source import Source
from lab.spl.values import copied


@dataclass(frozen=True)
class Result:
    """What a search gives: its rows, and the order of their columns."""

    rows: List[Row]
    columns: List[str]


@dataclass(frozen=True)
class Stage:
    """A command and where its name stands in the source."""

    command: Command
    start: int
    end: int


class Pipeline:
    """Commands in a row, over whatever rows they are given."""

    def __init__(self, stages: List[Stage], source: Source) -> None:
        self.stages = stages
        self.source = source

    @property
    def commands(self) -> List[Command]:
        return [stage.command for stage in self.stages]

    def needs(self, wanted: Fields = ALL_FIELDS) -> Fields:
        """The fields it needs of its rows so that `wanted` come out right."""
        for stage in reversed(self.stages):
            wanted = stage.command.needs(wanted)
        return wanted

    def inner_fields(self) -> Fields:
        """The fields of events that searches need which its commands find and run."""
        found: FrozenSet[str] = frozenset()
        for stage in self.stages:
            fields = stage.command.inner_fields()
            if fields is None:
                return ALL_FIELDS
            found |= fields
        return found

    def columns(self, before: Optional[List[str]] = None) -> Optional[List[str]]:
        for stage in self.stages:
            before = stage.command.columns(before)
        return before

    def run(self, rows: Rows, context: Context) -> Rows:
        for stage in self.stages:
            rows = self._placed(stage, rows, context)
        return rows

    def _placed(self, stage: Stage, rows: Rows, context: Context) -> Iterator[Row]:
        """The command's rows; an error that knows no command or place gets this one's. However it ends, what it
        read from ends too: a process behind an earlier command must not wait for the garbage collector."""
        try:
            yield from stage.command.run(rows, context)
        except SearchError as error:
            raise error.of(stage.command.name).at(self.source, stage.start, stage.end) from None
        except LimitExceeded:
            raise SearchError(LIMIT_MESSAGE, self.source, stage.start, stage.end).of(stage.command.name) from None
        finally:
            close = getattr(rows, "close", None)
            if close is not None:
                close()


class Search:
    """`base` is the expression of the leading `search`, None where a generating command leads.
    `inner` are the searches in brackets anywhere in it."""

    def __init__(self, base: Optional[SearchExpression], pipeline: Pipeline, inner: Tuple[Search, ...] = ()) -> None:
        self.base = base
        self.pipeline = pipeline
        self.inner = inner

    @property
    def commands(self) -> List[Command]:
        """All commands but a leading `search`."""
        return self.pipeline.commands

    def visible_fields(self) -> Fields:
        """The fields of the first search's events that the commands after it can see; None: all."""
        if self.base is None:
            return frozenset()
        needed = self.pipeline.needs()
        return None if needed is None else needed | {"_time"}

    def base_fields(self) -> Fields:
        """The fields to extract of events for this search, those in its brackets and those its commands run
        (map, savedsearch, a dataset): what its commands see and what its expression compares."""
        found: FrozenSet[str] = frozenset()
        visible = self.visible_fields()
        compared = self.base.fields() if self.base is not None else frozenset()
        inner = (self.pipeline.inner_fields(), *(search.base_fields() for search in self.inner))
        for fields in (visible, compared, *inner):
            if fields is None:
                return ALL_FIELDS
            found |= fields
        return found

    def columns(self) -> Optional[List[str]]:
        """The order of its columns as far as the commands fix it."""
        return self.pipeline.columns()

    def rows(self, context: Context) -> Rows:
        """The result row by row; nothing has run before the first is asked for."""
        return self.pipeline.run(self._events(context), context)

    def columns_of(self, found: Sequence[Row]) -> List[str]:
        """The order of the columns of these rows, which it gave."""
        fixed = self.columns()
        if fixed is None:
            fixed = first_appearance(found)
            if self.commands:
                fixed = self.commands[-1].arranged(fixed)
        return fixed

    def run(self, context: Context) -> Result:
        found = list(self.rows(context))
        return Result(found, self.columns_of(found))

    def _events(self, context: Context) -> Iterator[Row]:
        """The events of the leading search. Time modifiers in it replace the search's own time range, and
        `earliest` alone reaches to now (Search Reference, "Time modifiers")."""
        if self.base is None:
            return
        try:
            yield from context.events(self._request(self.base.resolved(context), context))
        except SearchError as error:
            raise error.of("search").at(self.pipeline.source, 0) from None
        except LimitExceeded:  # in a field's own extraction: Splunk would leave the field out and say so in its log
            raise SearchError(LIMIT_MESSAGE, self.pipeline.source, 0).of("search") from None

    def _request(self, expression: SearchExpression, context: Context) -> EventRequest:
        limits: Dict[str, Optional[float]] = {
            name: expression.time_limit(name, context)
            for name in ("earliest", "latest", "_index_earliest", "_index_latest")
        }
        latest = context.latest if limits["earliest"] is None else context.now
        return EventRequest(
            expression=expression,
            earliest=_or(limits["earliest"], context.earliest),
            latest=_or(limits["latest"], latest),
            index_earliest=_or(limits["_index_earliest"], context.index_earliest),
            index_latest=_or(limits["_index_latest"], context.index_latest),
            fields=self.visible_fields(),
        )


def _or(limit: Optional[float], otherwise: float) -> float:
    return otherwise if limit is None else limit


def first_appearance(rows: Sequence[Row]) -> List[str]:
    """The fields of the rows, in the order in which they first occur."""
    found: Dict[str, None] = {}
    for row in rows:
        if not found.keys() >= row.keys():
            found.update(dict.fromkeys(row))
    return list(found)


def parse(text: str, context: Context) -> Search:
    """A search as a user writes it: macros expanded, everything checked that can be before it runs.
    Raises `SearchError` or `Unsupported` with line and column."""
    from lab.spl.syntax.parser import parse as parse_text

    return parse_text(text, context)


def parse_pipeline(text: str, context: Context) -> Pipeline:
    """Commands without a leading search, for rows at hand."""
    from lab.spl.syntax.macros import expand
    from lab.spl.syntax.parser import Parser

    source = expand(text, context)
    return Parser(source, context).pipeline(0, len(source.text))


def commands_over(text: str, rows: Sequence[Row], columns: Sequence[str], context: Context) -> Result:
    """What commands make of a result, which stays as it is; a pipe may stand before them. Raises `SearchError`."""
    pipeline = parse_pipeline(text.strip().lstrip("|"), context)
    found = list(pipeline.run(map(copied, rows), context))
    fixed = pipeline.columns(list(columns))
    if fixed is None:
        fixed = pipeline.commands[-1].arranged(first_appearance(found))
    return Result(found, fixed)
