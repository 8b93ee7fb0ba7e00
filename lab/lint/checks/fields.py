"""Every field that a search reads comes from somewhere: props.conf, the log itself, a lookup, or the search.

What a search reads and makes is what the language itself says of its commands (`field_flow`), so a field that is
misspelt after a stats shows here too. Which paths the log's JSON has is not the app's to say: they are `log_paths`.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.dashboards import TOKEN_WORD
from lab.lint.field_flow import field_flow
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "fields"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    props = app.event_fields
    for setting, problem in props.problems:
        yield app.at(setting), problem
    if props.known is not None:
        for field, setting in props.read:
            if field not in props.known:
                yield app.at(setting), f"it reads {field}, which nothing gives"
    for tried in app.tried:
        if tried.search is None:
            continue
        for command, field in sorted(field_flow(tried.search, props.known, app.columns_of).missing):
            if field != TOKEN_WORD:
                yield tried.text.place, f"[{tried.text.name}] {command}: it reads {field}, which nothing gives"
