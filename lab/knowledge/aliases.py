"""FIELDALIAS-: other names for extracted fields (props.conf.spec).

`AS` replaces the alias, and removes it where the original is missing; `ASNEW` leaves an alias that
is there already. All aliases of an event read the fields as extraction left them.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple

from lab.knowledge.conf import ConfError, Setting
from lab.knowledge.names import ascii_order, is_word, words
from lab.spl.errors import Unsupported


class Alias(NamedTuple):
    original: str
    alias: str
    replaces: bool


def field_aliases(settings: Mapping[str, Setting]) -> List[Alias]:
    """All aliases of the settings in force."""
    aliases: Dict[str, Alias] = {}
    for key in ascii_order(key for key in settings if key.startswith("FIELDALIAS-")):
        setting = settings[key]
        parts = words(setting.value)
        for position in range(0, len(parts), 3):
            three = parts[position : position + 3]
            if len(three) < 3 or not is_word(three[1], "AS", "ASNEW"):
                raise ConfError(setting.path, setting.line, f"{key} is `field AS alias` or `field ASNEW alias`")
            alias = Alias(three[0][0], three[2][0], is_word(three[1], "AS"))
            if alias.alias in aliases:
                raise ConfError(setting.path, setting.line, f"two fields have the alias {alias.alias}: one is lost")
            if "*" in alias.original + alias.alias:
                raise Unsupported(f"{setting.place}: the lab does not do aliases with wildcards")
            aliases[alias.alias] = alias
    for alias in aliases.values():
        if alias.original in aliases:
            raise Unsupported(f"the alias {alias.alias} is of another alias, {alias.original}")
    return list(aliases.values())


def apply_aliases(aliases: List[Alias], row: Dict[str, Any]) -> None:
    originals = [row.get(alias.original) for alias in aliases]
    for alias, value in zip(aliases, originals):
        if value is None:
            if alias.replaces:
                row.pop(alias.alias, None)
        elif alias.replaces or alias.alias not in row:
            row[alias.alias] = value[:] if value.__class__ is list else value
