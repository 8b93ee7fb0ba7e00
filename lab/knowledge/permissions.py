"""Who may read and change a knowledge object: metadata/default.meta and local.meta (default.meta.spec)."""

from __future__ import annotations

import re
from typing import Collection, Dict, List, NamedTuple, Optional, Tuple

from lab.knowledge.apps import Apps
from lab.knowledge.conf import ConfError, Setting

_PART = re.compile(r"(read|write)\s*:\s*\[([^\]]*)\]")
_FULL_ACCESS = "admin"  # etc/system/metadata/default.meta: write : [ admin ]


class Permissions(NamedTuple):
    """Roles that may read and write; `sharing` is user, app or global."""

    read: Tuple[str, ...] = ("*",)
    write: Tuple[str, ...] = (_FULL_ACCESS,)
    owner: str = "nobody"
    sharing: str = "app"

    def lets_read(self, roles: Collection[str]) -> bool:
        return _lets(self.read, roles)

    def lets_write(self, roles: Collection[str]) -> bool:
        return _lets(self.write, roles)

    def __str__(self) -> str:
        return f"{{ read : [ {', '.join(self.read)} ], write : [ {', '.join(self.write)} ] }}"


EVERYBODYS = Permissions()


def permissions(apps: Apps, app: str, kind: str, item: str) -> Permissions:
    """Of the object `kind/item` (`savedsearches/My search`) in `app`: each setting from the most exact stanza of
    metadata that makes it. Raises `ConfError` at an access list that cannot be read."""
    found: Dict[str, Setting] = {}
    for settings in apps.metadata(app, kind, item):
        for key, setting in settings.items():
            found.setdefault(key, setting)
    read, write = _access(found.get("access"))
    exported = "export" in found and found["export"].value == "system"
    owner = found["owner"].value if "owner" in found else "nobody"
    return Permissions(read, write, owner, "global" if exported else "app")


def _access(setting: Optional[Setting]) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    if setting is None:
        return EVERYBODYS.read, EVERYBODYS.write
    lists: Dict[str, Tuple[str, ...]] = {}
    rest = setting.value
    for match in _PART.finditer(setting.value):
        lists[match.group(1)] = tuple(_names(match.group(2)))
        rest = rest.replace(match.group(), "")
    if rest.strip(" ,") or not lists:
        raise ConfError(setting.path, setting.line, f"access is read : [ … ], write : [ … ], not {setting.value!r}")
    return lists.get("read", ()), lists.get("write", ())


def _names(text: str) -> List[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _lets(allowed: Collection[str], roles: Collection[str]) -> bool:
    return "*" in allowed or any(role in allowed for role in roles)
