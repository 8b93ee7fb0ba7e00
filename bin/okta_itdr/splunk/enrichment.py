"""Adding columns to records, chunk by chunk: by splicing text where that can be done, else record by record.

A command that reads one field of a record need not take the record apart and write it again: the text of the record
as splunkd wrote it stays, and the new cells are put behind it. What a chunk means is the same either way; tests hold
one against the other.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from functools import lru_cache
from operator import itemgetter
from typing import Any, Dict, Iterable, List, Optional, Protocol, Sequence, Tuple, Union

from okta_itdr.splunk.multivalue import PREFIX, cell_of, values_of

Values = Tuple[Tuple[str, ...], ...]  # of each field that is read: () none, more than one for a multivalue
Cell = Union[str, Sequence[str]]  # "" or () none
Record = Dict[str, Any]  # as the SDK gives it: text, or a list for a multivalue

_REMEMBERED = 100_000  # different values of the fields whose cells are kept
_READS_NUL = sys.version_info >= (3, 11)  # the csv module of Python 3.9 stops at one
_TO_QUOTE = re.compile(r'[",\r\n]')


class Enrichment(Protocol):
    """What a command adds to records: it reads `fields` and fills `columns`, all of them on every record. It may have
    `optional` too: those of the fields that results need not have."""

    fields: Sequence[str]
    columns: Sequence[str]

    def cells(self, values: Values) -> Sequence[Cell]:
        """The cells of the columns for the values of the fields; the same values always give the same cells."""
        ...


class Enricher:
    """One enrichment over the chunks of a search. What `cells` raises is raised to the caller."""

    def __init__(self, enrichment: Enrichment) -> None:
        self._fields = list(enrichment.fields)
        self._columns = list(enrichment.columns)
        self._cells = lru_cache(_REMEMBERED)(enrichment.cells)
        self._suffix = lru_cache(_REMEMBERED)(lambda values: _suffix(enrichment.cells(values)))
        self._missing = set(self._fields).difference(getattr(enrichment, "optional", ()))
        self._any_record = False

    def missing(self) -> List[str]:
        """The fields that were in no record so far, if there was any record."""
        return [field for field in self._fields if field in self._missing] if self._any_record else []

    # ---- by text

    def spliced(self, body: str) -> Optional[str]:
        """The chunk with the columns; as it is where none of the fields is in it; None where it takes `enriched`."""
        lines = io.StringIO(body).readlines()  # parted at \n alone
        read = lines if _READS_NUL or "\0" not in body else [line.replace("\0", "\ufffd") for line in lines]
        reader = csv.reader(read, strict=True)  # rather no answer than one record taken for another
        try:
            header = next(reader, [])
            place = {name: at for at, name in enumerate(header)}
            if not self._is_usual(place, len(header)):
                return None
            self._any_record |= len(lines) > reader.line_num
            self._missing.difference_update(place)
            if not any(field in place for field in self._fields):
                return body
            return self._splice(lines, reader, place)
        except csv.Error:
            return None

    def _is_usual(self, place: Dict[str, int], width: int) -> bool:
        """Whether no column is there twice, none of ours is there already, and no field only as a multivalue."""
        return (
            len(place) == width
            and not any(column in place or PREFIX + column in place for column in self._columns)
            and all(field in place or PREFIX + field not in place for field in self._fields)
        )

    def _splice(self, lines: List[str], reader: Any, place: Dict[str, int]) -> Optional[str]:
        width = len(place)
        places = [(place.get(field), place.get(PREFIX + field)) for field in self._fields]
        picked = [at for pair in places for at in pair if at is not None]
        pick = itemgetter(*picked)

        @lru_cache(_REMEMBERED)
        def suffix(read: Union[str, Tuple[str, ...]]) -> str:
            cell = dict(zip(picked, (read,) if isinstance(read, str) else read))
            return self._suffix(tuple(_values(cell, *pair) for pair in places))

        done = reader.line_num
        text = ["".join(lines[:done]).rstrip("\r\n"), _header(self._columns)]
        add = text.append
        for cells in reader:
            if len(cells) != width:
                return None
            # A record may be of several lines; what ends it is no part of it (a \r in a cell stands within quotes).
            line = lines[done] if reader.line_num == done + 1 else "".join(lines[done : reader.line_num])
            done = reader.line_num
            add(line.rstrip("\r\n"))
            add(suffix(pick(cells)))
        return "".join(text)

    # ---- by record

    def enriched(self, records: Iterable[Record]) -> List[Record]:
        """The records of a chunk with the columns; as they are where none of the fields is in it."""
        found = whole(records)
        present = found[0].keys() if found else set()
        self._any_record |= bool(found)
        self._missing.difference_update(present)
        if not any(field in present for field in self._fields):
            return found
        return [{**record, **dict(zip(self._columns, self._cells(self._read(record))))} for record in found]

    def _read(self, record: Record) -> Values:
        values = (record.get(field) or () for field in self._fields)
        return tuple((value,) if isinstance(value, str) else tuple(value) for value in values)


def whole(records: Iterable[Record]) -> List[Record]:
    """The records of a chunk, the first with every field there is: the SDK takes the columns from it and drops what
    only later records have. A line with nothing on it is no record."""
    found = [record for record in records if record]
    fields: Dict[str, None] = {}
    for record in found:
        if not fields.keys() >= record.keys():
            fields.update(dict.fromkeys(record))
    if found:
        found[0] = {field: found[0].get(field, "") for field in fields}
    return found


def _values(cell: Dict[int, str], single: Optional[int], several: Optional[int]) -> Tuple[str, ...]:
    """A field's values by the places of its two columns, either of which may not be there."""
    if several is not None and cell[several]:
        return tuple(values_of(cell[several]))
    return (cell[single],) if single is not None and cell[single] else ()


def _header(columns: Sequence[str]) -> str:
    return "".join(f",{_quoted(name)}" for name in [*columns, *(PREFIX + name for name in columns)]) + "\n"


def _suffix(cells: Sequence[Cell]) -> str:
    """What is put behind the text of a record: the columns, then their multivalues, and the end of the line."""
    several = [cell if not isinstance(cell, str) and len(cell) > 1 else () for cell in cells]
    single = [cell if isinstance(cell, str) else "\n".join(cell) for cell in cells]
    return "".join(f",{_quoted(text)}" for text in [*single, *map(cell_of, several)]) + "\n"


def _quoted(text: str) -> str:
    """A cell of CSV; the csv module of Python 3.9 would leave a lone \\r without quotes."""
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
