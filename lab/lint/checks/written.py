"""What a search writes into a lookup arrives there: every column is a field of the table, and the key is a column.

Search Reference, outputlookup: a KV lookup keeps the fields of its fields_list, append=true the columns that the file
has; the rest goes without a word. A file that is written anew has the columns of what is written.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp
from lab.spl.commands.outputlookup import OutputLookup

NAME = "written"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    transforms = app.conf("transforms")
    for tried in app.tried:
        last = tried.search.commands[-1:] if tried.search is not None else []
        columns = app.columns(tried)
        if not last or not isinstance(last[0], OutputLookup) or columns is None:
            continue
        table, key = last[0].table, last[0].key_field
        if key is not None and key not in columns:
            yield tried.text.place, f"[{tried.text.name}] outputlookup: there is no {key} to be the key"
        is_collection = table in transforms and "external_type" in transforms.settings(table)
        known = app.columns_of(table) if is_collection or last[0].append else None
        for field in sorted(columns - {*known, "_key"}) if known is not None else ():
            yield tried.text.place, f"[{tried.text.name}] outputlookup: {table} has no {field}, so it is lost"
