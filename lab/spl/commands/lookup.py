"""lookup: add fields from a lookup table (Search Reference: lookup).

What matches is the table's business (`Context.lookup`); here are the fields: which of the row's are
asked for, which of the table's come back and under what name. Several matches make a multivalue in
the order of the table. OUTPUTNEW fills only a field that the row does not have. A temporal table (`time_field`
in transforms.conf) is asked with the row's `_time` too.
"""

from __future__ import annotations

from itertools import islice
from typing import List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Lookup as Table
from lab.spl.errors import SearchError
from lab.spl.lookup_matches import LookupMatches

Pairs = List[Tuple[str, str]]


class Lookup(Command):
    name = "lookup"

    def __init__(self, args: Arguments) -> None:
        args.option_bool("local")  # where it runs and whether a running search sees a new table:
        args.option_bool("update")  # neither makes a difference here
        if args.option("event_time_field") is not None:
            raise args.unsupported("event_time_field")
        self.table = args.string("the name of a lookup")
        self.inputs = _pairs(args)
        if not self.inputs:
            raise args.error("a field to look up is missing")
        self.mode = args.keyword("output", "outputnew")
        self.outputs = _pairs(args) if self.mode else []
        if self.mode and not self.outputs:
            raise args.error(f"a field is missing after {self.mode.upper()}")
        args.done()
        self.keeps_unmatched = args.reading("lookup without match") == "keep"

    def needs(self, wanted: Fields) -> Fields:
        read = {field for _, field in self.inputs}
        if wanted is None:
            return None
        if self.mode == "output" and not self.keeps_unmatched:
            wanted = wanted - {field for _, field in self.outputs}
        return wanted | read

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or not self.mode:
            return None
        return list(dict.fromkeys([*before, *(field for _, field in self.outputs)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        table = context.lookup(self.table)
        outputs = self.outputs
        if not self.mode:
            asked = {column for column, _ in self.inputs}
            others = (column for column in table.fields if column not in asked and not column.startswith("_"))
            outputs = [(column, column) for column in others]
        for column, _ in (*self.inputs, *outputs):
            if column not in table.fields and column != "_key":
                raise SearchError(f"the lookup '{self.table}' has no field {column}")
        matches = LookupMatches(table, [column for column, _ in self.inputs], [column for column, _ in outputs])
        fields = [field for _, field in self.inputs]
        keep_old = self.mode == "outputnew"
        clear = context.reading("lookup without match") == "clear"
        for row in _in_batches(rows, table, matches, fields):
            found = matches.of(row, fields)
            for column, field in outputs:
                if keep_old and row.get(field) is not None:
                    continue
                value = found.get(column)
                if value is not None:
                    row[field] = value
                elif clear or found:
                    row.pop(field, None)
            yield row


def _in_batches(rows: Rows, table: Table, matches: LookupMatches, fields: List[str]) -> Rows:
    """The rows; an external table is told of each batch before its first row is looked up."""
    size = getattr(table, "batch", 0)
    if not size:
        yield from rows
        return
    rows = iter(rows)
    while True:
        batch = list(islice(rows, size))
        if not batch:
            return
        matches.asked_ahead(batch, fields)
        yield from batch


def _pairs(args: Arguments) -> Pairs:
    """`column AS field, column …` up to OUTPUT, OUTPUTNEW or the end: (column, field) each."""
    found: Pairs = []
    while True:
        token = args.peek()
        if token is None or token.is_word("output", "outputnew"):
            return found
        column = args.field()
        found.append((column, args.field("a field after AS") if args.keyword("as") else column))
        args.operator(",")
