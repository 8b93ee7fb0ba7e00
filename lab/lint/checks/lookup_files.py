"""The tables behind lookups: each file of transforms.conf is there, can be read, has the fields that its definition
names, and is used by a definition (transforms.conf.spec: filename, match_type, time_field)."""

from __future__ import annotations

import re
from typing import Iterator, Mapping, Tuple

from lab.knowledge.conf import Setting
from lab.knowledge.lookup_tables import read_csv
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.spl.errors import SearchError

NAME = "lookup files"
_MATCHED = re.compile(r"\w+\(\s*([^)]*?)\s*\)")  # WILDCARD(field), CIDR(field)


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    conf = app.conf("transforms")
    named = set()
    for name in conf:
        settings = conf.settings(name)
        if "filename" in settings:
            filename = settings["filename"].value
            named.add(filename)
            path = app.folder / "lookups" / filename
            if not path.is_file() and not path.with_name(filename + ".default").is_file():
                yield app.at(settings["filename"]), f"[{name}] there is no lookups/{filename}"
                continue
        columns = app.columns_of(name) if _is_lookup(settings) else None
        for field, setting in _fields(settings) if columns is not None else ():
            if field not in columns:
                yield app.at(setting), f"[{name}] its table has no field {field}"
    for path in sorted((app.folder / "lookups").glob("*")):
        if path.suffix == ".csv" and path.name not in named:
            yield app.place(path), "no stanza of transforms.conf has this file"
        try:
            if path.suffix in (".csv", ".default"):
                read_csv(path)
        except SearchError as error:
            yield app.place(path), error.message


def _is_lookup(settings: Mapping[str, Setting]) -> bool:
    return "filename" in settings or "external_type" in settings


def _fields(settings: Mapping[str, Setting]) -> Iterator[Tuple[str, Setting]]:
    """The table's fields that a definition names."""
    if "match_type" in settings:
        for field in _MATCHED.findall(settings["match_type"].value):
            yield field, settings["match_type"]
    if "time_field" in settings:
        yield settings["time_field"].value, settings["time_field"]
