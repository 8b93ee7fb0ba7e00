"""KV_MODE=json: the fields of a JSON event, named and worded as Splunk's automatic extraction does.

Nested keys are joined by `.`, an element of an array adds `{}`; a name met twice is a multivalue in
document order. Numbers keep the text they have in the event, true, false and null are those words
(spl.md, DESIGN section 4). Two limits cut: characters of the event looked at ([kv] maxchars, and
[spath] extraction_cutoff, which by its spec also rules automatic extraction), and distinct fields
([kv] limit), the first in the document staying.

`orjson` reads the event, and only its wanted branches are walked; where it could be inexact (cut or
broken text, a number not written the shortest way, perhaps too many fields: there is never more than
one value more than commas) the slower `scan` decides.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

import orjson

Found = Dict[str, Any]  # field → text, or a list of texts


class JsonLimits(NamedTuple):
    """0: no limit."""

    max_chars: int = 10_240
    cutoff_bytes: int = 5_000
    max_fields: int = 100


def json_extractor(wanted: Optional[FrozenSet[str]], limits: JsonLimits) -> Callable[[bytes], Found]:
    """A function from raw event to those fields (None: all) that the event has."""
    children = None if wanted is None else _trie(wanted)
    longest = min(limit for limit in (limits.max_chars, limits.cutoff_bytes, 1 << 62) if limit)
    max_fields = limits.max_fields or 1 << 62

    def extract(raw: bytes) -> Found:
        if len(raw) > longest or raw.count(b",") >= max_fields and _keys(raw) > max_fields:
            return _collect(raw, wanted, limits)
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return _collect(raw, wanted, limits)
        found: Found = {}
        try:
            if children is None:
                _flatten(document, "", found, raw)
            elif document.__class__ is dict:
                _object(document, children, found, raw)
            elif document.__class__ is list and _ARRAY in children:
                _array(document, children[_ARRAY], found, raw)
        except _NotShortest:
            return _collect(raw, wanted, limits)
        return found

    return extract


# ---- the fast way: wanted branches of the parsed document

_ARRAY = "{}"
_LEAF = ""


class _NotShortest(Exception):
    """A number whose text cannot be told from its value."""


def _trie(wanted: FrozenSet[str]) -> Dict[str, Any]:
    """Nested dicts by object key; `{}` goes into an array, "" holds the field's name. A key may hold
    dots itself, so `a.b` is looked for both as a.b and as b inside a."""
    root: Dict[str, Any] = {}
    for name in wanted:
        _plant(root, name, name)
    return root


def _plant(node: Dict[str, Any], rest: str, name: str) -> None:
    if not rest:
        node[_LEAF] = name
    elif rest.startswith(_ARRAY):
        _plant(node.setdefault(_ARRAY, {}), rest[len(_ARRAY) :].lstrip("."), name)
    else:
        for end in re.finditer(r"\.|\{\}|\Z", rest):
            if end.start():
                after = rest[end.start() :]
                _plant(node.setdefault(rest[: end.start()], {}), after[1:] if after.startswith(".") else after, name)


def _object(document: Dict[str, Any], children: Dict[str, Any], found: Found, raw: bytes) -> None:
    get = children.get
    for key, value in document.items():
        node = get(key)
        if node is None or key == _LEAF:
            continue
        kind = value.__class__
        if kind is dict:
            _object(value, node, found, raw)
        elif kind is list:
            if _ARRAY in node:
                _array(value, node[_ARRAY], found, raw)
        elif _LEAF in node:
            text = value if kind is str else _text(value, raw)
            name = node[_LEAF]
            if name in found:
                _add(found, name, text)
            else:
                found[name] = text


def _array(values: List[Any], node: Dict[str, Any], found: Found, raw: bytes) -> None:
    for value in values:
        kind = value.__class__
        if kind is dict:
            _object(value, node, found, raw)
        elif kind is list:
            if _ARRAY in node:
                _array(value, node[_ARRAY], found, raw)
        elif _LEAF in node:
            _add(found, node[_LEAF], value if kind is str else _text(value, raw))


def _flatten(value: Any, path: str, found: Found, raw: bytes) -> None:
    """Every leaf of the document."""
    if value.__class__ is dict:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else key, found, raw)
    elif value.__class__ is list:
        path += _ARRAY
        for inner in value:
            _flatten(inner, path, found, raw)
    elif path:
        _add(found, path, value if value.__class__ is str else _text(value, raw))


def _add(found: Found, name: str, text: str) -> None:
    known = found.get(name)
    if known is None:
        found[name] = text
    elif known.__class__ is list:
        known.append(text)
    else:
        found[name] = [known, text]


_WORDS = {None: "null", True: "true", False: "false"}
_MINUS_ZEROS = (b":-0", b" -0", b",-0", b"[-0", b"\t-0", b"\n-0")
_AROUND_NUMBER = frozenset(b" \t\r\n:,[]}")


def _text(value: Any, raw: bytes) -> str:
    if value.__class__ is int:
        if value == 0 and any(minus in raw for minus in _MINUS_ZEROS):
            raise _NotShortest
        return str(value)
    if value.__class__ is not float:
        return _WORDS[value]
    text = repr(value)
    digits = text.encode()
    start = raw.find(digits)
    while start >= 0:
        end = start + len(digits)
        if (start == 0 or raw[start - 1] in _AROUND_NUMBER) and (end == len(raw) or raw[end] in _AROUND_NUMBER):
            return text
        start = raw.find(digits, end)
    raise _NotShortest


def _keys(raw: bytes) -> int:
    """No fewer than the event's object keys: each is a quote and a colon."""
    if any(space in raw for space in (b" :", b"\t:", b"\n:", b"\r:")):
        return raw.count(b":")
    return raw.count(b'":')


