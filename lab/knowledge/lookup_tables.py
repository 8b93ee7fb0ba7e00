"""Lookup tables: rows, and which of them match (transforms.conf.spec, "Lookup tables").

A table is rows of text under fixed fields, from a CSV file or a KV collection; `LookupTable.match`
is `lab.spl.context.Lookup`. Matching is by text; EXACT, WILDCARD and CIDR by field; with `time_field` the
event's time must also be so much later than the row's (Knowledge Manager Manual, "Configure a time-based lookup").
"""

from __future__ import annotations

import csv
import gzip
import io
import ipaddress
import re
from datetime import timezone, tzinfo
from math import floor
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, TextIO, Tuple

from lab.knowledge.conf import ConfError, Setting, boolean, integer
from lab.knowledge.names import words
from lab.spl.errors import SearchError
from lab.spl.time_format import parse_time
from lab.spl.values import as_number, as_text, scalars
from lab.spl.wildcards import wildcard_parts

Row = Dict[str, Any]
_MATCH_TYPE = re.compile(r"\s*(\w+)\s*\(\s*([^()]*?)\s*\)\s*,?")


_EPOCH = "%s.%Q"  # the default of time_format


class MatchRules(NamedTuple):
    """How a stanza of transforms.conf wants its table matched."""

    case_sensitive: bool = True
    kinds: Mapping[str, str] = {}  # field → WILDCARD or CIDR; others match exactly
    most: int = 100
    fewest: int = 0
    default: str = ""
    specific_first: bool = False  # the reading "lookup overlap" of lab.spl.readings
    time: Optional[TimeRule] = None


class TimeRule(NamedTuple):
    """A temporal lookup: where its rows have their time, and how much later an event may be, in seconds."""

    field: str
    form: str
    least: int
    most: int
    zone: tzinfo

    def seconds(self, row: Row) -> Optional[int]:
        """The time of a row; subseconds are ignored."""
        text = as_text(row.get(self.field, ""))
        number = as_number(text) if self.form == _EPOCH else parse_time(text, self.form, self.zone)
        return None if number is None else floor(number)


EXACT = MatchRules()


def match_rules(
    settings: Mapping[str, Setting], specific_first: bool = False, zone: tzinfo = timezone.utc
) -> MatchRules:
    """The rules of a stanza; `zone` is that of times in the table which name none."""

    def number(key: str, default: int) -> int:
        return integer(settings[key], key) if key in settings else default

    time = None
    if "time_field" in settings and settings["time_field"].value:
        form = settings["time_format"].value if "time_format" in settings else _EPOCH
        least, most = number("min_offset_secs", 0), number("max_offset_secs", 2_000_000_000)
        time = TimeRule(settings["time_field"].value, form, least, most, zone)
    rules = MatchRules(
        case_sensitive="case_sensitive_match" not in settings
        or boolean(settings["case_sensitive_match"], "case_sensitive_match"),
        kinds=_kinds(settings.get("match_type")),
        most=number("max_matches", 100 if time is None else 1),
        fewest=number("min_matches", 0),
        default=settings["default_match"].value if "default_match" in settings else "",
        specific_first=specific_first,
        time=time,
    )
    if not 1 <= rules.most <= 1000:
        place = settings["max_matches"]
        raise ConfError(place.path, place.line, f"max_matches is 1 to 1000, not {rules.most}")
    return rules


def _kinds(setting: Optional[Setting]) -> Dict[str, str]:
    kinds: Dict[str, str] = {}
    if setting is None:
        return kinds
    rest = setting.value
    while rest.strip():
        part = _MATCH_TYPE.match(rest)
        if part is None or part.group(1).upper() not in ("WILDCARD", "CIDR", "EXACT"):
            raise ConfError(setting.path, setting.line, f"match_type is WILDCARD(field) or CIDR(field), not {rest!r}")
        for field, _ in words(part.group(2)):
            kinds[field] = part.group(1).upper()
        rest = rest[part.end() :]
    return {field: kind for field, kind in kinds.items() if kind != "EXACT"}


class LookupTable:
    """Rows in the table's order, and an index for each set of fields they were asked by.

    `input_case_only`: without case sensitivity only the input is lowered, as a KV store lookup does.
    """

    def __init__(
        self, fields: Sequence[str], rows: List[Row], rules: MatchRules = EXACT, input_case_only: bool = False
    ) -> None:
        self.fields = fields
        self.rows = rows
        self.rules = rules
        self._lower_table = not rules.case_sensitive and not input_case_only
        self._indexes: Dict[Tuple[str, ...], _Index] = {}
        self._times: Dict[int, Optional[int]] = {}
        if rules.time is not None:
            if rules.time.field not in fields:
                raise SearchError(f"the lookup has no field {rules.time.field}, its time_field")
            self._times = {id(row): rules.time.seconds(row) for row in rows}

    @property
    def temporal(self) -> bool:
        return self.rules.time is not None

    def match(self, inputs: Mapping[str, Any], outputs: Sequence[str], time: Optional[float] = None) -> List[Row]:
        """`outputs` of the rows whose fields are those of `inputs`; `time` is the event's."""
        fields = tuple(sorted(inputs))
        index = self._indexes.get(fields)
        if index is None:
            for field in fields:
                if field not in self.fields:
                    raise SearchError(f"the lookup has no field {field}")
            index = self._indexes[fields] = self._index(fields)
        values = [as_text(inputs[field]) for field in fields]
        if not self.rules.case_sensitive:
            values = [value.lower() for value in values]
        found = index.find(values)
        if self.rules.time is not None:
            found = self._in_time(found, self.rules.time, time)
        found = found[: self.rules.most]
        result = [{name: row[name] for name in outputs if name in row} for row in found]
        while len(result) < self.rules.fewest:
            result.append(dict.fromkeys(outputs, self.rules.default))
        return result

    def _in_time(self, rows: List[Row], rule: TimeRule, time: Optional[float]) -> List[Row]:
        """The rows an event of this time may match, the newest first."""
        dated = [(self._times[id(row)], row) for row in rows] if time is not None else []
        near = [(at, row) for at, row in dated if at is not None and rule.least <= floor(time) - at <= rule.most]
        return [row for _, row in sorted(near, key=lambda pair: pair[0], reverse=True)]

    def _index(self, fields: Tuple[str, ...]) -> _Index:
        keys = []
        for row in self.rows:
            values = [as_text(row[field]) if field in row else None for field in fields]
            if self._lower_table:
                values = [value.lower() if value is not None else None for value in values]
            keys.append(values)
        return _Index(self.rows, keys, [self.rules.kinds.get(field) for field in fields], self.rules.specific_first)


