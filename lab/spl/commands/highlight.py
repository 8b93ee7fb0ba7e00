"""highlight: mark words in the events that Splunk Web lists (Search Reference: highlight).

Only the display knows it: the rows pass as they are.
"""

from __future__ import annotations

from lab.spl.command import Arguments, Command, Context, Fields, Rows


class Highlight(Command):
    name = "highlight"

    def __init__(self, args: Arguments) -> None:
        args.field_list(required=True)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return wanted

    def run(self, rows: Rows, context: Context) -> Rows:
        return rows
