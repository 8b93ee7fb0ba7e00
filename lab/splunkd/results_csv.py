"""results.csv.gz of a dispatch folder: what an alert action reads.

Each column stands twice: the text (a multivalue's values joined by line breaks), then, after all of
those, `__mv_<column>` with `$value$;$value$` for a multivalue (a `$` inside doubled) and nothing for
a single value. The form is Intersplunk's.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from lab.spl.context import Row, Value
from lab.spl.values import as_text


def write_results(path: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """All rows; `columns` first, then any others a row has, in order of appearance."""
    names: list[str] = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *(f"__mv_{name}" for name in names)])
    for row in rows:
        values = [row.get(name) for name in names]
        writer.writerow(
            [*("" if value is None else as_text(value) for value in values), *(_multivalue(value) for value in values)]
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(text.getvalue().encode("utf-8", "replace"))


def _multivalue(value: Value | None) -> str:
    if not isinstance(value, list):
        return ""
    return ";".join("$" + as_text(item).replace("$", "$$") + "$" for item in value)