class _Index:
    """Rows by the exact fields' values; where others are patterns those are tried in order."""

    def __init__(
        self, rows: List[Row], keys: List[List[Any]], kinds: List[Optional[str]], specific_first: bool
    ) -> None:
        self._exact = [position for position, kind in enumerate(kinds) if kind is None]
        self._inexact = [(position, kind) for position, kind in enumerate(kinds) if kind is not None]
        self._specific_first = specific_first
        self._rows: Dict[Tuple[Any, ...], List[Tuple[Row, List[Any]]]] = {}
        self._known: Dict[Tuple[str, ...], List[Row]] = {}
        compiled: Dict[Tuple[str, str], _Pattern] = {}
        for row, key in zip(rows, keys):
            if None in key:
                continue
            patterns = []
            for position, kind in self._inexact:
                pattern = compiled.get((kind, key[position]))
                if pattern is None:
                    pattern = compiled[kind, key[position]] = _PATTERNS[kind](key[position])
                patterns.append(pattern)
            self._rows.setdefault(tuple(key[position] for position in self._exact), []).append((row, patterns))

    def find(self, values: List[str]) -> List[Row]:
        candidates = self._rows.get(tuple(values[position] for position in self._exact), [])
        if not self._inexact:
            return [row for row, _ in candidates]
        asked = tuple(values)
        found = self._known.get(asked)
        if found is None:
            inexact = [values[position] for position, _ in self._inexact]
            parsed = [_PARSED[kind](value) for (_, kind), value in zip(self._inexact, inexact)]
            matching = [
                (row, patterns)
                for row, patterns in candidates
                if all(pattern.matches(value) for pattern, value in zip(patterns, parsed))
            ]
            if self._specific_first:
                matching.sort(key=lambda pair: [-pattern.specificity for pattern in pair[1]])
            found = self._known[asked] = [row for row, _ in matching]
        return found


class _Pattern(NamedTuple):
    matches: Callable[[Any], bool]
    specificity: int


def _wildcard(text: str) -> _Pattern:
    if "*" not in text:
        return _Pattern(text.__eq__, len(text) + 1)
    pieces = text.split("*")
    return _Pattern(lambda value: wildcard_parts(pieces, value) is not None, len(text.replace("*", "")))


def _cidr(text: str) -> _Pattern:
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return _Pattern(lambda value: False, 0)
    low, size, version = int(network.network_address), network.num_addresses, network.version

    def matches(value: Optional[Tuple[int, int]]) -> bool:
        return value is not None and value[0] == version and 0 <= value[1] - low < size

    return _Pattern(matches, network.prefixlen)


def _address(text: str) -> Optional[Tuple[int, int]]:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return address.version, int(address)


_PATTERNS: Dict[str, Callable[[str], _Pattern]] = {"WILDCARD": _wildcard, "CIDR": _cidr}
_PARSED: Dict[str, Callable[[str], Any]] = {"WILDCARD": lambda value: value, "CIDR": _address}


# ---- files


def read_csv(path: Path) -> Tuple[List[str], List[Row]]:
    """The fields and rows of a lookup table file, perhaps compressed; an empty cell is no value."""
    try:
        with _opened(path) as file:
            lines = csv.reader(file, strict=True)
            fields = next(lines, [])
            rows = []
            for cells in lines:
                if len(cells) > len(fields):
                    raise SearchError(f"{path.name} line {lines.line_num}: more cells than the header has fields")
                if cells:
                    rows.append({field: cell for field, cell in zip(fields, cells) if cell != ""})
    except (UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
        raise SearchError(f"{path.name} cannot be read as a lookup table: {error}") from None
    if len(set(fields)) < len(fields):
        raise SearchError(f"{path.name}: two columns have one name")
    return fields, rows


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")  # type: ignore[arg-type]
    return path.open(encoding="utf-8-sig", newline="")


def write_csv(path: Path, fields: Sequence[str], rows: Sequence[Row]) -> None:
    """A lookup table file; a multivalue is one cell, its values joined by spaces (Search Reference,
    outputlookup: "Multivalued fields"). Without fields the file is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if fields:
            writer.writerow(fields)
            writer.writerows([" ".join(map(as_text, scalars(row.get(field)))) for field in fields] for row in rows)
    fresh.replace(path)
