"""stats: statistics over all rows, or one row for each group (Search Reference: stats)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.delimiters import set_delimiter
from lab.spl.field_patterns import is_pattern
from lab.spl.statistics.aggregations import Group, Statistics
from lab.spl.statistics.groups import group_keys, group_order, key_text
from lab.spl.statistics.statistics_lists import check_aggregations, fields_read, read_by


class Stats(Command):
    """A row without one of the BY fields is in no group; a multivalue puts it into several. Without
    BY there is one row, also over nothing."""

    name = "stats"

    def __init__(self, args: Arguments) -> None:
        self.allnum = args.option_bool("allnum", default=False)
        self.distinct_by = args.option_bool("dedup_splitvals", "dedup_splitval", default=False)
        args.option_int("partitions", minimum=0)  # how Splunk spreads the work; the result is the same
        self.delimiter = args.option("delim")
        self.aggregations = args.aggregations()
        self.by = read_by(args)
        check_aggregations(args, self.aggregations, self.by, nested=("sparkline",))
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return fields_read(self.aggregations, self.by)

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if any(is_pattern(item.name) for item in self.aggregations):
            return None
        return list(dict.fromkeys([*self.by, *(item.name for item in self.aggregations)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        statistics = Statistics(self.aggregations, context, self.by, allnum=self.allnum)
        keys_of = group_keys(self.by, self.distinct_by)
        groups: Dict[Tuple[str, ...], Tuple[Tuple[Any, ...], Group]] = {}
        if not self.by:
            groups[()] = ((), statistics.group())
        for row in rows:
            for key in keys_of(row):
                text = key_text(key)
                found = groups.get(text)
                if found is None:
                    found = groups[text] = (key, statistics.group())
                statistics.add(found[1], row)
        order = group_order(context)
        for key, group in sorted(groups.values(), key=lambda found: order(found[0])):
            result: Row = dict(zip(self.by, key))
            statistics.write(group, result)
            if self.delimiter is not None:
                set_delimiter(result, list(result), self.delimiter)
            yield result
