"""Rows as the body of a chunk, and back: CSV in which `__mv_<field>` holds the values of a multivalue.

A field stands with its text (a multivalue's values joined by line breaks), then, after all fields, `__mv_<field>`
with `$value$;$value$`, a `$` inside doubled, and nothing for a single value. An empty cell is no value: CSV has
no other way to say so. The form is that of splunkd's own messages (NDietrich/Splunk-CustomSearchProtocol-v2,
example_messages, Splunk 8.2.1) and of splunk-sdk 2.1.1 (searchcommands/internals.py).
"""

from __future__ import annotations

import csv
import io
import re
from operator import itemgetter
from typing import Any, Iterator, Sequence

from lab.spl.context import Row
from lab.spl.values import as_text

INDEX = "_chunked_idx"  # of a row among those sent, where only some of its fields were
_PREFIX = "__mv_"
_VALUE = re.compile(r"\$((?:[^$]|\$\$)*)\$(?:;|$)")
_VALUES = re.compile(r"(?:\$(?:[^$]|\$\$)*\$(?:;|$))+")
_PLAIN = frozenset((str, type(None)))
# A cell may hold a whole event: the csv module's own 128 KB are no limit of Splunk's.
csv.field_size_limit(1 << 30)


class ChunkError(Exception):
    """A body that is no table; the message says why."""


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The fields of these rows in the order of first appearance."""
    found: dict[str, None] = {}
    for row in rows:
        if not found.keys() >= row.keys():
            found.update(dict.fromkeys(row))
    return list(found)


def encoded(rows: Sequence[Row], columns: Sequence[str], numbered: bool = False) -> bytes:
    """The body with these columns; `numbered` adds each row's number. Without columns it is empty."""
    names = [*columns, INDEX] if numbered else list(columns)
    if not names:
        return b""
    text = _table(rows, columns, names, csv.QUOTE_MINIMAL)
    if "\r" in text:  # which not every Python takes for a reason to quote
        text = _table(rows, columns, names, csv.QUOTE_ALL)
    return text.encode("utf-8", "replace")


def _table(rows: Sequence[Row], columns: Sequence[str], names: Sequence[str], quoting: Any) -> str:
    text = io.StringIO(newline="")
    write = csv.writer(text, lineterminator="\n", quoting=quoting).writerow
    write([*names, *(_PREFIX + name for name in names)])
    blanks = ("",) * len(names)
    numbered = len(names) > len(columns)
    pick = _picker(columns)
    for number, row in enumerate(rows):
        try:
            values = pick(row)
        except KeyError:
            values = tuple([row.get(name) for name in columns])
        if numbered:
            values = (*values, str(number))
        if _PLAIN.issuperset(map(type, values)):
            write(values + blanks)
        else:
            write([*map(_text, values), *map(_multivalue, values)])
    return text.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else as_text(value)


def _multivalue(value: Any) -> str:
    if value.__class__ is not list or len(value) < 2:
        return ""
    return ";".join("$" + as_text(item).replace("$", "$$") + "$" for item in value)


def decoded(body: bytes) -> Iterator[Row]:
    """The rows of a body, with the fields in the order of its columns."""
    if not body.strip():
        return
    reader = csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""), strict=True)
    try:
        yield from _rows(reader)
    except csv.Error as error:
        raise ChunkError(f"line {reader.line_num} of its results is no CSV: {error}") from None


def _rows(reader: Any) -> Iterator[Row]:
    names = next(reader)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ChunkError(f"its results have more than one column {', '.join(twice)}")
    plain = [at for at, name in enumerate(names) if not name.startswith(_PREFIX)]
    multi = [(at, name[len(_PREFIX) :]) for at, name in enumerate(names) if name.startswith(_PREFIX)]
    pick = _picker(plain)
    pick_multi = _picker([at for at, _ in multi])
    fields = [names[at] for at in plain]
    width = len(names)
    for cells in reader:
        if len(cells) != width:
            if not cells:
                continue
            raise ChunkError(f"line {reader.line_num} of its results has {len(cells)} cells and not {width}")
        values = pick(cells)
        row: Row = dict(zip(fields, values))
        if "" in values:
            row = {field: cell for field, cell in row.items() if cell}
        if multi and any(pick_multi(cells)):
            for at, field in multi:
                if cells[at]:
                    row[field] = _values(field, cells[at])
        yield row


def _picker(places: Sequence[Any]) -> Any:
    """Of what it is called with, the items at these places, always as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda items: tuple([items[at] for at in places])


def _values(field: str, text: str) -> Any:
    if _VALUES.fullmatch(text) is None:
        raise ChunkError(f"{_PREFIX}{field} is not of the form $value$;$value$: {text[:80]!r}")
    found = [value.replace("$$", "$") for value in _VALUE.findall(text)]
    return found if len(found) > 1 else found[0]
