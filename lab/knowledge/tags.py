"""tags.conf: words for field values (tags.conf.spec); `tag`, `tag::<field>` and tag= in searches."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Optional, Set, Tuple
from urllib.parse import unquote

from lab.knowledge.conf import Conf, ConfError
from lab.spl.search_expression.value_tests import value_test
from lab.spl.values import as_text, scalars

Row = Dict[str, Any]


class Tags:
    """The tags that a search sees. As a classifier it gives events their tag fields."""

    def __init__(self, conf: Conf) -> None:
        self._tags: Dict[str, Dict[str, List[str]]] = {}  # field → value → tags
        for stanza in conf:
            settings = conf.settings(stanza)
            field, equals, value = stanza.partition("=")
            if not equals or not field:
                place = next(iter(settings.values()))
                raise ConfError(place.path, place.line, f"a stanza of tags.conf is [field=value], not [{stanza}]")
            enabled = []
            for tag, setting in settings.items():
                if setting.value not in ("enabled", "disabled"):
                    raise ConfError(setting.path, setting.line, f"a tag is enabled or disabled, not {setting.value!r}")
                if setting.value == "enabled":
                    enabled.append(tag)
            if enabled:
                self._tags.setdefault(field, {})[unquote(value)] = enabled

    def tagged(self, tag: str) -> List[Tuple[str, str]]:
        """The (field, value) pairs that carry the tag; `*` in it is a wildcard."""
        carried = value_test(tag, case_sensitive=True)
        return [
            (field, value)
            for field, values in self._tags.items()
            for value, tags in values.items()
            if any(map(carried, tags))
        ]

    def gives(self, wanted: Optional[Set[str]]) -> bool:
        if not self._tags:
            return False
        return wanted is None or any(name == "tag" or name.startswith("tag::") for name in wanted)

    def reads(self) -> Optional[FrozenSet[str]]:
        return frozenset(self._tags)

    def apply(self, row: Row) -> None:
        all_tags: Dict[str, None] = {}
        for field, by_value in self._tags.items():
            tags: Dict[str, None] = {}
            for value in scalars(row.get(field)):
                tags.update(dict.fromkeys(by_value.get(as_text(value), ())))
            if tags:
                row[f"tag::{field}"] = _field(tags)
                all_tags.update(tags)
        if all_tags:
            row["tag"] = _field(all_tags)


def _field(tags: Dict[str, None]) -> Any:
    names = sorted(tags)
    return names[0] if len(names) == 1 else names
