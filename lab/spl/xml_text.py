"""XML text as a tree, read as leniently as spath reads it (Search Reference, spath).

The page's own examples are not well-formed: attributes without quotes, a declaration without its `?`, an end
cut off. What is closed has a value; what is still open at the end can only be walked through.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Dict, Iterator, List, Optional, Tuple

_MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[?!][^>]*>"
    r"|<(?P<closes>/?)(?P<name>[^\W\d][\w.:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]*[^\s\"'<>/]))")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->", re.DOTALL)


class Element:
    """`begin` and `end` are the offsets of what stands between its tags; `end` is None if it is never closed."""

    __slots__ = ("attributes", "begin", "children", "end", "name", "start")

    def __init__(self, name: str, attributes: Dict[str, str], start: int, begin: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: List[Element] = []
        self.start = start  # of its opening tag
        self.begin = begin
        self.end: Optional[int] = None

    def is_named(self, name: str) -> bool:
        """With its prefix, or without."""
        return name in (self.name, self.name.rpartition(":")[2])

    def content(self, text: str) -> Optional[str]:
        """What stands between its tags: markup if there are elements inside, else text; None while open."""
        if self.end is None:
            return None
        inner = text[self.begin : self.end]
        return inner.strip() if self.children else _plain(inner)

    def leading_text(self, text: str) -> Optional[str]:
        """The text before its first child; None while it is open."""
        if self.end is None:
            return None
        return _plain(text[self.begin : self.children[0].start if self.children else self.end])


def read_xml(text: str) -> Element:
    """The document: an element without a name whose children are the text's."""
    document = Element("", {}, 0, 0)
    open_elements = [document]
    for markup in _MARKUP.finditer(text):
        name = markup.group("name")
        if name is None:
            continue
        if markup.group("closes"):
            _close(open_elements, name, markup.start())
            continue
        rest = markup.group("rest")
        element = Element(name, _attributes(rest), markup.start(), markup.end())
        open_elements[-1].children.append(element)
        if rest.endswith("/"):
            element.end = element.begin
        else:
            open_elements.append(element)
    return document


def walk(document: Element) -> Iterator[Tuple[str, Element, bool]]:
    """Every element twice, when it opens and when it ends: its path with dots, itself, whether it ends."""
    waiting: List[Tuple[str, Element, bool]] = [(one.name, one, False) for one in reversed(document.children)]
    while waiting:
        path, element, ends = waiting.pop()
        yield path, element, ends
        if not ends:
            waiting.append((path, element, True))
            waiting.extend((f"{path}.{one.name}", one, False) for one in reversed(element.children))


def _close(open_elements: List[Element], name: str, end: int) -> None:
    """Close the innermost element of that name, and with it those left open inside; none: the tag is ignored."""
    depth = next((at for at in range(len(open_elements) - 1, 0, -1) if open_elements[at].name == name), 0)
    if not depth:
        return
    open_elements[depth].end = end
    del open_elements[depth:]


def _attributes(text: str) -> Dict[str, str]:
    return {
        found.group(1): unescape(next(value for value in found.groups()[1:] if value is not None))
        for found in _ATTRIBUTE.finditer(text)
    }


def _plain(text: str) -> str:
    """Character data without comments; entities and CDATA sections as the text they stand for."""
    pieces, at = [], 0
    for found in _CDATA.finditer(text):
        pieces += [unescape(text[at : found.start()]), found.group(1) or ""]
        at = found.end()
    return "".join([*pieces, unescape(text[at:])]).strip()
