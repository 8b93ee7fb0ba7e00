"""EXTRACT- and REPORT-: fields that regular expressions or delimiters find in a text.

props.conf.spec (EXTRACT, REPORT) and transforms.conf.spec (REGEX, FORMAT, SOURCE_KEY, MV_ADD,
CLEAN_KEYS, KEEP_EMPTY_VALS, DELIMS, FIELDS). A field that is there already stays as it is, unless
MV_ADD makes it a multivalue.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Tuple

from lab.knowledge.conf import ConfError, Setting, boolean
from lab.knowledge.keys import refuse
from lab.knowledge.names import words
from lab.spl.errors import SearchError, Unsupported
from lab.spl.regex import compile_regex

Row = Dict[str, Any]
Pairs = Callable[[str], Iterator[Tuple[str, str]]]
_IN_FIELD = re.compile(r"(.*\S)\s+in\s+([A-Za-z0-9_]+)\s*\Z", re.DOTALL)


class TextFields:
    """One extraction: which field it reads, which it can give (None: that depends on the text)."""

    def __init__(
        self, source: str, gives: Optional[FrozenSet[str]], pairs: Pairs, multivalue: bool, empty: bool
    ) -> None:
        self.source = source
        self.gives = gives
        self._pairs = pairs
        self._multivalue = multivalue
        self._empty = empty

    def apply(self, row: Row) -> None:
        text = row.get(self.source)
        if text is None:
            return
        for value in text if text.__class__ is list else (text,):
            for name, found in self._pairs(str(value)):
                if not found and not self._empty:
                    continue
                if name not in row:
                    row[name] = found
                elif self._multivalue:
                    known = row[name]
                    row[name] = [*known, found] if known.__class__ is list else [known, found]


def inline_extraction(key: str, setting: Setting) -> TextFields:
    """EXTRACT-<class> = regex, or `regex in field`."""
    pattern, source = setting.value, "_raw"
    match = _IN_FIELD.match(pattern)
    if match:
        pattern, source = match.groups()
    regex = _compiled(f"(?ms){pattern}", key, setting)
    names = dict(regex.groupindex)
    if not names:
        raise ConfError(setting.path, setting.line, f"{key}: the regular expression names no group")
    return TextFields(source, frozenset(names), lambda text: _named(regex, names, text, False), False, False)


def transform_extraction(name: str, settings: Mapping[str, Setting]) -> TextFields:
    """A stanza of transforms.conf that a REPORT- names."""
    refuse("transforms", settings)
    multivalue = "MV_ADD" in settings and boolean(settings["MV_ADD"], "MV_ADD")
    empty = "KEEP_EMPTY_VALS" in settings and boolean(settings["KEEP_EMPTY_VALS"], "KEEP_EMPTY_VALS")
    clean = "CLEAN_KEYS" not in settings or boolean(settings["CLEAN_KEYS"], "CLEAN_KEYS")
    source = settings["SOURCE_KEY"].value if "SOURCE_KEY" in settings else "_raw"
    if source.startswith(("field:", "fields:", "MetaData:")):
        raise Unsupported(f"{settings['SOURCE_KEY'].place}: the lab does not do SOURCE_KEY = {source}")
    if "DELIMS" in settings:
        pairs, gives = _delimited(settings)
    elif "REGEX" in settings:
        pairs, gives = _by_regex(name, settings, multivalue)
    else:
        raise SearchError(f"transforms.conf [{name}] has neither REGEX nor DELIMS")
    if clean:
        pairs = _cleaned(pairs)
        gives = gives and frozenset(map(_clean, gives))
    return TextFields(source, gives, pairs, multivalue, empty)


def _compiled(pattern: str, key: str, setting: Setting) -> Any:
    try:
        return compile_regex(pattern)
    except SearchError as error:
        raise ConfError(setting.path, setting.line, f"{key}: {error.reason}") from None


def _named(regex: Any, names: Mapping[str, int], text: str, repeatedly: bool) -> Iterator[Tuple[str, str]]:
    for match in regex.finditer(text):
        for name, group in names.items():
            found = match.group(group)
            if found is not None:
                yield name, found
        if not repeatedly:
            return


def _by_regex(name: str, settings: Mapping[str, Setting], multivalue: bool) -> Tuple[Pairs, Optional[FrozenSet[str]]]:
    regex = _compiled(settings["REGEX"].value, f"[{name}] REGEX", settings["REGEX"])
    if "FORMAT" in settings:
        return _by_format(regex, settings["FORMAT"], multivalue)
    names = dict(regex.groupindex)
    keys = {group[len("_KEY_") :]: names[group] for group in names if group.startswith("_KEY_")}
    if keys:
        values = {suffix: names.get(f"_VAL_{suffix}") for suffix in keys}

        def paired(text: str) -> Iterator[Tuple[str, str]]:
            for match in regex.finditer(text):
                for suffix, group in keys.items():
                    if values[suffix] is not None and match.group(group) and match.group(values[suffix]) is not None:
                        yield match.group(group), match.group(values[suffix])

        return paired, None
    if not names:
        place = settings["REGEX"]
        raise ConfError(place.path, place.line, f"[{name}] REGEX names no group and has no FORMAT")
    return lambda text: _named(regex, names, text, multivalue), frozenset(names)


def _by_format(regex: Any, setting: Setting, multivalue: bool) -> Tuple[Pairs, Optional[FrozenSet[str]]]:
    """FORMAT = field::$1 $2::$3 …: each side is a text or a group."""
    parts = [re.fullmatch(r'"?(.+?)"?::"?(.+?)"?', part) for part in setting.value.split()]
    if not parts or not all(parts):
        raise ConfError(setting.path, setting.line, f"FORMAT is field::value, not {setting.value!r}")
    sides = [(part.group(1), part.group(2)) for part in parts if part]
    variable = any(name.startswith("$") for name, _ in sides)

    def formatted(text: str) -> Iterator[Tuple[str, str]]:
        for match in regex.finditer(text):
            for name, value in sides:
                found_name, found = _side(match, name), _side(match, value)
                if found_name and found is not None:
                    yield found_name, found
            if not variable and not multivalue:
                return

    return formatted, None if variable else frozenset(name for name, _ in sides)


def _side(match: Any, side: str) -> Optional[str]:
    return match.group(int(side[1:])) if side.startswith("$") and side[1:].isdigit() else side


_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\", '"': '"'}


def _delimited(settings: Mapping[str, Setting]) -> Tuple[Pairs, Optional[FrozenSet[str]]]:
    sets = [
        re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(0)), text)
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', settings["DELIMS"].value)
    ]
    if len(sets) not in (1, 2) or not all(sets):
        raise ConfError(settings["DELIMS"].path, settings["DELIMS"].line, "DELIMS is one or two sets in double quotes")
    outer = f"[{re.escape(sets[0])}]"
    if "FIELDS" in settings:
        fields = [word for word, _ in words(settings["FIELDS"].value)]
        split = re.compile(outer).split

        def columns(text: str) -> Iterator[Tuple[str, str]]:
            return zip(fields, map(_unquoted, split(text)))

        return columns, frozenset(fields)
    if len(sets) == 1:
        raise Unsupported(f"{settings['DELIMS'].place}: the lab does not do DELIMS of one set without FIELDS")
    pairs_of, halves_of = re.compile(f"{outer}+").split, re.compile(f"[{re.escape(sets[1])}]+").split

    def pairs(text: str) -> Iterator[Tuple[str, str]]:
        for pair in pairs_of(text):
            halves: List[str] = halves_of(pair, 1)
            if len(halves) == 2 and halves[0].strip():
                yield halves[0].strip(), _unquoted(halves[1])

    return pairs, None


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name).lstrip("_0123456789")


def _cleaned(pairs: Pairs) -> Pairs:
    def cleaned(text: str) -> Iterator[Tuple[str, str]]:
        for name, value in pairs(text):
            name = _clean(name)
            if name:
                yield name, value

    return cleaned
