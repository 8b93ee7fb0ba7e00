"""Adding columns to records, chunk by chunk: by splicing text where that can be done, else record by record.

A command that reads one field of a record need not take the record apart and write it again: the text of the record
as splunkd wrote it stays, and the new cells are put behind it. What a chunk means is the same either way; tests hold
one against the other.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import Any, Dict, Iterable, List, Optional, Pattern, Protocol, Sequence, Tuple, Union

from okta_itdr.splunk.multivalue import PREFIX, cell_of, values_of

Values = Tuple[Tuple[str, ...], ...]  # of each field that is read: () none, more than one for a multivalue
Cell = Union[str, Sequence[str]]  # "" or () none
Record = Dict[str, Any]  # as the SDK gives it: text, or a list for a multivalue

_REMEMBERED = 100_000  # different values of the fields whose cells are kept
# A cell as it is written, and the first record. The csv module would take twice the time, for all cells of a record.
_CELL = r'(?:"[^"]*(?:""[^"]*)*"|[^",\r\n]*)'
_CELLS = re.compile(f"(?:\\A|,)({_CELL})")
_FIRST_RECORD = re.compile(f"(?P<cells>{_CELL}(?:,{_CELL})*)(?P<end>\r?\n|\\Z)")
_TO_QUOTE = re.compile(r'[",\r\n]')


class Enrichment(Protocol):
    """What a command adds to records: it reads `fields` and fills `columns`, all of them on every record. `optional`:
    those of the fields that results need not have."""

    fields: Sequence[str]
    columns: Sequence[str]
    optional: Sequence[str]

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
        self._missing = set(self._fields).difference(enrichment.optional)
        self._last: Tuple[List[str], str] = ([], "")  # header and line end of the last chunk that was spliced
        self._any_record = False

    def missing(self) -> List[str]:
        """The fields that were in no record so far, if there was any record."""
        return [field for field in self._fields if field in self._missing] if self._any_record else []

    # ---- by text

    def spliced(self, body: str) -> Optional[str]:
        """The chunk with the columns; as it is where none of the fields is in it; None where it takes `enriched`."""
        begin = _FIRST_RECORD.match(body)
        if begin is None:
            return None
        header = [_unquoted(cell) for cell in _CELLS.findall(begin.group("cells"))]
        if not self._is_usual(header):
            return None
        self._any_record |= begin.end() < len(body)
        self._missing.difference_update(header)
        if begin.end() == len(body) or not any(field in header for field in self._fields):
            return body
        end = begin.group("end") or "\n"
        if not body.endswith(end):
            body += end
        found = self._records(header, end).findall(body, begin.end())
        records, *read = zip(*found)
        if "" in records or sum(map(len, records)) + len(records) * len(end) != len(body) - begin.end():
            return None  # there is something else than records, or a line with nothing on it
        behind = map(self._suffix_of, *read)
        header_text = begin.group("cells") + _header(self._columns)
        return header_text + "".join(chain.from_iterable(zip(records, behind)))

    def _is_usual(self, header: List[str]) -> bool:
        """Whether no column is there twice, none of ours is there already, and no field only as a multivalue."""
        return (
            len(set(header)) == len(header)
            and not any(column in header or PREFIX + column in header for column in self._columns)
            and all(field in header or PREFIX + field not in header for field in self._fields)
        )

    def _records(self, header: List[str], end: str) -> Pattern[str]:
        """What finds a record's text, and in it the text of the cells that are read."""
        if (header, end) == self._last:  # chunks of one search mostly have the same
            return self._pattern
        wanted = {*self._fields, *(PREFIX + field for field in self._fields)}
        picked = [at for at, column in enumerate(header) if column in wanted]
        names = [header[at] for at in picked]

        @lru_cache(_REMEMBERED)
        def suffix(*read: str) -> str:
            cells = dict(zip(names, map(_unquoted, read)))
            return self._suffix(tuple(_values(cells, field) for field in self._fields))

        self._last, self._suffix_of = (header, end), suffix
        self._pattern = re.compile(_record(len(header), picked, end))
        return self._pattern

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


def _record(width: int, picked: Sequence[int], end: str) -> str:
    """The regular expression of a record of so many cells; the whole is a group, and so is each of the picked ones.
    Runs of empty cells are common. What is no record is taken to the end of the text: there it searches no more."""
    parts, done = [], 0
    for at in picked:
        count = at - done
        parts.append(f"(?:,{{{count}}}|(?:{_CELL},){{{count}}})({_CELL})")
        done = at + 1
    rest = width - done
    return f"({','.join(parts)}(?:,{{{rest}}}|(?:,{_CELL}){{{rest}}})){end}|[\\s\\S]+"


def _values(cells: Dict[str, str], field: str) -> Tuple[str, ...]:
    """A field's values by the cells of its two columns, either of which may not be there."""
    several, single = cells.get(PREFIX + field), cells.get(field)
    return tuple(values_of(several)) if several else (single,) if single else ()


def _header(columns: Sequence[str]) -> str:
    return "".join(f",{_quoted(name)}" for name in [*columns, *(PREFIX + name for name in columns)]) + "\n"


def _suffix(cells: Sequence[Cell]) -> str:
    """What is put behind the text of a record: the columns, then their multivalues, and the end of the line."""
    single = [cell if isinstance(cell, str) else "\n".join(cell) for cell in cells]
    several = [cell_of(cell) if not isinstance(cell, str) and len(cell) > 1 else "" for cell in cells]
    texts = single + several
    if _TO_QUOTE.search("".join(texts)):
        texts = [_quoted(text) for text in texts]
    return f",{','.join(texts)}\n"


def _quoted(text: str) -> str:
    """A cell of CSV; the csv module of Python 3.9 would leave a lone \\r without quotes."""
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
