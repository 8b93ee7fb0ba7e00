"""A dashboard's searches and tokens, from Simple XML (version 1.1) or a Studio definition (version 2)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple
from xml.etree import ElementTree

TOKEN = re.compile(r"\$([A-Za-z_][\w.:\-]*?)(?:\|\w+)?\$")
_TOKEN_OPTION = re.compile(r"token", re.IGNORECASE)


class Dashboard(NamedTuple):
    """`searches` by name, a chained one with its parents before it; tokens of a search stand as a harmless word."""

    name: str
    place: str
    version: str
    searches: Dict[str, str]
    tokens_used: FrozenSet[str]
    tokens_set: FrozenSet[str]
    problem: Optional[str] = None  # it cannot be read


def read_dashboard(path: Path, place: str) -> Dashboard:
    """A view as it stands in default/data/ui/views; what cannot be read is said in `problem`."""
    text = path.read_text(encoding="utf-8")
    try:
        root = ElementTree.fromstring(text)
        version = root.get("version", "")
        if version == "2":
            return _studio(path.stem, place, json.loads(root.findtext("definition") or ""))
        return _simple(path.stem, place, version, root)
    except (ElementTree.ParseError, ValueError, KeyError, TypeError) as error:
        return Dashboard(path.stem, place, "", {}, frozenset(), frozenset(), f"it cannot be read: {error}")


def _studio(name: str, place: str, definition: Dict[str, Any]) -> Dashboard:
    sources: Dict[str, Any] = definition.get("dataSources", {})

    def query(identity: str, seen: Tuple[str, ...] = ()) -> str:
        source = sources[identity]
        own = str(source.get("options", {}).get("query", ""))
        parent = source.get("options", {}).get("extend")
        if source["type"] != "ds.chain" or parent in seen:
            return own
        return f"{query(parent, (*seen, identity))} | {own.strip().lstrip('|')}"

    searches = {key: _plain(query(key)) for key, one in sources.items() if one["type"] in ("ds.search", "ds.chain")}
    used = frozenset(token for text in _strings(definition) for token in TOKEN.findall(text))
    given = set(definition.get("defaults", {}).get("tokens", {}).get("default", {}))
    for entry in definition.get("inputs", {}).values():
        token = entry.get("options", {}).get("token")
        given |= {token, f"{token}.earliest", f"{token}.latest"} if token else set()
    for visualization in definition.get("visualizations", {}).values():
        for handler in visualization.get("eventHandlers", ()):
            options = handler.get("options", {})
            given |= {one["token"] for one in options.get("tokens", ()) if "token" in one}
    return Dashboard(name, place, "2", searches, used, frozenset(given))


def _simple(name: str, place: str, version: str, root: ElementTree.Element) -> Dashboard:
    searches: Dict[str, str] = {}
    by_id: Dict[str, str] = {}
    for number, search in enumerate(root.iter("search"), 1):
        query, base = search.findtext("query"), search.get("base")
        if query is None:
            continue
        text = f"{by_id.get(base, '*')} | {query.strip().lstrip('|')}" if base else query
        by_id[search.get("id", "")] = text
        searches[search.get("id") or f"search {number}"] = _plain(text)
    used = frozenset(token for element in root.iter() for text in _texts(element) for token in TOKEN.findall(text))
    given = set()
    for element in root.iter():
        token = element.get("token")
        if token:
            given |= {token, f"form.{token}", f"{token}.earliest", f"{token}.latest"}
    return Dashboard(name, place, version, searches, used, frozenset(given))


def _texts(element: ElementTree.Element) -> List[str]:
    return [text for text in (element.text, element.tail, *element.attrib.values()) if text]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _plain(text: str) -> str:
    """The search with each token as a word, so that it can be parsed."""
    return TOKEN.sub(lambda match: "1" if match.group(1).endswith((".earliest", ".latest")) else "token", text)
