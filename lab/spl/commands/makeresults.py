"""makeresults: rows from nothing (Search Reference: makeresults).

`count` rows with `_time` = now; `annotate=true` adds the default fields, of which only
`splunk_server` has a value. `format=csv data="…"` and `format=json data="…"` make one row a line or
object instead; their values are text.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any, List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.values import from_list, tidy

_ANNOTATED = ("_time", "_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group")
_MOST_DATA = 29_999


class MakeResults(Command):
    name = "makeresults"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.count = args.option_int("count", default=1, minimum=0)
        self.annotate = args.option_bool("annotate", default=False)
        args.option("splunk_server")  # the lab is one server
        args.option("splunk_server_group")
        self.format = args.option_choice("format", choices=("csv", "json"))
        data = args.option("data")
        args.done()
        if (data is None) != (self.format is None):
            raise args.error("format and data go together")
        if data is not None and len(data) > _MOST_DATA:
            raise args.error(f"data has more than {_MOST_DATA} characters")
        self.rows = None
        if data is not None:
            self.rows = _csv_rows(data) if self.format == "csv" else _json_rows(data, args)
        if not args.first:
            raise args.error("this command must be the first command of a search")

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if self.rows is not None:
            return None
        return list(_ANNOTATED) if self.annotate else ["_time"]

    def run(self, rows: Rows, context: Context) -> Rows:
        now = tidy(context.now)
        if self.rows is not None:
            for row in self.rows:
                yield {**row, "_time": now} if self.format == "json" else dict(row)
            return
        for _ in range(self.count):
            row: Row = {"_time": now}
            if self.annotate:
                row["splunk_server"] = "lab"
            yield row


def _csv_rows(data: str) -> List[Row]:
    """The first line names the columns; an empty cell is null."""
    lines = csv.reader(io.StringIO(data.strip("\r\n")), skipinitialspace=True)
    header = [name.strip() for name in next(lines, [])]
    return [{name: cell for name, cell in zip(header, line) if cell != ""} for line in lines if line]


def _json_rows(data: str, args: Arguments) -> List[Row]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise args.error(f"data is no JSON: {error}") from None
    objects = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in objects):
        raise args.error("data must be a JSON object or a list of them")
    return [_row(one) for one in objects]


def _row(found: dict) -> Row:
    row: Row = {"_raw": json.dumps(found, separators=(",", ":"), ensure_ascii=False)}
    for name, value in found.items():
        text = _text(value)
        if text is not None:
            row[name] = text
    return row


def _text(value: Any) -> Any:
    """A JSON value as a field's: text, a multivalue of texts, or null."""
    if value is None:
        return None
    if isinstance(value, list):
        return from_list([one for one in map(_text, value) if one is not None])
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
