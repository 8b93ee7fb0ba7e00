"""eventstats: add the statistics of its group to each row (Search Reference: eventstats)."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.context import Row
from lab.spl.errors import Unsupported
from lab.spl.field_patterns import is_pattern
from lab.spl.statistics.aggregations import Group, Statistics
from lab.spl.statistics.groups import group_keys, key_text
from lab.spl.statistics.statistics_lists import check_aggregations, fields_read, read_by


class EventStats(Command):
    """Rows in, the same rows out, in order; a row without one of the BY fields gets nothing."""

    name = "eventstats"

    def __init__(self, args: Arguments) -> None:
        self.allnum = args.option_bool("allnum", default=False)
        self.aggregations = args.aggregations()
        self.by = read_by(args)
        check_aggregations(args, self.aggregations, self.by)
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        read = fields_read(self.aggregations, self.by)
        if wanted is None or read is None:
            return None
        if self.by:
            return wanted | read  # a row in no group keeps what it has
        return (wanted - {item.name for item in self.aggregations}) | read

    def columns(self, before: Optional[List[str]]) -> Optional[List[str]]:
        if before is None or any(is_pattern(item.name) for item in self.aggregations):
            return None
        return list(dict.fromkeys([*before, *(item.name for item in self.aggregations)]))

    def run(self, rows: Rows, context: Context) -> Rows:
        statistics = Statistics(self.aggregations, context, self.by, allnum=self.allnum)
        keys_of = group_keys(self.by)
        groups: Dict[Tuple[str, ...], Group] = {}
        placed = []
        for row in rows:
            keys = keys_of(row)
            if len(keys) > 1:
                raise Unsupported(f"a BY field with several values ({', '.join(self.by)}) is not supported")
            text = key_text(keys[0]) if keys else None
            if text is not None:
                if text not in groups:
                    groups[text] = statistics.group()
                statistics.add(groups[text], row)
            placed.append((row, text))
        results: Dict[Tuple[str, ...], Row] = {}
        for row, text in placed:
            if text is not None:
                result = results.get(text)
                if result is None:
                    result = results[text] = {}
                    statistics.write(groups[text], result)
                for name in statistics.names:
                    row.pop(name, None)
                row.update(result)
            yield row
