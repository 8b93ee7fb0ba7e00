"""fieldformat: how a field is shown, not what it holds (Search Reference: fieldformat).

The expression changes only the rendering in Splunk Web; every following command, export and action
works on the value itself. The lab's results are those values, so the expression is checked and the
rows pass as they are.
"""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class FieldFormat(Command):
    name = "fieldformat"

    def __init__(self, args: Arguments) -> None:
        self.assignments = args.assignments()
        if len(self.assignments) > 1:
            raise args.error("only one field is formatted at a time")
        if "*" in self.assignments[0][0]:
            raise args.error("the field cannot be a wildcard")
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def run(self, rows: Rows, context: Context) -> Rows:
        for _, expression in self.assignments:
            expression.compile(context)
        return rows
