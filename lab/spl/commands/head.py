"""head: the first rows, or those up to the first that fails a condition (Search Reference: head)."""

from __future__ import annotations

from itertools import islice
from typing import Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.errors import SearchError
from lab.spl.eval_expression.expression import Expression
from lab.spl.search import Search
from lab.spl.search_expression.subsearch import subsearch_text
from lab.spl.syntax.tokens import SUBSEARCH, WORD


class Head(Command):
    """`head 5`, `head limit=5`, `head [… | return $n]`, `head (x<3)`, both. `null=true` goes on
    where the condition is null; `keeplast=true` keeps the row that ended it."""

    name = "head"

    def __init__(self, args: Arguments) -> None:
        self.null_passes = args.option_bool("null", default=False)
        self.keeplast = args.option_bool("keeplast", default=False)
        limit = args.option_int("limit", minimum=0)
        if limit is None:
            limit = args.leading_int(minimum=0)
        elif args.leading_int() is not None:
            raise args.error("give the number of results once: N or limit=N")
        self.condition: Optional[Expression] = None
        self.counting: Optional[Search] = None  # a subsearch that gives the number
        following, sign = args.peek(), args.peek(1)
        if following is not None and following.kind == SUBSEARCH and limit is None:
            self.counting = args.subsearch()
        elif following is not None:
            if following.kind == WORD and sign is not None and sign.is_operator("="):
                raise args.error(f"unknown option '{following.text}' (a condition stands in parentheses)", following)
            self.condition = args.expression().require_boolean()
        self.limit = 10 if limit is None and self.condition is None else limit
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        if self.condition is None or wanted is None:
            return wanted
        read = self.condition.fields()
        return None if read is None else wanted | read

    def run(self, rows: Rows, context: Context) -> Rows:
        if self.condition is not None:
            rows = self._while(rows, context)
        limit = self.limit if self.counting is None else self._count(self.counting, context)
        return rows if limit is None else islice(rows, limit)

    def _count(self, search: Search, context: Context) -> int:
        text = subsearch_text(search, context)
        if not text.isdecimal():
            raise SearchError(f"the subsearch returned {text!r}, which is no number")
        return int(text)

    def _while(self, rows: Rows, context: Context) -> Rows:
        assert self.condition is not None
        evaluate = self.condition.compile(context)
        for row in rows:
            value = evaluate(row)
            if value is not True and not (value is None and self.null_passes):
                if self.keeplast:
                    yield row
                return
            yield row
