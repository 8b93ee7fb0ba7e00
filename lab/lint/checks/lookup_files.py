"""The tables behind lookups: each file of transforms.conf is there, can be read, and is used by a definition."""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.knowledge.lookup_tables import read_csv
from lab.lint.shipped_app import ShippedApp
from lab.spl.errors import SearchError

NAME = "lookup files"


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    conf = app.conf("transforms")
    named = set()
    for name in conf:
        settings = conf.settings(name)
        if "filename" not in settings:
            continue
        filename = settings["filename"].value
        named.add(filename)
        path = app.folder / "lookups" / filename
        if not path.is_file() and not path.with_name(filename + ".default").is_file():
            yield app.at(settings["filename"]), f"[{name}] there is no lookups/{filename}"
    for path in sorted((app.folder / "lookups").glob("*")):
        if path.suffix == ".csv" and path.name not in named:
            yield app.place(path), "no stanza of transforms.conf has this file"
        try:
            if path.suffix in (".csv", ".default"):
                read_csv(path)
        except SearchError as error:
            yield app.place(path), error.message
