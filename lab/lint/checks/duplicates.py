"""What one file gives twice: a key of a stanza (Splunk takes the last and says nothing), or a whole stanza."""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.knowledge.conf import ConfError
from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "duplicates"


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    try:
        metadata = app.metadata_files
    except ConfError:
        metadata = []  # the check of metadata says why
    for file in (*app.conf_files, *metadata):
        for duplicate in file.duplicates:
            yield app.place(duplicate.path, duplicate.line), f"[{duplicate.stanza}] gives {duplicate.key} again"
        for stanza, line in file.repeated:
            yield app.place(file.path, line), f"[{stanza}] stands here a second time"
