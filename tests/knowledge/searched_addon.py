"""The packaged add-on in an emulated Splunk: data goes in as an input writes it, searches run over what was indexed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional

from lab.cli.installed import APP, installed
from lab.schedule.window import Window
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

LOG = "OktaIM2:log"
NOW = 1_773_187_200.0  # 2026-03-11
Row = Dict[str, object]


class SearchedAddon:
    """`instance`'s index and searches. Times are read from the events, by the add-on's own props."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def index(
        self, data: str, host: str, sourcetype: str = LOG, source: str = "okta_system_log://main", index: str = "main"
    ) -> int:
        """Data as it comes, perhaps several events; returns how many they became."""
        return self._instance.index([Arrival(data, index, sourcetype, source, host)])

    def rows(self, search: str) -> List[Row]:
        """What a search over all time gives; columns without a value are left out."""
        head = self._instance.head
        warnings: List[str] = []
        context = head.context(Window(NOW), APP, warnings.append)
        result = head.parsed(search, context, APP).run(context)
        assert warnings == []
        return [{name: value for name, value in row.items() if value is not None} for row in result.rows]

    def one(self, host: str, fields: Optional[List[str]] = None) -> Row:
        """The fields (None: all) of a host's only event."""
        table = "" if fields is None else " | table " + " ".join(fields)
        (row,) = self.rows(f'search index=* host="{host}"{table}')
        return row


@contextmanager
def searched_addon() -> Iterator[SearchedAddon]:
    with installed(start=NOW) as instance:
        yield SearchedAddon(instance)
