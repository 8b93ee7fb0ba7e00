"""Paths into JSON and XML text, as spath and the JSON functions write them.

`a.b` is a key within a key, `c{}` every item of an array, `c{2}` one of them, `d{@id}` an XML
attribute (Search Reference, spath). Whether `{N}` of JSON counts from 0 or 1 is the caller's: the JSON
functions count from 0, for spath it is a reading. In XML it counts from 1.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, List, Optional, Tuple

from lab.spl.errors import SearchError
from lab.spl.xml_text import Element, read_xml

Step = Tuple[str, Any]  # ("key", name), ("all", None), ("index", N), ("attribute", name)

_STEP = re.compile(r"\{\}|\{(-?\d+)\}|\{@([^{}]+)\}|'([^']*)'|\"([^\"]*)\"|([^.{}]+)")


@lru_cache(maxsize=1024)
def parse_path(path: str) -> Tuple[Step, ...]:
    """The steps of a path; a `SearchError` where it is none."""
    found: List[Step] = []
    at = 0
    while at < len(path):
        if path[at] == "." and found:
            at += 1
        match = _STEP.match(path, at)
        if match is None:
            raise SearchError(f"'{path}' is no path: unexpected '{path[at : at + 1] or 'end'}'")
        index, attribute, *keys = match.groups()
        key = next((name for name in keys if name is not None), None)
        if key is not None:
            found.append(("key", key))
        elif attribute is not None:
            found.append(("attribute", attribute))
        else:
            found.append(("all", None) if index is None else ("index", int(index)))
        at = match.end()
    return tuple(found)


def path_of_value(path: str) -> Optional[Tuple[Step, ...]]:
    """The steps of a path that a field's value gives, None where it is no path: no error of the search."""
    try:
        return parse_path(path)
    except SearchError:
        return None


def json_values(document: Any, steps: Tuple[Step, ...], base: int) -> List[Any]:
    """The values in a parsed JSON document that the steps lead to, in its order."""
    found = [document]
    for kind, what in steps:
        following: List[Any] = []
        for value in found:
            if kind == "key" and isinstance(value, dict) and what in value:
                following.append(value[what])
            elif kind == "all" and isinstance(value, list):
                following.extend(value)
            elif kind == "index" and isinstance(value, list):
                at = what - base if what >= 0 else what + len(value)
                if 0 <= at < len(value):
                    following.append(value[at])
        found = following
    return found


def has_all(steps: Tuple[Step, ...]) -> bool:
    return any(kind == "all" for kind, _ in steps)


def json_text(value: Any) -> str:
    """Compact JSON, keys in their order."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        raise SearchError("this JSON is nested too deeply to be written") from None


class _Number(str):
    """A JSON number as it is written."""


def _plain(value: Any) -> Any:
    if isinstance(value, _Number):
        try:
            return int(value)
        except ValueError:
            return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def field_text(value: Any) -> str:
    """A JSON value as a field holds it: text as it is, true, false and null as words, numbers as
    written, objects and arrays as JSON."""
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return json_text(_plain(value))


def parse_json(text: str) -> Any:
    """The document with its numbers kept as written; ValueError where it is no JSON."""
    try:
        return json.loads(text, parse_int=_Number, parse_float=_Number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def extract_values(text: str, path: str, base: int) -> Optional[List[str]]:
    """The texts that `path` leads to in JSON or XML text; None where the text is neither."""
    steps = parse_path(path)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            document = parse_json(text)
        except ValueError:
            return None
        return [field_text(value) for value in json_values(document, steps, base)]
    if start == "<":
        return _xml_values(text, steps)
    return None


def _xml_values(text: str, steps: Tuple[Step, ...]) -> List[str]:
    """In XML `desc{3}` is the third child of that name, and `{}` all of them, as without it."""
    groups: List[List[Element]] = [[read_xml(text)]]
    for kind, what in steps:
        if kind == "attribute":
            return [one.attributes[what] for group in groups for one in group if what in one.attributes]
        if kind == "key":
            groups = [[child for child in one.children if child.is_named(what)] for group in groups for one in group]
        elif kind == "index":
            groups = [group[what - 1 : what] if what > 0 else [] for group in groups]
    contents = [one.content(text) for group in groups for one in group]
    return [content for content in contents if content is not None]
