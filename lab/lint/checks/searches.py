"""Every search parses, and finds the macros, lookups, lookup fields and commands that it names.

A search is tried over no events in the app's own knowledge, so that commands which read a table do read it.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.shipped_app import ShippedApp
from lab.spl.errors import Unsupported

NAME = "searches"


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    for tried in app.tried:
        if tried.error is not None:
            kind = "the lab does not run it" if isinstance(tried.error, Unsupported) else "it is no search"
            yield tried.text.place, f"[{tried.text.name}] {kind}: {tried.error.message}"
    for tried in app.tried_macros:
        # A macro may be any part of a search; what it names must be there all the same.
        if tried.error is not None and "does not exist" in tried.error.message:
            yield tried.text.place, f"[{tried.text.name}] {tried.error.message}"
