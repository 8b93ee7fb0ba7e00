"""Every search, and every macro by itself, parses and finds the macros, lookups, lookup fields, event types, saved
searches, data models and commands that it names.

Each is tried over no events in the app's own knowledge, so that commands which read a table do read it.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.spl.errors import Unsupported

NAME = "searches"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    for tried in (*app.tried, *app.tried_macros):
        if tried.error is not None:
            kind = "the lab does not run it" if isinstance(tried.error, Unsupported) else "it cannot be run"
            yield tried.text.place, f"[{tried.text.name}] {kind}: {tried.error.message}"
