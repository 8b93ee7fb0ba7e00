"""The context of a search that is only tried: over no events, in a KV store of its own. It knows what was asked for."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from lab.knowledge import Knowledge
from lab.knowledge.conf import Setting, boolean
from lab.knowledge.context import SearchContext
from lab.spl.context import EventRequest, ExternalCall, ExternalCommand, ExternalDescription, Macro, Row, Rows
from lab.store.kvstore import KVStore

_NOW = 1_700_000_000.0


class AskedContext(SearchContext):
    """`asked`: ("macro", "name(2)"), ("lookup", "users"), ("command", "ipintel") … in the order of asking. It writes
    nothing."""

    def __init__(self, knowledge: Knowledge, app: str) -> None:
        kvstore = KVStore()
        knowledge.define_collections(kvstore)
        self.asked: Dict[Tuple[str, str], None] = {}
        super().__init__(
            knowledge.visible(app),
            store=None,
            kvstore=kvstore,
            now=_NOW,
            earliest=0.0,
            latest=_NOW,
            index_earliest=0.0,
            index_latest=_NOW,
            warn=lambda message: None,
            commands=lambda name, settings, context: _Described(_generates(settings)),
        )

    def events(self, request: EventRequest) -> Iterator[Row]:
        return iter(())

    def macro(self, name: str, arity: int) -> Macro:
        self.asked["macro", f"{name}({arity})" if arity else name] = None
        return super().macro(name, arity)

    def eventtype(self, name: str) -> str:
        self.asked["event type", name] = None
        return super().eventtype(name)

    def lookup(self, name: str) -> Any:
        self.asked["lookup", name] = None
        return super().lookup(name)

    def read_table(self, name: str) -> Iterator[Row]:
        self.asked["lookup", name] = None
        return super().read_table(name)

    def write_table(
        self, name: str, rows: Sequence[Row], *, append: bool, key_field: Optional[str], options: Mapping[str, Any]
    ) -> None:
        """A file is made where there is none; a lookup must be there."""
        self.asked["lookup", name] = None
        if not name.endswith(".csv"):
            super().lookup(name)

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        self.asked["index", options.get("index", "summary")] = None

    def saved_search(self, name: str) -> str:
        """One that is off as it ships is there all the same."""
        self.asked["saved search", name] = None
        settings = self._visible.conf("savedsearches")
        return settings.stanza(name).get("search", "") if name in settings else super().saved_search(name)

    def of_saved_search(self, name: str) -> Any:
        return self  # there are no events

    def external_command(self, name: str) -> Optional[ExternalCommand]:
        found = super().external_command(name)
        if found is not None:
            self.asked["command", name] = None
        return found


def _generates(settings: Mapping[str, Setting]) -> bool:
    """Whether commands.conf says that the command makes rows (commands.conf.spec, generating); with `chunked = true`
    splunkd asks the process itself, which is not started here."""
    return "generating" in settings and boolean(settings["generating"], "generating")


class _Described:
    """Stands for an app's own command: its process is judged elsewhere."""

    def __init__(self, generating: bool) -> None:
        self._generating = generating

    def describe(self, call: ExternalCall) -> ExternalDescription:
        return ExternalDescription(generating=self._generating)

    def run(self, call: ExternalCall, rows: Rows) -> Rows:
        return rows
