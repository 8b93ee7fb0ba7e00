"""What the app defines and nothing of it uses: macros, lookups, collections, event types.

A search, another definition, props.conf or the app's own Python may use them; what only an admin calls by hand is for
the caller to except.
"""

from __future__ import annotations

import re
from typing import Iterator, Tuple
from urllib.parse import quote

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "unused"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    macros, lookups = app.asked("macro"), app.asked("lookup") | _automatic(app)
    conf = app.conf("macros")
    for name in conf:
        if name not in macros and not _in_python(app, name.partition("(")[0]):
            yield app.at(next(iter(conf.settings(name).values()))), f"nothing uses the macro {name}"
    transforms = app.conf("transforms")
    collections = set()
    for name in transforms:
        settings = transforms.settings(name)
        collections.add(settings["collection"].value if "collection" in settings else name)
        is_lookup = "filename" in settings or "external_type" in settings
        if is_lookup and name not in lookups and not _in_python(app, name):
            yield app.at(next(iter(settings.values()))), f"nothing uses the lookup {name}"
    conf = app.conf("collections")
    for name in conf:
        if name not in collections and not _in_python(app, name):
            yield app.at(next(iter(conf.settings(name).values()))), f"nothing uses the collection {name}"
    tagged = {stanza.partition("=")[2] for stanza in app.conf("tags") if stanza.startswith("eventtype=")}
    conf = app.conf("eventtypes")
    for name in conf:
        if name not in app.asked("event type") and quote(name, safe="") not in tagged and name not in tagged:
            yield app.at(next(iter(conf.settings(name).values()))), f"nothing uses the event type {name}"


def _automatic(app: ShippedApp) -> frozenset[str]:
    conf = app.conf("props")
    values = [
        s.value for stanza in conf for key, s in conf.settings(stanza).items() if key.lower().startswith("lookup")
    ]
    return frozenset(value.split()[0] for value in values if value.split())


def _in_python(app: ShippedApp, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", app.python) is not None
