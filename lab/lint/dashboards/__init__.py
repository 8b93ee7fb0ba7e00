"""Dashboards: their searches, tokens and times, from Studio's JSON or Simple XML."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from lab.lint.dashboards.dashboard import TOKEN_WORD, Dashboard
from lab.lint.dashboards.simple_xml import read_simple_xml
from lab.lint.dashboards.studio import read_studio
from lab.lint.finding import Place

__all__ = ["TOKEN_WORD", "Dashboard", "read_dashboard"]


def read_dashboard(path: Path, place: Place) -> Dashboard:
    """A view as it stands in default/data/ui/views; what cannot be read is said in `problem`."""
    try:
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        version = root.get("version", "")
        if version == "2":
            return read_studio(path.stem, place, json.loads(root.findtext("definition") or ""))
        return read_simple_xml(path.stem, place, version, root)
    except (ElementTree.ParseError, ValueError, KeyError, TypeError) as error:
        said = f"there is no search {error}" if isinstance(error, KeyError) else error
        return Dashboard(path.stem, place, "", problem=f"it cannot be read: {said}")
