"""KV store lookups: the collection is there, and every field of the lookup is declared in it with a type.

What a collection accelerates are fields of its own. An undeclared field has no type and cannot be accelerated
(collections.conf.spec); lists are undeclared, since no type of theirs exists: the caller excepts those.
"""

from __future__ import annotations

import json
from typing import Iterator, Mapping, Optional, Tuple

from lab.knowledge.conf import Setting
from lab.knowledge.names import words
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "collections"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    transforms, collections = app.conf("transforms"), app.conf("collections")
    for collection in collections:
        declared = collections.settings(collection)
        for key, setting in declared.items():
            wrong = _acceleration(key, setting.value, declared) if key.startswith("accelerated_fields.") else None
            if wrong is not None:
                yield app.at(setting), f"[{collection}] {wrong}"
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


def _acceleration(key: str, text: str, declared: Mapping[str, Setting]) -> Optional[str]:
    """What is wrong with an accelerated_fields.<name>: a JSON object of declared fields, each 1 or -1."""
    try:
        fields = json.loads(text)
    except ValueError:
        return f"{key} is no JSON"
    if not isinstance(fields, dict) or not fields or set(fields.values()) - {1, -1}:
        return f"{key} is fields with 1 or -1 each"
    missing = sorted(field for field in fields if f"field.{field}" not in declared and field != "_key")
    return f"{key}: there is no field.{missing[0]}" if missing else None
