"""The world of one conformance vector: its rows, macros, event types, tags, lookups and data models.

What it needs beyond the language (how lookups match, limits) comes from outside, as `Surroundings`: the
language imports nothing of the lab.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple

from lab.spl import readings
from lab.spl.context import Context, EventRequest, ExternalCommand, Lookup, Macro, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.given_rows import requested_rows
from lab.spl.values import as_text, scalars

# (the stanza of transforms.conf, fields, rows, the context it is asked in) → a lookup
LookupMaker = Callable[[Mapping[str, str], Sequence[str], List[Row], Context], Lookup]
Stanzas = Mapping[str, Mapping[str, str]]


class Classification(Protocol):
    """A vector's event types and tags."""

    def search(self, eventtype: str) -> str: ...

    def eventtypes(self) -> Sequence[str]: ...

    def tagged(self, tag: str) -> Sequence[Tuple[str, str]]: ...

    def apply(self, row: Row, fields: FrozenSet[str]) -> None:
        """Give the row those of its classifying fields that are among `fields`."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What the vectors' searches need beyond the language: `lookup` makes a table of rows behave as its
    stanza of transforms.conf says, `classification` knows stanzas of eventtypes.conf and of tags.conf,
    `limit` is limits.conf."""

    lookup: LookupMaker
    classification: Callable[[Stanzas, Stanzas, Context], Classification]
    limit: Callable[[str, str], int]


@dataclass
class Table:
    fields: List[str]
    rows: List[Row]


@dataclass
class GivenContext:
    """The world of one vector: its rows are what every base search is run over."""

    surroundings: Surroundings
    rows: List[Row] = field(default_factory=list)
    settings: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)  # readings other than the default

    def __post_init__(self) -> None:
        self.now = float(self.settings.get("now", 1_700_000_000))
        self.timezone: tzinfo = _zone(self.settings.get("tz", "UTC"))
        self.earliest = float(self.settings.get("earliest", 0))
        self.latest = float(self.settings.get("latest", "inf"))
        self.index_earliest = 0.0
        self.index_latest = float("inf")
        self.warnings: List[str] = []
        self.collected: List[Tuple[List[Row], Dict[str, str]]] = []
        self.tables = {name: read_table(text) for name, text in self.settings.get("lookup_files", {}).items()}
        self._classification = self.surroundings.classification(
            self.settings.get("eventtypes", {}), self.settings.get("tags", {}), self
        )

    def macro(self, name: str, arity: int) -> Macro:
        label = f"{name}({arity})" if arity else name
        stanza = self.settings.get("macros", {}).get(label)
        if stanza is None:
            raise SearchError(f"there is no macro '{label}'")
        return Macro(
            definition=stanza["definition"],
            args=tuple(arg.strip() for arg in stanza.get("args", "").split(",") if arg.strip()),
            iseval=str(stanza.get("iseval", "0")).lower() in ("1", "true", "t"),
            validation=stanza.get("validation"),
            errormsg=stanza.get("errormsg"),
        )

    def eventtype(self, name: str) -> str:
        return self._classification.search(name)

    def eventtypes(self) -> Sequence[str]:
        return self._classification.eventtypes()

    def tagged(self, tag: str) -> Sequence[Tuple[str, str]]:
        return self._classification.tagged(tag)

    def events(self, request: EventRequest) -> Iterator[Row]:
        return requested_rows(self.rows, request, self, self._classification.apply)

    def lookup(self, name: str) -> Lookup:
        stanza, table = self._table(name)
        return self.surroundings.lookup(stanza, table.fields, table.rows, self)

    def read_table(self, name: str) -> Iterator[Row]:
        return (dict(row) for row in self.lookup(name).rows)

    def write_table(
        self, name: str, rows: Sequence[Row], *, append: bool, key_field: Optional[str], options: Dict[str, Any]
    ) -> None:
        """A lookup file as outputlookup writes it: an appended row adds no column, a multivalue is one text."""
        if key_field is not None:
            raise SearchError("key_field needs a KV store, and a vector has none")
        if options.get("output_format") == "splunk_mv_csv":
            raise Unsupported("a vector's lookup files hold no multivalues")
        file = self.settings.get("transforms", {}).get(name, {}).get("filename", name)
        old = self.tables.get(file, Table([], [])) if append else Table([], [])
        if not rows and (append or not options.get("override_if_empty", True)):
            return
        if not rows and not options.get("create_empty", False):
            self.tables.pop(file, None)
            return
        fields = old.fields or list(dict.fromkeys(name for row in rows for name in row if not name.startswith("_")))
        cells = [{key: " ".join(map(as_text, scalars(row[key]))) for key in fields if key in row} for row in rows]
        fresh = [{key: cell for key, cell in row.items() if cell} for row in cells]
        self.tables[file] = Table(fields, [*old.rows, *fresh])

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        self.collected.append((list(rows), dict(options)))

    def saved_search(self, name: str) -> str:
        raise SearchError(f"there is no saved search '{name}'")

    def of_saved_search(self, name: str) -> GivenContext:
        return self

    def datamodel(self, name: str) -> Dict[str, Any]:
        model = self.settings.get("datamodels", {}).get(name)
        if model is None:
            raise SearchError(f"there is no data model '{name}'")
        return model

    def external_command(self, name: str) -> Optional[ExternalCommand]:
        return None

    def limit(self, stanza: str, key: str) -> int:
        return self.surroundings.limit(stanza, key)

    def reading(self, question: str) -> str:
        return self.chosen.get(question) or readings.default(question)

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def _table(self, name: str) -> Tuple[Mapping[str, str], Table]:
        stanza = self.settings.get("transforms", {}).get(name, {})
        table = self.tables.get(stanza.get("filename", name))
        if table is None:
            raise SearchError(f"there is no lookup '{name}'")
        return stanza, table


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    return timezone.utc if name == "UTC" else ZoneInfo(name)


def read_table(text: str) -> Table:
    """A lookup file: an empty cell is no value."""
    lines = list(csv.reader(io.StringIO(text)))
    if not lines:
        return Table([], [])
    return Table(lines[0], [{name: cell for name, cell in zip(lines[0], cells) if cell != ""} for cells in lines[1:]])
