"""format: turn rows into one search expression (Search Reference: format).

Subsearches are formatted so where they name no format of their own: `( ( a="1" AND b="2" ) OR
( a="3" ) )`, the fields of a row in alphabetical order. Internal fields are left out; the value of a
field named `search` or `query` is the expression itself, of a multivalue `search` the first value
(Search Manual, "Change the format of subsearch results").
"""

from __future__ import annotations

from typing import Any, Iterable, List, Sequence

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.values import as_text, scalars

DEFAULT_PARTS = ("(", "(", "AND", ")", "OR", ")")
EMPTY = "NOT ( )"
VERBATIM = ("search", "query")


class Format(Command):
    name = "format"

    def __init__(self, args: Arguments) -> None:
        self.separator = args.option("mvsep", default="OR")
        self.maximum = args.option_int("maxresults", default=0, minimum=0)
        self.empty = args.option("emptystr", default=EMPTY)
        parts: List[str] = []
        while args.peek() is not None and len(parts) < 6:
            parts.append(args.string("one of the six parts of a format"))
        if parts and len(parts) != 6:
            raise args.error("give none or all six: row prefix, column prefix, separator, end, row separator, row end")
        self.parts = tuple(parts) or DEFAULT_PARTS
        args.done()

    def columns(self, before: None) -> List[str]:
        return ["search"]

    def run(self, rows: Rows, context: Context) -> Rows:
        found = list(rows)
        if self.maximum:
            found = found[: self.maximum]
        bare = context.reading("format of a multivalue") == "bare"
        yield {"search": format_rows(found, self.parts, self.separator, self.empty, bare)}


def format_rows(
    rows: Iterable[Row],
    parts: Sequence[str] = DEFAULT_PARTS,
    separator: str = "OR",
    empty: str = EMPTY,
    bare: bool = False,
) -> str:
    """The rows as a search expression; `bare`: the values of a multivalue without parentheses."""
    row_prefix, column_prefix, column_separator, column_end, row_separator, row_end = parts
    pieces = []
    for row in rows:
        columns = [text for text in (_column(name, row[name], separator, bare) for name in sorted(row)) if text]
        if columns:
            pieces.append(f"{column_prefix} {f' {column_separator} '.join(columns)} {column_end}")
    if not pieces:
        return empty
    return f"{row_prefix} {f' {row_separator} '.join(pieces)} {row_end}"


def _column(name: str, value: Any, separator: str, bare: bool) -> str:
    if name.startswith("_") or value is None:
        return ""
    values = scalars(value)
    if name in VERBATIM:
        values = values[:1] if name == "search" else values
        return f" {separator} ".join(as_text(one) for one in values)
    terms = [f'{_field(name)}="{quoted(as_text(one))}"' for one in values]
    if len(terms) <= 1:
        return terms[0] if terms else ""
    joined = f" {separator} ".join(terms)
    return joined if bare else f"( {joined} )"


def _field(name: str) -> str:
    return f'"{quoted(name)}"' if any(character in name for character in ' ,"=()[]|') else name


def quoted(text: str) -> str:
    """Text as it stands between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
