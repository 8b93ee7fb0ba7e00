"""How splunkd writes a job's results: json, json_rows, json_cols, csv, xml and raw.

REST API Reference, "search/v2/jobs/{search_id}/results", output_mode. Every value is text there; a multivalue is a
list; a missing one is left out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timezone
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lab.spl.context import Row
from lab.spl.time_format import format_time
from lab.spl.values import as_text
from lab.splunkd.rest.atom import JSON, TEXT, XML, Reply

_ISO = "%Y-%m-%dT%H:%M:%S.%Q%:z"  # of _time, where no output_time_format says otherwise
_CSV = "text/csv; charset=UTF-8"
_Cell = Any  # text, a list of texts, or None


@dataclass
class Page:
    """Rows of a job from `offset` on, and what is said beside them."""

    rows: Sequence[Row]
    columns: Sequence[str]
    offset: int = 0
    preview: bool = False
    messages: Sequence[tuple[str, str]] = ()
    with_metadata: bool = False  # json_cols and json_rows: fields as objects
    time_format: str = _ISO
    total: int | None = field(default=None)  # of a post-processed search: how many rows it gave

    def cells(self) -> Iterator[list[_Cell]]:
        for row in self.rows:
            yield [self._cell(name, row.get(name)) for name in self.columns]

    def _cell(self, name: str, value: Any) -> _Cell:
        if value is None:
            return None
        if isinstance(value, list):
            return [as_text(item) for item in value]
        if name == "_time" and isinstance(value, (int, float)):
            return format_time(float(value), self.time_format, timezone.utc)
        return as_text(value)


def reply(page: Page, mode: str) -> Reply:
    """The page in an output mode that `writes` knows."""
    return {"json": _json, "json_rows": _json_rows, "json_cols": _json_columns, "csv": _csv, "raw": _raw}.get(
        mode, _xml
    )(page)


def export(page: Page, mode: str) -> Reply:
    """The page as search/jobs/export streams it: in JSON an object a line, the last marked."""
    if mode != "json":
        return reply(page, mode)
    lines: list[dict[str, Any]] = []
    if page.messages:
        lines.append({"preview": page.preview, "messages": _said(page.messages)})
    for number, cells in enumerate(page.cells()):
        lines.append({"preview": page.preview, "offset": page.offset + number, "result": _object(page.columns, cells)})
    if lines and "result" in lines[-1]:
        lines[-1] = {"preview": page.preview, "offset": lines[-1]["offset"], "lastrow": True, **lines[-1]}
    else:
        lines.append({"preview": page.preview, "lastrow": True})
    return Reply(200, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode(), JSON)


def _said(messages: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"type": kind, "text": text} for kind, text in messages]


def _object(columns: Sequence[str], cells: Sequence[_Cell]) -> dict[str, _Cell]:
    return {name: cell for name, cell in zip(columns, cells) if cell is not None}


def _head(page: Page) -> dict[str, Any]:
    head: dict[str, Any] = {
        "preview": page.preview,
        "init_offset": page.offset,
        "messages": _said(page.messages),
    }
    if page.total is not None:
        head["post_process_count"] = page.total
    return head


def _json(page: Page) -> Reply:
    body = {
        **_head(page),
        "fields": [{"name": name} for name in page.columns],
        "results": [_object(page.columns, cells) for cells in page.cells()],
        "highlighted": {},
    }
    return _json_reply(body)


def _json_rows(page: Page) -> Reply:
    return _json_reply({**_head(page), "fields": _fields(page), "rows": list(page.cells())})


def _json_columns(page: Page) -> Reply:
    columns = [list(column) for column in zip(*page.cells())] or [[] for _ in page.columns]
    return _json_reply({**_head(page), "fields": _fields(page), "columns": columns})


def _fields(page: Page) -> list[Any]:
    return [{"name": name} if page.with_metadata else name for name in page.columns]


def _json_reply(body: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(body, ensure_ascii=False).encode(), JSON)


def _csv(page: Page) -> Reply:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if page.columns:
        writer.writerow(page.columns)
    for cells in page.cells():
        writer.writerow(["\n".join(cell) if isinstance(cell, list) else cell or "" for cell in cells])
    return Reply(200, text.getvalue().encode(), _CSV)


def _raw(page: Page) -> Reply:
    lines = [as_text(row["_raw"]) for row in page.rows if "_raw" in row]
    return Reply(200, "".join(line + "\n" for line in lines).encode(), TEXT)


def _xml(page: Page) -> Reply:
    order = "".join(f"<field>{escape(name)}</field>\n" for name in page.columns)
    messages = "".join(f"<msg type={quoteattr(kind)}>{escape(text)}</msg>\n" for kind, text in page.messages)
    parts = [
        f"<?xml version='1.0' encoding='UTF-8'?>\n<results preview='{int(page.preview)}'>\n<meta>\n",
        f"<fieldOrder>\n{order}</fieldOrder>\n</meta>\n",
        f"<messages>\n{messages}</messages>\n" if messages else "",
    ]
    for number, cells in enumerate(page.cells()):
        parts.append(f"\t<result offset='{page.offset + number}'>\n")
        parts += [_xml_field(name, cell) for name, cell in zip(page.columns, cells) if cell is not None]
        parts.append("\t</result>\n")
    parts.append("</results>\n")
    return Reply(200, "".join(parts).encode(), XML)


def _xml_field(name: str, cell: _Cell) -> str:
    key = quoteattr(name)
    if name == "_raw":
        return f"\t\t<field k={key}><v xml:space='preserve' trunc='0'>{escape(cell)}</v></field>\n"
    values = cell if isinstance(cell, list) else [cell]
    shown = "".join(f"<value><text>{escape(value)}</text></value>" for value in values)
    return f"\t\t<field k={key}>{shown}</field>\n"
