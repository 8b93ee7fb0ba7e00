"""The indexes of an instance: which there are, and the way data takes into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable, NamedTuple

from lab.knowledge.apps import Apps
from lab.knowledge.indexing import IndexedEvent, Indexer
from lab.spl.errors import Unsupported
from lab.store.events import EventStore

# etc/system/default/indexes.conf of every Splunk; the apps' own come on top.
_SPLUNKS_OWN = {"main", "summary", "history", "_internal", "_audit", "_introspection", "_telemetry"}


class UnknownIndex(Exception):
    """Data for an index that is not configured; the message says which, and whose data."""


class Arrival(NamedTuple):
    """Data on its way into an index."""

    data: str
    index: str
    sourcetype: str
    source: str
    host: str
    time: float | None = None  # as the sender says; None: read from the data
    broken: bool = False  # one event, whatever line breaks say
    whole: bool = False  # … and none are looked for, nor its time (HEC)


class Indexes:
    """Puts data through index-time props into `store`, indexed at the time of `now()`."""

    def __init__(self, apps: Apps, store: EventStore, now: Callable[[], float]) -> None:
        self._apps = apps
        self._store = store
        self._now = now
        self._indexer = Indexer(apps)

    def reload(self) -> None:
        """props.conf or indexes.conf have changed."""
        self._indexer = Indexer(self._apps)

    @property
    def names(self) -> set[str]:
        stanzas = self._apps.conf("indexes")
        return _SPLUNKS_OWN | {name for name in stanzas if ":" not in name}

    def count(self, index: str) -> int:
        """How many events an index holds."""
        origins = [number for number, origin in enumerate(self._store.origins) if origin.index == index]
        return sum(1 for _ in self._store.scan(origins=frozenset(origins))) if origins else 0

    def check(self, index: str, whose: str) -> None:
        if index not in self.names:
            raise UnknownIndex(f"the index {index} of {whose} is not configured: name it in an indexes.conf")

    def add(self, arrivals: Iterable[Arrival]) -> int:
        """Index the data; returns how many events it became."""
        now = self._now()
        names = self.names
        events: list[IndexedEvent] = []
        for arrival in arrivals:
            if arrival.index not in names:
                self.check(arrival.index, f"source {arrival.source}")
            events += self._events(arrival, now)
        return self._store.append(events)

    def _events(self, arrival: Arrival, now: float) -> list[IndexedEvent]:
        origin = {
            "index": arrival.index,
            "sourcetype": arrival.sourcetype,
            "source": arrival.source,
            "host": arrival.host,
        }
        if arrival.whole:
            time = now if arrival.time is None else arrival.time
            return [self._indexer.whole_event(arrival.data, time, now=now, **origin)]
        found = self._indexer.events(arrival.data.encode("utf-8"), now=now, **origin)
        if arrival.broken and len(found) > 1:
            raise Unsupported(f"an event of {arrival.source} holds what LINE_BREAKER breaks at: the lab would cut it")
        return found if arrival.time is None else [event._replace(time=arrival.time) for event in found]
