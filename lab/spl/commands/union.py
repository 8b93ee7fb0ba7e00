"""union: the rows of several datasets and searches together (Search Reference: union).

`union [search …] [search …]`, `union lookup:a lookup:b`; inside a pipeline the rows at hand come first. Datasets
that distributable streaming commands make are interleaved by `_time` and never cut; from the first that others
make, each is appended, up to `maxout` rows.
"""

from __future__ import annotations

from typing import Callable, List, Tuple

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.datasets import Dataset, read_dataset
from lab.spl.merging import merged
from lab.spl.search import Search
from lab.spl.streaming import DISTRIBUTABLE
from lab.spl.values import as_number


class Union(Command):
    name = "union"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.maxout = args.option_int("maxout", minimum=0)
        args.option_int("maxtime", minimum=0)  # every search of the lab runs to its end
        args.option_int("timeout", minimum=0)
        self.sources: List[Tuple[Callable[[Context], List[Row]], bool]] = []  # rows, and whether they stream
        self.datasets: List[Dataset] = []
        while args.peek() is not None:
            if args.peek().kind == "subsearch":
                search = args.subsearch()
                self.sources.append((_rows_of(search), _streams(search)))
            else:
                dataset = read_dataset(args)
                self.datasets.append(dataset)
                self.sources.append((dataset.rows, not dataset.is_table))
            args.operator(",")
        args.done()
        self.first = args.first
        if len(self.sources) < (2 if args.first else 1):
            raise args.error("at least two datasets are needed")

    def inner_fields(self) -> Fields:
        return frozenset() if all(dataset.is_table for dataset in self.datasets) else ALL_FIELDS

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        found: List[Row] = [] if self.first else list(rows)
        interleaving = self.first or _newest_first(found)
        limit = context.limit("append", "maxout") if self.maxout is None else self.maxout
        for source, streams in self.sources:
            more = source(context)
            interleaving = interleaving and streams and _newest_first(more)
            if not streams and limit and len(more) > limit:
                context.warn(f"union: a dataset's rows were cut at {limit} (maxout)")
                del more[limit:]
            found = merged([found, more]) if interleaving else found + more
        return found


def _rows_of(search: Search) -> Callable[[Context], List[Row]]:
    return lambda context: search.run(context).rows


def _streams(search: Search) -> bool:
    return search.base is not None and all(command.name in DISTRIBUTABLE for command in search.commands)


def _newest_first(rows: List[Row]) -> bool:
    """Whether every row has a `_time`, none later than the one before."""
    times = [as_number(row.get("_time")) for row in rows]
    if any(time is None for time in times):
        return False
    return all(one >= other for one, other in zip(times, times[1:]))  # type: ignore[operator]
