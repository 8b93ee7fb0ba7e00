"""Field names with wildcards, as fields, table, rename, stats and others take them.

`*` stands for any characters. A pattern that does not itself begin with an underscore matches no
internal field (`_time`, `_raw` …): the Search Reference's fields page has internal fields removed
only where they are named.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from lab.spl import wildcards


def is_pattern(name: str) -> bool:
    return "*" in name


def wildcard_parts(pattern: str, field: str) -> Optional[Tuple[str, ...]]:
    """What each `*` of the pattern stands for in `field`; None where it does not match."""
    if field.startswith("_") and not pattern.startswith("_"):
        return None
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return () if field == pattern else None
    return wildcards.wildcard_parts(pieces, field)


def fill_wildcards(pattern: str, parts: Sequence[str]) -> str:
    """The pattern with each `*` replaced by the part at its place."""
    pieces = pattern.split("*")
    return pieces[0] + "".join(part + piece for part, piece in zip(parts, pieces[1:]))


class FieldSelection:
    """A list of field names, some perhaps with wildcards."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.has_patterns = any(map(is_pattern, names))
        self._exact = frozenset(name for name in names if not is_pattern(name))
        self._patterns = [name for name in names if is_pattern(name)]
        self._known: Dict[str, bool] = {}

    def matches(self, field: str) -> bool:
        known = self._known.get(field)
        if known is None:
            known = field in self._exact or any(
                wildcard_parts(pattern, field) is not None for pattern in self._patterns
            )
            self._known[field] = known
        return known

    def select(self, fields: Iterable[str]) -> List[str]:
        """Those of `fields` that match, in the order of the list, wildcards in the order of `fields`."""
        fields = list(fields)
        present = set(fields)
        found: Dict[str, None] = {}
        for name in self.names:
            if not is_pattern(name):
                if name in present:
                    found[name] = None
                continue
            found.update(dict.fromkeys(field for field in fields if wildcard_parts(name, field) is not None))
        return list(found)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        """The columns the list makes: named fields whether present or not, wildcards from `before`;
        None where only the rows can tell."""
        if not self.has_patterns:
            return list(dict.fromkeys(self.names))
        if before is None:
            return None
        found: Dict[str, None] = {}
        for name in self.names:
            if is_pattern(name):
                found.update(dict.fromkeys(field for field in before if wildcard_parts(name, field) is not None))
            else:
                found[name] = None
        return list(found)


def columns_of(rows: Iterable[Dict[str, object]]) -> List[str]:
    """All fields of some rows, in the order of first appearance."""
    found: Dict[str, None] = {}
    for row in rows:
        if row.keys() - found.keys():
            found.update(dict.fromkeys(row))
    return list(found)
