"""tojson: the fields of a row as a JSON object (Search Reference: tojson).

`num(bytes) str(user) …` say how a field's values are written, `default_type` how those of the other
named fields; without any field all are written. `none`, the default, writes what is purely a number as
one and everything else as text.
"""

from __future__ import annotations

import json
from typing import Any, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.field_patterns import FieldSelection, is_pattern
from lab.spl.values import as_number, as_text, tidy

_TYPES = ("auto", "bool", "json", "none", "num", "str")
_ABSENT = object()


class ToJson(Command):
    """A multivalue becomes an array. A value that its type cannot take is left out; `fill_null=true`
    writes it as null, in an array too."""

    name = "tojson"

    def __init__(self, args: Arguments) -> None:
        default = args.option_choice("default_type", choices=_TYPES, default="none")
        self.fill_null = args.option_bool("fill_null", default=False)
        self.internal = args.option_bool("include_internal", default=False)
        self.target = args.option("output_field", default="_raw")
        self.parts: List[Tuple[FieldSelection, str]] = []
        self.named: List[str] = []
        for name in args.field_list():
            kind = default
            for known in _TYPES:
                if name.lower().startswith(known + "(") and name.endswith(")"):
                    kind, name = known, name[len(known) + 1 : -1].strip()
            self.parts.append((FieldSelection([name]), kind))
            if not is_pattern(name):
                self.named.append(name)
        if not self.parts:
            self.parts = [(FieldSelection(["*", "_*"] if self.internal else ["*"]), default)]
        args.done()

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        return None if before is None else list(dict.fromkeys([*before, self.target]))

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            found = {}
            for name in [*row, *(name for name in self.named if name not in row)] if self.fill_null else list(row):
                kind = self._kind(name)
                if kind is None:
                    continue
                value = _converted(row.get(name), kind, self.fill_null)
                if value is not _ABSENT:
                    found[name] = value
                elif self.fill_null:
                    found[name] = None
            row[self.target] = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
            yield row

    def _kind(self, name: str) -> Optional[str]:
        return next((kind for selection, kind in self.parts if selection.matches(name)), None)


def _converted(value: Any, kind: str, fill_null: bool) -> Any:
    if value is None:
        return _ABSENT
    if value.__class__ is list:
        found = [_CONVERSIONS[kind](one) for one in value]
        return [None if one is _ABSENT else one for one in found if fill_null or one is not _ABSENT]
    return _CONVERSIONS[kind](value)


def _as_bool(value: Any) -> Any:
    words = {"true": True, "t": True, "yes": True, "false": False, "f": False, "no": False}
    number = as_number(value)
    return number != 0 if number is not None else words.get(as_text(value).lower(), _ABSENT)


def _as_json(value: Any) -> Any:
    try:
        return json.loads(as_text(value), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _ABSENT


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _as_num(value: Any) -> Any:
    number = as_number(value)
    return _ABSENT if number is None else tidy(number)


def _as_none(value: Any) -> Any:
    number = as_number(value)
    return as_text(value) if number is None else tidy(number)


def _as_auto(value: Any) -> Any:
    """A number, true, false or null, JSON, or text, whichever it is."""
    number = as_number(value)
    if number is not None:
        return tidy(number)
    text = as_text(value)
    if text in _WORDS:
        return _WORDS[text]
    found = _as_json(text) if text[:1] in ("{", "[") else _ABSENT
    return text if found is _ABSENT else found


_WORDS = {"true": True, "false": False, "null": None}
_CONVERSIONS = {
    "auto": _as_auto,
    "bool": _as_bool,
    "json": _as_json,
    "none": _as_none,
    "num": _as_num,
    "str": as_text,
}
