"""A key that one stanza gives twice: Splunk takes the last and says nothing."""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.shipped_app import ShippedApp

NAME = "duplicates"


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    for file in app.conf_files:
        for duplicate in file.duplicates:
            yield app.place(duplicate.path, duplicate.line), f"[{duplicate.stanza}] gives {duplicate.key} again"
