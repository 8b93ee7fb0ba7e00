"""Base searches over rows that are given instead of stored events: vectors, `search --rows`."""

from __future__ import annotations

from typing import Callable, FrozenSet, Iterable, Iterator

from lab.spl.context import Context, EventRequest, Row
from lab.spl.search_expression.expression import predicate
from lab.spl.values import as_number, copied

# Gives a row those of its classifying fields (event types, tags) that are among the fields.
Classify = Callable[[Row, FrozenSet[str]], None]


def requested_rows(rows: Iterable[Row], request: EventRequest, context: Context, classify: Classify) -> Iterator[Row]:
    """Copies of the rows that are asked for, in the order given; a row without `_time` belongs to every time
    range. `eventtype` and `tag` join a row's own fields where the search names them."""
    matches = predicate(request.expression, context)
    for row in rows:
        time = as_number(row.get("_time"))
        if (time is not None and not request.earliest <= time < request.latest) or not matches(row):
            continue
        found = copied(row)
        if request.fields is None:
            yield found
            continue
        classify(found, request.fields)
        yield {name: value for name, value in found.items() if name in request.fields}
