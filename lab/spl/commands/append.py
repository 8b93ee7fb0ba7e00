"""append: the rows of a subsearch after those at hand (Search Reference: append)."""

from __future__ import annotations

from itertools import chain

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class Append(Command):
    """`maxout` bounds the subsearch's rows (0: no bound); its time limits have no meaning in the lab,
    where every search runs to its end."""

    name = "append"

    def __init__(self, args: Arguments) -> None:
        if args.option_bool("extendtimerange", default=False):
            raise args.unsupported("extendtimerange")
        args.option_int("maxtime", minimum=0)
        args.option_int("timeout", minimum=0)
        self.maxout = args.option_int("maxout", minimum=0)
        self.search = args.subsearch()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        return chain(rows, self._found(context))

    def _found(self, context: Context) -> Rows:
        found = self.search.run(context).rows
        limit = context.limit("append", "maxout") if self.maxout is None else self.maxout
        if limit and len(found) > limit:
            context.warn(f"append: the subsearch's rows were cut at {limit} (maxout)")
            found = found[:limit]
        yield from found