# ---- the exact way: the text itself, to its end or to where it is cut or broken

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
    ([{}\[\],:])
    |"((?:[^"\\]|\\.)*)"
    |(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=[ \t\r\n,\]}]|\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)


_VALUE, _KEY, _COLON, _COMMA, _END = (1 << bit for bit in range(5))  # what may stand next


def scan(text: str, cut: bool = False) -> Iterator[Tuple[str, str]]:
    """(field, text) of each leaf in document order, until the text ends or breaks. `cut`: the text
    was cut off, so a number at its very end may not be whole and does not count."""
    stack: List[Tuple[str, bool]] = []  # path of each open object or array, and whether it is an array
    key = ""
    expected = _VALUE
    position = 0
    while True:
        token = _TOKEN.match(text, position)
        if token is None:
            return
        position = token.end()
        mark, string, word = token.groups()
        if mark in ("{", "[") and expected & _VALUE:
            path, array = _child(stack[-1], key) if stack else "", mark == "["
            stack.append((path + _ARRAY if array else path, array))
            expected = _VALUE | _END if array else _KEY | _END
        elif not stack:
            return
        elif mark in ("}", "]") and expected & _END and stack[-1][1] == (mark == "]"):
            stack.pop()
            if not stack:
                return
            expected = _COMMA | _END
        elif mark == "," and expected & _COMMA:
            expected = _VALUE if stack[-1][1] else _KEY
        elif mark == ":" and expected & _COLON:
            expected = _VALUE
        elif string is not None and expected & _KEY:
            key = _unescaped(string)
            expected = _COLON
        elif mark is None and expected & _VALUE:
            if word is not None and cut and position == len(text):
                return
            yield _child(stack[-1], key), word if string is None else _unescaped(string)
            expected = _COMMA | _END
        else:
            return


def _child(parent: Tuple[str, bool], key: str) -> str:
    path, array = parent
    if array:
        return path
    return f"{path}.{key}" if path else key


def _unescaped(string: str) -> str:
    if "\\" not in string:
        return string
    try:
        return orjson.loads(f'"{string}"')
    except orjson.JSONDecodeError:
        return string  # a lone surrogate or a wrong escape stays as it is written


def _collect(raw: bytes, wanted: Optional[FrozenSet[str]], limits: JsonLimits) -> Found:
    kept = raw[: limits.cutoff_bytes] if limits.cutoff_bytes else raw
    text = kept.decode("utf-8", "ignore")
    if limits.max_chars:
        text = text[: limits.max_chars]
    found: Found = {}
    names = set()
    for name, value in scan(text, cut=len(text) < len(raw)):
        if name not in names:
            if limits.max_fields and len(names) >= limits.max_fields:
                continue
            names.add(name)
        if wanted is None or name in wanted:
            _add(found, name, value)
    return found
