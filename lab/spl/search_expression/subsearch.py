"""The text a subsearch returns to the search around it (Search Manual, "About subsearches")."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lab.spl.context import Context
from lab.spl.values import as_text

if TYPE_CHECKING:
    from lab.spl.search import Search


def subsearch_text(search: Search, context: Context) -> str:
    """Runs the subsearch. One row with nothing but a field `search` (what format and return leave) is
    that text; other rows are put into the form of `format`. Rows beyond limits.conf's [subsearch]
    maxout are cut off with a warning."""
    from lab.spl.commands.format import VERBATIM, format_rows

    most = context.limit("subsearch", "maxout")
    rows = list(islice(search.rows(context), most + 1))
    if len(rows) > most:
        context.warn(f"the subsearch gave more than {most} rows: the rest was cut off (limits.conf [subsearch] maxout)")
        del rows[most:]
    if len(rows) == 1:
        visible = [(name, value) for name, value in rows[0].items() if not name.startswith("_")]
        if len(visible) == 1 and visible[0][0] in VERBATIM and visible[0][1].__class__ is not list:
            return as_text(visible[0][1])
    return format_rows(rows, bare=context.reading("format of a multivalue") == "bare")
