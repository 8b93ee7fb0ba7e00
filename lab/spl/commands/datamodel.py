"""datamodel: the events of a data model's object (Search Reference: datamodel).

`datamodel Model Object search` names each field `Object.field`, `flat` without the object. The JSON of models, which
fewer arguments give, is refused. The lab summarises no data model: `summariesonly=true` sees all events, and says so.
"""

from __future__ import annotations

from lab.spl.command import ALL_FIELDS, Arguments, Command, Context, Fields, Rows
from lab.spl.datasets import dataset_rows

_MODES = ("search", "flat")


class DataModel(Command):
    name = "datamodel"
    generating = True

    def __init__(self, args: Arguments) -> None:
        if not args.first:
            raise args.error("this command must be the first command of a search")
        self.strict = args.option_bool("strict_fields", default=True)
        self.summariesonly = args.option_bool("summariesonly", default=False)
        args.option_bool("allow_old_summaries")
        words = []
        while args.peek() is not None:
            words.append(args.string("a data model, an object or a mode"))
        if len(words) < 3:
            raise args.unsupported("the JSON of data models (fewer than three arguments)")
        model, dataset, mode = words[:3]
        if len(words) > 3 or mode.lower() not in (*_MODES, "acceleration_search"):
            raise args.error("expected a data model, an object, and search or flat")
        if mode.lower() == "acceleration_search":
            raise args.unsupported("acceleration_search")
        self.dataset = f"{model}.{dataset}"
        self.prefixed = mode.lower() == "search"

    def needs(self, wanted: Fields) -> Fields:
        return frozenset()

    def inner_fields(self) -> Fields:
        return ALL_FIELDS

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        if self.summariesonly:
            context.warn("datamodel: the lab has no summaries; summariesonly=true gave all events")
        return dataset_rows(self.dataset, context, self.prefixed, self.strict)
