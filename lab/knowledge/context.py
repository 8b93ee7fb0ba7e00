"""The context of one search: what `lab.spl` asks of the installed apps, the events and the KV store."""

from __future__ import annotations

import copy
import heapq
import itertools
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from lab.knowledge.base_search import EVERYTHING, BaseSearch, Searchable
from lab.knowledge.conf import Setting, boolean, is_true
from lab.knowledge.event_types import EventTypes
from lab.knowledge.external_lookups import RunScript
from lab.knowledge.lookup_tables import LookupTable
from lab.knowledge.summary import summary_event
from lab.spl.context import EventRequest, ExternalCommand, Macro, Row
from lab.spl.errors import SearchError, Unsupported
from lab.spl.times import time_of

if TYPE_CHECKING:
    from lab.knowledge.knowledge import AppKnowledge

INFINITY = float("inf")
# What starts custom search commands: from a command's name, its stanza of commands.conf and the search's context.
Commands = Callable[[str, Mapping[str, Setting], "SearchContext"], ExternalCommand]
_COLLECT_OPTIONS = {"index", "source", "sourcetype", "host", "addinfo", "addtime", "marker", "testmode"}
_COLLECT_OPTIONS |= {"output_format", "run_in_preview", "uselb"}


class _Definitions:
    """What the apps define, the same for every search."""

    def __init__(self, visible: AppKnowledge) -> None:
        self._visible = visible
        self.timezone: tzinfo = visible.timezone
        self._event_types = EventTypes(visible.conf("eventtypes"), self)

    def macro(self, name: str, arity: int) -> Macro:
        return self._visible.macros.get(name, arity)

    def eventtype(self, name: str) -> str:
        return self._event_types.search(name)

    def eventtypes(self) -> Sequence[str]:
        return self._event_types.names()

    def tagged(self, tag: str) -> Sequence[Tuple[str, str]]:
        return self._visible.tags.tagged(tag)

    def limit(self, stanza: str, key: str) -> int:
        return self._visible.limits(stanza, key)

    def reading(self, question: str) -> str:
        return self._visible.reading(question)


class SearchContext(_Definitions):
    """Fulfils `lab.spl.context.Context` for a search dispatched in one app."""

    def __init__(
        self,
        visible: AppKnowledge,
        *,
        store: Any,
        kvstore: Any,
        now: float,
        earliest: float,
        latest: float,
        index_earliest: float,
        index_latest: float,
        warn: Callable[[str], None],
        commands: Optional[Commands] = None,
        searchable: Searchable = EVERYTHING,
        run_script: Optional[RunScript] = None,
    ) -> None:
        super().__init__(visible)
        self._searchable = searchable
        self.app = visible.app
        self._store = store
        self._commands = commands
        self.now = now
        self.earliest = earliest
        self.latest = latest
        self.index_earliest = index_earliest
        self.index_latest = index_latest
        self._warn = warn
        self._warned: Dict[str, None] = {}
        self._lookups = visible.lookups(kvstore, self, run_script)

    # ---- knowledge

    def saved_search(self, name: str) -> str:
        return self._visible.saved_search(name)

    def of_saved_search(self, name: str) -> SearchContext:
        if self.earliest > 0 or self.latest < INFINITY:
            return self
        earliest, latest = self._visible.saved_time_range(name)
        ranged = copy.copy(self)
        ranged.earliest = time_of(earliest, self.now, self.timezone) if earliest else self.earliest
        ranged.latest = time_of(latest, self.now, self.timezone) if latest else self.latest
        return ranged

    def datamodel(self, name: str) -> Dict[str, Any]:
        return self._visible.data_model(name)

    def external_command(self, name: str) -> Optional[ExternalCommand]:
        """A command of the commands.conf visible here; one that is disabled is none."""
        conf = self._visible.conf("commands")
        if name not in conf:
            return None
        settings = conf.settings(name)
        if "disabled" in settings and boolean(settings["disabled"], "disabled"):
            return None
        if self._commands is None:
            raise Unsupported(f"no splunkd is here to start the external command {name}")
        return self._commands(name, settings, self)

    def warn(self, message: str) -> None:
        if message not in self._warned:
            self._warned[message] = None
            self._warn(message)

    # ---- events

    def events(self, request: EventRequest) -> Iterator[Row]:
        """The rows that match the request, newest first, each with only the fields asked for."""
        base = BaseSearch(request.expression.resolved(self), self, self._store.answers, self._searchable)
        store = self._store
        ranges = (
            max(request.earliest, base.earliest),
            min(request.latest, base.latest),
            max(request.index_earliest, base.index_earliest),
            min(request.index_latest, base.index_latest),
        )
        origins = base.origins(store.origins)
        if base.branches:
            scans = [
                store.scan(*ranges, terms=branch.terms or None, origins=branch.origins(store.origins, origins))
                for branch in base.branches
            ]
            # each is newest first, of equal times the later indexed first; an event may be in several
            merged = heapq.merge(*scans, key=lambda ordinal: (store.time(ordinal), ordinal), reverse=True)
            ordinals: Iterator[int] = (ordinal for ordinal, _ in itertools.groupby(merged))
        else:
            ordinals = store.scan(*ranges, terms=base.terms or None, origins=origins)
        return self._visible.rows(self._store, self).rows(ordinals, base.test, base.reads, request.fields)

    def collect(self, rows: Sequence[Row], options: Dict[str, str]) -> None:
        for name in options:
            if name not in _COLLECT_OPTIONS:
                raise Unsupported(f"the lab does not do the option {name} of collect")
        if options.get("output_format", "raw") != "raw":
            raise Unsupported("the lab does not do collect output_format=hec")
        info = {
            "search_now": self.now,
            "info_min_time": self.earliest,
            "info_max_time": self.latest if self.latest < INFINITY else self.now,
            "info_search_time": self.now,
        }
        add_info = _true(options.get("addinfo", "true"))
        add_time = _true(options.get("addtime", "true"))
        events: List[Tuple[Any, ...]] = []
        for row in rows:
            raw, time = summary_event(row, info, add_info, add_time, options.get("marker", "").strip('"'))
            index = options.get("index", "summary")
            sourcetype = options.get("sourcetype", "stash")
            source = options.get("source", "collect")
            events.append((raw, time, self.now, index, sourcetype, source, options.get("host", "lab")))
        if not _true(options.get("testmode", "false")):
            self._store.append(events)

    # ---- lookups

    def lookup(self, name: str) -> LookupTable:
        return self._lookups.table(name)

    def read_table(self, name: str) -> Iterator[Row]:
        return self._lookups.rows(name, self.warn)

    def write_table(
        self, name: str, rows: Sequence[Row], *, append: bool, key_field: Optional[str], options: Mapping[str, Any]
    ) -> None:
        if self._lookups.write(name, rows, append, key_field, options):  # a collection is never applied automatically
            self._visible.table_written()


class TimelessContext(_Definitions):
    """For calculated fields and event types, which are compiled once for all searches: they may read
    anything of the event, but no search's time."""

    @property
    def now(self) -> float:
        raise Unsupported("the lab does not do calculated fields and event types that depend on the search's time")

    earliest = latest = index_earliest = index_latest = now

    def _not_here(self, *arguments: Any, **options: Any) -> Any:
        raise SearchError("calculated fields and event types read only the event")

    events = lookup = read_table = write_table = collect = _not_here
    datamodel = saved_search = of_saved_search = external_command = warn = _not_here


def _true(text: str) -> bool:
    return is_true(str(text))
