"""Simple XML: a view with version="1.1" (Simple XML Reference)."""

from __future__ import annotations

from typing import List, Tuple
from xml.etree import ElementTree

from lab.lint.dashboards.dashboard import TOKEN, Dashboard, chained, saved_search, without_token_marks, without_tokens
from lab.lint.finding import Place


def read_simple_xml(name: str, place: Place, version: str, root: ElementTree.Element) -> Dashboard:
    """The view's XML; one that is neither form has no searches."""
    elements = {search.get("id") or f"search {number}": search for number, search in enumerate(root.iter("search"), 1)}

    def query(identity: str, seen: Tuple[str, ...] = ()) -> str:
        search = elements[identity]
        own, base, saved = search.findtext("query", ""), search.get("base"), search.get("ref")
        if saved is not None:
            return saved_search(saved)
        if base is None:
            return own
        if base in seen:
            raise ValueError(f"the search {identity} has itself as its base")
        return chained(query(base, (*seen, identity)), own)

    defaults = {
        field.get("token", ""): default
        for field in root.iter("input")
        for default in (field.findtext("default"), field.findtext("initialValue"))
        if default
    }
    texts = {identity: query(identity) for identity in elements}
    searches = {identity: without_token_marks(text, defaults) for identity, text in texts.items() if text.strip()}
    used = frozenset(token for element in root.iter() for text in _texts(element) for token in TOKEN.findall(text))
    given = set()
    for element in root.iter():
        token = element.get("token")
        if token and element.tag != "unset":
            given |= {token, f"form.{token}", f"{token}.earliest", f"{token}.latest"}
    times = (element.text or "" for tag in ("earliest", "latest") for element in root.iter(tag))
    return Dashboard(name, place, version, searches, used, frozenset(given), without_tokens(times))


def _texts(element: ElementTree.Element) -> List[str]:
    return [text for text in (element.text, element.tail, *element.attrib.values()) if text]
