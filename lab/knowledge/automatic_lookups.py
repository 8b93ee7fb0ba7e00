"""LOOKUP-: lookups that props.conf applies to every event of a kind (props.conf.spec).

They run last, so they see extracted, aliased and calculated fields. Splunk gives no order among
them (limits.conf [lookup] enforce_auto_lookup_order = false): none may read what another gives. Where two
give one field, which of them comes first is a reading, and so is what OUTPUT does without a match.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Tuple

from lab.knowledge.conf import ConfError, Setting
from lab.knowledge.lookup_tables import LookupTable
from lab.knowledge.names import ascii_order, is_word, words
from lab.spl.errors import Unsupported
from lab.spl.lookup_matches import LookupMatches

Row = Dict[str, Any]


class AutomaticLookup:
    """Matches `inputs` (table field, event field), gives `outputs` (likewise); `keeps`: OUTPUTNEW."""

    def __init__(
        self, name: str, table: LookupTable, inputs: List[Tuple[str, str]], outputs: List[Tuple[str, str]], keeps: bool
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.keeps = keeps
        self._temporal = table.temporal
        self._fields = [field for _, field in inputs]
        columns = [column for column, _ in outputs]
        self._matches = LookupMatches(table, [column for column, _ in inputs], columns)

    @property
    def reads(self) -> FrozenSet[str]:
        """The event's time too, where rows match by it."""
        return frozenset(self._fields) | (frozenset(("_time",)) if self._temporal else frozenset())

    @property
    def gives(self) -> FrozenSet[str]:
        return frozenset(field for _, field in self.outputs)

    def apply(self, row: Row, clears: bool) -> None:
        """An event without one of the inputs stays as it is. `clears`: without a match OUTPUT removes what is there."""
        if any(row.get(field) is None for field in self._fields):
            return
        found = self._matches.of(row, self._fields)
        if not found and not clears:
            return
        for column, field in self.outputs:
            if self.keeps and row.get(field) is not None:
                continue
            value = found.get(column)
            if value is not None:
                row[field] = value
            else:
                row.pop(field, None)


def automatic_lookups(settings: Mapping[str, Setting], table: Callable[[str], LookupTable]) -> List[AutomaticLookup]:
    """All of the settings in force; `table` finds a lookup by its name in transforms.conf."""
    keys = ascii_order(key for key in settings if key.lower().startswith("lookup"))
    lookups = [_parse(key, settings[key], table) for key in keys]
    for lookup in lookups:
        for other in lookups:
            if other is not lookup and lookup.reads & other.gives:
                raise Unsupported(f"the lookup {lookup.name} reads what {other.name} gives: Splunk gives them no order")
    return lookups


def _parse(key: str, setting: Setting, table: Callable[[str], LookupTable]) -> AutomaticLookup:
    parts = words(setting.value)
    if len(parts) < 2:
        raise ConfError(setting.path, setting.line, f"{key} is a lookup, its match fields, OUTPUT and output fields")
    name, rest = parts[0][0], parts[1:]
    split = next((position for position, word in enumerate(rest) if is_word(word, "OUTPUT", "OUTPUTNEW")), None)
    inputs = _pairs(key, setting, rest[:split])
    found = table(name)
    if split is None or split == len(rest) - 1:
        matched = {table_field for table_field, _ in inputs}
        outputs = [(field, field) for field in found.fields if field not in matched]
    else:
        outputs = _pairs(key, setting, rest[split + 1 :])
    for field, _ in (*inputs, *outputs):
        if field not in found.fields:
            raise ConfError(setting.path, setting.line, f"{key}: the lookup {name} has no field {field}")
    return AutomaticLookup(name, found, inputs, outputs, split is not None and is_word(rest[split], "OUTPUTNEW"))


def _pairs(key: str, setting: Setting, parts: List[Tuple[str, bool]]) -> List[Tuple[str, str]]:
    """`a AS b c` → [(a, b), (c, c)]."""
    pairs: List[Tuple[str, str]] = []
    rest = list(parts)
    while rest:
        field = rest.pop(0)[0]
        if rest and is_word(rest[0], "AS"):
            if len(rest) < 2:
                raise ConfError(setting.path, setting.line, f"{key}: AS wants a field after it")
            pairs.append((field, rest[1][0]))
            del rest[:2]
        else:
            pairs.append((field, field))
    if not pairs:
        raise ConfError(setting.path, setting.line, f"{key} names no field to match")
    return pairs
