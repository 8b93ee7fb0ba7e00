"""union: the rows of several datasets and searches together (Search Reference: union).

`union [search …] [search …]`, `union lookup:a lookup:b`; inside a pipeline the rows at hand come first.
"""

from __future__ import annotations

from typing import Callable, List

from lab.spl.command import Arguments, Command, Context, Rows
from lab.spl.context import Row
from lab.spl.datasets import dataset_rows, read_dataset
from lab.spl.merging import merged


class Union(Command):
    name = "union"
    generating = True

    def __init__(self, args: Arguments) -> None:
        self.maxout = args.option_int("maxout", minimum=0)
        args.option_int("maxtime", minimum=0)  # every search of the lab runs to its end
        args.option_int("timeout", minimum=0)
        self.sources: List[Callable[[Context], List[Row]]] = []
        while args.peek() is not None:
            if args.peek().kind == "subsearch":
                self.sources.append(_of_search(args))
            else:
                self.sources.append(_of_dataset(args))
            args.operator(",")
        args.done()
        self.first = args.first
        if len(self.sources) < (2 if args.first else 1):
            raise args.error("at least two datasets are needed")

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        results = [] if self.first else [list(rows)]
        limit = context.limit("append", "maxout") if self.maxout is None else self.maxout
        for source in self.sources:
            found = source(context)
            if limit and len(found) > limit:
                context.warn(f"union: a dataset's rows were cut at {limit}")
                found = found[:limit]
            results.append(found)
        return merged(results)


def _of_search(args: Arguments) -> Callable[[Context], List[Row]]:
    search = args.subsearch()
    return lambda context: search.run(context).rows


def _of_dataset(args: Arguments) -> Callable[[Context], List[Row]]:
    at = args.peek()
    kind, name = read_dataset(args)
    if not name:
        raise args.error("expected a kind and a name, such as lookup:users", at)
    return lambda context: dataset_rows(kind, name, context)
