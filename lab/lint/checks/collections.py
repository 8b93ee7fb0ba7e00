"""KV store lookups: the collection is there, and every field of the lookup is declared in it with a type.

An undeclared field has no type and cannot be accelerated (collections.conf.spec); lists are undeclared, since no type
of theirs exists: the caller excepts those.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.knowledge.names import words
from lab.lint.shipped_app import ShippedApp

NAME = "collections"


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    transforms, collections = app.conf("transforms"), app.conf("collections")
    for name in transforms:
        settings = transforms.settings(name)
        if "external_type" not in settings or settings["external_type"].value != "kvstore":
            continue
        place = app.at(settings["external_type"])
        collection = settings["collection"].value if "collection" in settings else name
        if collection not in collections:
            yield place, f"[{name}] there is no collection {collection}"
            continue
        if "fields_list" not in settings:
            yield place, f"[{name}] has no fields_list"
            continue
        declared = collections.settings(collection)
        for field, _ in words(settings["fields_list"].value):
            if field != "_key" and f"field.{field}" not in declared:
                yield app.at(settings["fields_list"]), f"[{name}] {collection} does not declare field.{field}"
