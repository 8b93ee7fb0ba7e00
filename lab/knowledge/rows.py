"""Extract once: the wanted fields of each event, kept as a compact tuple, and rows made from it.

A plan is the union of the fields that a set of searches needs. What an event gives of them is
extracted when a search first meets it and kept by the store's ordinal, with equal texts shared; each
search then gets a dict of its own with only the fields it can see. Fields outside the plan widen it,
and what was kept is extracted anew.
"""

from __future__ import annotations

import threading
from operator import itemgetter
from typing import Any, Callable, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple

from lab.knowledge.extraction import Extractor
from lab.spl.context import Row

MakeExtractor = Callable[[Any, Optional[FrozenSet[str]]], Extractor]  # an origin, the wanted fields
_REVIEW = 10_000  # events between two looks at which fields' texts are worth sharing


class Rows:
    """The events of one store as the searches of one app see them."""

    def __init__(self, store: Any, make_extractor: MakeExtractor) -> None:
        self._store = store
        self._make_extractor = make_extractor
        self._plan = _Plan(frozenset())
        self._whole: Dict[int, Extractor] = {}
        self._lock = threading.Lock()

    def widen(self, fields: FrozenSet[str]) -> None:
        """Make these fields part of the plan."""
        missing = fields - self._plan.fields - {"_raw"}
        if missing:
            self._plan = _Plan(self._plan.fields | missing)

    def rows(
        self,
        ordinals: Iterable[int],
        test: Optional[Callable[[Row], bool]],
        reads: Optional[FrozenSet[str]],
        fields: Optional[FrozenSet[str]],
    ) -> Iterator[Row]:
        """A row for each event that passes `test`, which looks at the fields `reads`; it has `fields`
        (None: all)."""
        if fields is None or (test is not None and reads is None):
            yield from self._whole_rows(ordinals, test, fields)
            return
        self.widen(fields if test is None or reads is None else fields | reads)
        plan = self._plan
        kept = plan.kept
        kept.extend([None] * (len(self._store) - len(kept)))
        make_row = self._row_maker(plan, fields)
        make_probe = self._row_maker(plan, reads or frozenset())
        for ordinal in ordinals:
            values = kept[ordinal]
            if values is None:
                values = kept[ordinal] = self._extract(plan, ordinal)
            if test is None or test(make_probe(ordinal, values)):
                yield make_row(ordinal, values)

    def _whole_rows(
        self, ordinals: Iterable[int], test: Optional[Callable[[Row], bool]], fields: Optional[FrozenSet[str]]
    ) -> Iterator[Row]:
        for ordinal in ordinals:
            number = self._store.origin_number(ordinal)
            extractor = self._whole.get(number)
            if extractor is None:
                extractor = self._whole[number] = self._make_extractor(self._store.origins[number], None)
            row = extractor.fields(self._start(ordinal), self._store.raw(ordinal))
            if test is None or test(row):
                yield row if fields is None else {name: row[name] for name in fields if name in row}

    def _start(self, ordinal: int) -> Row:
        store = self._store
        origin = store.origin(ordinal)
        return {
            "_time": store.time(ordinal),
            "_indextime": int(store.index_time(ordinal)),
            "index": origin.index,
            "sourcetype": origin.sourcetype,
            "source": origin.source,
            "host": origin.host,
        }

    def _extract(self, plan: _Plan, ordinal: int) -> Tuple[Any, ...]:
        number = self._store.origin_number(ordinal)
        with self._lock:  # jobs over REST run side by side, and share what was extracted
            extractor = plan.extractors.get(number)
            if extractor is None:
                extractor = plan.extractors[number] = self._make_extractor(self._store.origins[number], plan.fields)
            return plan.compact(extractor.fields(self._start(ordinal), self._store.raw(ordinal)))

    def _row_maker(self, plan: _Plan, fields: FrozenSet[str]) -> Callable[[int, Tuple[Any, ...]], Row]:
        """From an event's tuple to a dict of these fields."""
        names = sorted(fields - {"_raw"})
        slots = [plan.slots[name] for name in names]
        if len(slots) == 1:
            only = slots[0]
            pick: Callable[[Tuple[Any, ...]], Sequence[Any]] = lambda values: (values[only],)  # noqa: E731
        elif slots:
            pick = itemgetter(*slots)
        else:
            pick = lambda values: ()  # noqa: E731
        with_raw = "_raw" in fields
        raw = self._store.raw

        def make(ordinal: int, values: Tuple[Any, ...]) -> Row:
            row = {name: value for name, value in zip(names, pick(values)) if value is not None}
            for name in plan.multivalued:
                if name in row and row[name].__class__ is list:
                    row[name] = row[name][:]  # the row's owner may change it
            if with_raw:
                row["_raw"] = raw(ordinal).decode("utf-8", "replace")
            return row

        return make


class _Plan:
    """Which fields have which place in the tuples, and the tuples."""

    def __init__(self, fields: FrozenSet[str]) -> None:
        self.fields = fields
        self.names = sorted(fields)
        self.slots = {name: slot for slot, name in enumerate(self.names)}
        self.kept: List[Optional[Tuple[Any, ...]]] = []
        self.extractors: Dict[int, Extractor] = {}
        self.multivalued: Tuple[str, ...] = ()  # fields of which an event had a list
        self._shared: Dict[int, Dict[str, str]] = {slot: {} for slot in self.slots.values()}
        self._unshared: List[int] = []
        self._compacted = 0

    def compact(self, row: Row) -> Tuple[Any, ...]:
        get = row.get
        values = [get(name) for name in self.names]
        for slot, known in self._shared.items():
            value = values[slot]
            kind = value.__class__
            if kind is str:
                values[slot] = known.setdefault(value, value)
            elif kind is list:
                self._note_multivalue(slot)
        for slot in self._unshared:
            if values[slot].__class__ is list:
                self._note_multivalue(slot)
        self._compacted += 1
        if self._compacted % _REVIEW == 0:
            self._stop_sharing_what_differs()
        return tuple(values)

    def _stop_sharing_what_differs(self) -> None:
        """A field of which most events have a text of their own (an id) gains nothing from sharing."""
        for slot in [slot for slot, known in self._shared.items() if len(known) * 2 > self._compacted]:
            del self._shared[slot]
            self._unshared.append(slot)

    def _note_multivalue(self, slot: int) -> None:
        if self.names[slot] not in self.multivalued:
            self.multivalued += (self.names[slot],)
