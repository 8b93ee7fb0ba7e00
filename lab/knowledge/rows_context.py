"""Searches over given rows instead of a store: `./build.sh search --rows FILE`, and conformance vectors.

The rows are what the base search finds before its own expression has chosen among them; macros,
lookups and the rest are those of the installed apps. Values of a JSON row become field values as
Splunk would show them; an object inside a row is none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, Iterable, Iterator, List, Mapping, Optional, Sequence

from lab.knowledge.conf import Conf, ConfFile, Setting
from lab.knowledge.context import Commands, SearchContext
from lab.knowledge.event_types import EventTypes
from lab.knowledge.keys import IMPLEMENTED, IRRELEVANT, refuse
from lab.knowledge.knowledge import INFINITY, Knowledge
from lab.knowledge.limits import Limits
from lab.knowledge.lookup_tables import LookupTable, match_rules
from lab.knowledge.tags import Tags
from lab.spl.context import Context, EventRequest, Row
from lab.spl.errors import SearchError
from lab.spl.given_rows import requested_rows
from lab.spl.search_expression.expression import parse_search_expression, predicate
from lab.spl.vector_context import Stanzas, Surroundings


class RowsContext(SearchContext):
    """The context of a search in `app` whose every base search looks through `rows`."""

    def __init__(
        self,
        knowledge: Knowledge,
        rows: Iterable[Mapping[str, Any]],
        *,
        kvstore: Any,
        now: float,
        earliest: float = 0.0,
        latest: float = INFINITY,
        app: str = "search",
        warn: Callable[[str], None] = lambda message: None,
        commands: Optional[Commands] = None,
    ) -> None:
        knowledge.define_collections(kvstore)
        super().__init__(
            knowledge.visible(app),
            store=None,
            kvstore=kvstore,
            now=now,
            earliest=earliest,
            latest=latest,
            index_earliest=0.0,
            index_latest=INFINITY,
            warn=warn,
            commands=commands,
        )
        self._rows = [field_values(row, number) for number, row in enumerate(rows, 1)]

    def events(self, request: EventRequest) -> Iterator[Row]:
        return requested_rows(self._rows, request, self, self._classify)

    def _classify(self, row: Row, fields: FrozenSet[str]) -> None:
        _classify(row, fields, self._event_types, self._visible.tags)

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        raise SearchError("collect needs an event store: this search runs over given rows")


def field_values(row: Mapping[str, Any], number: int) -> Row:
    """A JSON object as a row; null is no value, true and false are words. `number`: for the error."""
    values: Row = {}
    for name, value in row.items():
        if isinstance(value, list):
            kept: List[Any] = [_scalar(item, name, number) for item in value if item is not None]
            if kept:
                values[name] = kept
        elif value is not None:
            values[name] = _scalar(value, name, number)
    return values


def _scalar(value: Any, name: str, number: int) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return value
    raise SearchError(f"row {number}: the field {name} is no text, number or list of them")


def vector_surroundings() -> Surroundings:
    """What conformance vectors need of this layer: lookups by their stanza, event types, tags and limits."""
    return Surroundings(lookup=_vector_lookup, classification=_VectorClassification, limit=Limits())


class _VectorClassification:
    """The event types and tags of a vector's context, by the readers of the conf files."""

    def __init__(self, eventtypes: Stanzas, tags: Stanzas, context: Context) -> None:
        self._event_types = EventTypes(_vector_conf("eventtypes", eventtypes), context)
        self._tags = Tags(_vector_conf("tags", tags))
        self.search = self._event_types.search
        self.eventtypes = self._event_types.names
        self.tagged = self._tags.tagged

    def apply(self, row: Row, fields: FrozenSet[str]) -> None:
        _classify(row, fields, self._event_types, self._tags)


def _classify(row: Row, fields: FrozenSet[str], event_types: EventTypes, tags: Tags) -> None:
    """Add the row's event types and tags where `fields` name any of them; what the row says itself stays."""
    if tags.gives(fields) or event_types.gives(fields):
        given = dict(row)
        event_types.apply(row)  # first: an event type may carry tags
        tags.apply(row)
        row.update(given)


def _vector_conf(name: str, stanzas: Stanzas) -> Conf:
    path = Path(name)
    layer = {
        stanza: {key: Setting(str(value), path, 1) for key, value in settings.items()}
        for stanza, settings in stanzas.items()
    }
    return Conf(name, [ConfFile(path, layer, [])])


def _vector_lookup(stanza: Mapping[str, str], fields: Sequence[str], rows: List[Row], context: Context) -> LookupTable:
    settings = _vector_conf("transforms", {"lookup": stanza}).settings("lookup")
    refuse("transforms", settings)
    for key in settings:
        if key not in IMPLEMENTED["transforms"] and key not in IRRELEVANT["transforms"]:
            raise SearchError(f"unknown key of transforms.conf: {key}")
    if "filter" in settings:
        passes = predicate(parse_search_expression(stanza["filter"], context), context)
        rows = [row for row in rows if passes(row)]
    specific_first = context.reading("lookup overlap") == "specific"
    return LookupTable(fields, rows, match_rules(settings, specific_first, context.timezone))
