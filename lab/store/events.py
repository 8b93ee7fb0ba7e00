"""The event store: raws in an append-only file, their times in arrays, their dotted terms in postings.

A folder holds `raw` (the events' bytes, one after another), `events` (a record an event: where its
raw lies, time, index time, origin), `origins` (index, sourcetype, source, host; a JSON line each),
`terms` (a term a line) and `postings` (pairs of term and event). An event is there once its record
is: what an interrupted append left behind in the other files is cut off or passed over on opening.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import BinaryIO, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

from lab.store.terms import answered, dotted_terms, words_holding

_RECORD = struct.Struct("<QIddI")  # offset of the raw, its length, time, index time, origin
_BATCH = 10_000
INFINITY = float("inf")


class StoreError(Exception):
    """The folder holds no event store that can be read."""


class Event(NamedTuple):
    """What is indexed of one event; times are epoch seconds."""

    raw: Union[str, bytes]
    time: float
    index_time: float
    index: str
    sourcetype: str
    source: str
    host: str


class Origin(NamedTuple):
    """Where an event came from: few of them for many events, so rules about them are decided once."""

    index: str
    sourcetype: str
    source: str
    host: str


class EventStore:
    """Events by ordinal, the number each got when it was appended."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._offsets = array("Q")
        self._lengths = array("I")
        self._times = array("d")
        self._index_times = array("d")
        self._origin_numbers = array("I")
        self._origins: List[Origin] = []
        self._numbers: Dict[Origin, int] = {}
        self._terms: Dict[bytes, Tuple[int, array]] = {}  # a term's number in the files, and who holds it
        self._sorted_terms: List[bytes] = []
        self._index_times_ascend = True
        self._by_time = array("I")  # ordinals by (time, ordinal) …
        self._sorted_times = array("d")  # … and their times; both cover the first len(_by_time) ordinals
        self._files: Dict[str, BinaryIO] = {}
        for name in ("raw", "events", "origins", "terms", "postings"):
            self._files[name] = open(self.folder / name, "a+b", buffering=0)  # noqa: SIM115  open as long as the store
        self._raw_descriptor = self._files["raw"].fileno()
        self._load()

    def __len__(self) -> int:
        return len(self._times)

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    @property
    def origins(self) -> Sequence[Origin]:
        """All origins so far; an event's origin is a position in here."""
        return self._origins

    def append(self, events: Iterable[Tuple]) -> int:
        """Index events (`Event`s, or tuples like it); returns how many there were."""
        count = 0
        batch: List[Tuple] = []
        for event in events:
            batch.append(event)
            if len(batch) == _BATCH:
                self._append(batch)
                count += len(batch)
                batch = []
        if batch:
            self._append(batch)
            count += len(batch)
        return count

    def event(self, ordinal: int) -> Event:
        raw = self.raw(ordinal).decode("utf-8", "replace")
        return Event(raw, self._times[ordinal], self._index_times[ordinal], *self.origin(ordinal))

    def raw(self, ordinal: int) -> bytes:
        return os.pread(self._raw_descriptor, self._lengths[ordinal], self._offsets[ordinal])

    def time(self, ordinal: int) -> float:
        return self._times[ordinal]

    def index_time(self, ordinal: int) -> float:
        return self._index_times[ordinal]

    def origin(self, ordinal: int) -> Origin:
        return self._origins[self._origin_numbers[ordinal]]

    def origin_number(self, ordinal: int) -> int:
        return self._origin_numbers[ordinal]

    @staticmethod
    def answers(term: str) -> bool:
        """Whether `scan` can decide this term; it takes no other."""
        return answered(term)

    def scan(
        self,
        earliest: float = 0.0,
        latest: float = INFINITY,
        index_earliest: float = 0.0,
        index_latest: float = INFINITY,
        terms: Optional[Sequence[Sequence[str]]] = None,
        origins: Optional[FrozenSet[int]] = None,
    ) -> Iterator[int]:
        """Ordinals of the events in both ranges (earliest inclusive, latest exclusive), newest first,
        of equal times the later indexed first. `terms`: an event must hold one of each group;
        `origins`: and come from one of these. Events appended later are not in it."""
        with self._lock:
            ordinals: Iterable[int]
            if terms:
                ordinals = self._holding(terms)
                ordinals = self._within(ordinals, self._times, earliest, latest)
                ordinals = self._within(ordinals, self._index_times, index_earliest, index_latest)
                chosen = sorted(ordinals, key=self._times.__getitem__)
            else:
                chosen = self._in_ranges(earliest, latest, index_earliest, index_latest)
            if origins is not None and len(origins) < len(self._origins):
                numbers = self._origin_numbers
                chosen = [ordinal for ordinal in chosen if numbers[ordinal] in origins]
            return reversed(chosen if isinstance(chosen, array) else array("I", chosen))

    # ---- reading

    def _holding(self, groups: Sequence[Sequence[str]]) -> List[int]:
        """Ascending ordinals of the events that hold a term of each group."""
        found: Optional[set] = None
        for group in sorted(groups, key=self._occurrences):
            held = set()
            for term in group:
                if not answered(term):
                    raise ValueError(f"the index cannot answer TERM({term})")
                for word in words_holding(term, self._words()):
                    held.update(self._terms[word][1])
            found = held if found is None else found & held
        return sorted(found or ())

    def _words(self) -> List[bytes]:
        """The indexed terms, sorted."""
        if len(self._sorted_terms) != len(self._terms):
            self._sorted_terms = sorted(self._terms)
        return self._sorted_terms

    def _occurrences(self, group: Sequence[str]) -> int:
        return sum(len(self._terms[word][1]) for term in group for word in words_holding(term, self._words()))

    @staticmethod
    def _within(ordinals: Iterable[int], times: array, low: float, high: float) -> Iterable[int]:
        if low <= 0 and high == INFINITY:
            return ordinals
        return [ordinal for ordinal in ordinals if low <= times[ordinal] < high]

    def _in_ranges(self, earliest: float, latest: float, index_earliest: float, index_latest: float) -> Sequence[int]:
        """Ordinals in both ranges by (time, ordinal): the shorter of two slices, filtered by the other."""
        self._sort()
        low = bisect_left(self._sorted_times, earliest) if earliest > 0 else 0
        high = bisect_left(self._sorted_times, latest)
        if index_earliest <= 0 and index_latest == INFINITY:
            return self._by_time[low:high]
        if self._index_times_ascend:
            first = bisect_left(self._index_times, index_earliest)
            end = bisect_left(self._index_times, index_latest)
            if end - first < high - low:
                chosen = self._within(range(first, end), self._times, earliest, latest)
                return sorted(chosen, key=self._times.__getitem__)
        return list(self._within(self._by_time[low:high], self._index_times, index_earliest, index_latest))

    def _sort(self) -> None:
        """Take the events appended since the last scan into the order; mostly they belong at its end."""
        known = len(self._by_time)
        if known == len(self._times):
            return
        added = sorted(range(known, len(self._times)), key=self._times.__getitem__)
        keep = bisect_right(self._sorted_times, self._times[added[0]])
        tail = self._by_time[keep:].tolist() + added
        if keep < known:
            tail.sort(key=self._times.__getitem__)  # stable: of equal times the earlier ordinal stays first
        del self._by_time[keep:]
        del self._sorted_times[keep:]
        self._by_time.extend(tail)
        self._sorted_times.extend(map(self._times.__getitem__, tail))

    # ---- writing

    def _append(self, batch: Sequence[Tuple]) -> None:
        raws = [event[0] if isinstance(event[0], bytes) else event[0].encode("utf-8", "replace") for event in batch]
        times = array("d", [event[1] for event in batch])
        index_times = array("d", [event[2] for event in batch])
        origins = [Origin(*event[3:]) for event in batch]
        lengths = array("I", map(len, raws))
        terms = [dotted_terms(raw) for raw in raws]
        with self._lock:  # from here on nothing is wrong with the events
            first = len(self._times)
            end = self._offsets[-1] + self._lengths[-1] if first else 0
            offsets = array("Q", accumulate(chain((end,), lengths[:-1])))
            known_origins, known_terms = len(self._origins), len(self._terms)
            numbers = array("I", map(self._number_of, origins))
            pairs = self._post(terms, first)
            self._write("raw", b"".join(raws))
            added = self._origins[known_origins:]
            self._write("origins", b"".join(json.dumps(origin).encode() + b"\n" for origin in added))
            self._write("terms", b"".join(term + b"\n" for term in islice(self._terms, known_terms, None)))
            self._write("postings", pairs.tobytes())
            records = map(_RECORD.pack, offsets, lengths, times, index_times, numbers)
            self._write("events", b"".join(records))
            self._note_order(index_times)
            self._offsets.extend(offsets)
            self._lengths.extend(lengths)
            self._origin_numbers.extend(numbers)
            self._index_times.extend(index_times)
            self._times.extend(times)  # last: as many events there are as have a time

    def _post(self, terms: Sequence[Sequence[bytes]], ordinal: int) -> array:
        """Enter each event's terms; the pairs for the file."""
        pairs = array("I")
        known = self._terms
        for of_event in terms:
            for term in dict.fromkeys(of_event):
                number, postings = known.get(term) or self._add_term(term)
                pairs.append(number)
                pairs.append(ordinal)
                postings.append(ordinal)
            ordinal += 1
        return pairs

    def _number_of(self, origin: Origin) -> int:
        number = self._numbers.get(origin)
        return self._add_origin(origin) if number is None else number

    def _note_order(self, index_times: Sequence[float]) -> None:
        latest = self._index_times[-1] if self._index_times else index_times[0]
        for time in index_times:
            if time < latest:
                self._index_times_ascend = False
                return
            latest = time

    def _write(self, name: str, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._files[name].write(view) :]

    def _add_origin(self, origin: Origin) -> int:
        number = self._numbers[origin] = len(self._origins)
        self._origins.append(origin)
        return number

    def _add_term(self, term: bytes) -> Tuple[int, array]:
        entry = self._terms[term] = (len(self._terms), array("I"))
        return entry

    # ---- opening

    def _load(self) -> None:
        data = (self.folder / "events").read_bytes()
        whole = len(data) - len(data) % _RECORD.size
        index_times = array("d")
        for offset, length, time, index_time, number in _RECORD.iter_unpack(data[:whole]):
            self._offsets.append(offset)
            self._lengths.append(length)
            self._times.append(time)
            index_times.append(index_time)
            self._origin_numbers.append(number)
        if index_times:
            self._note_order(index_times)
            self._index_times.extend(index_times)
        end = self._offsets[-1] + self._lengths[-1] if self._offsets else 0
        if (self.folder / "raw").stat().st_size < end:
            raise StoreError(f"{self.folder / 'raw'} is shorter than the events recorded of it: delete {self.folder}")
        self._files["events"].truncate(whole)
        self._files["raw"].truncate(end)
        for line in self._whole_lines("origins"):
            self._add_origin(Origin(*json.loads(line)))
        if self._origin_numbers and max(self._origin_numbers) >= len(self._origins):
            raise StoreError(f"{self.folder / 'origins'} lacks origins of recorded events: delete {self.folder}")
        self._load_postings()

    def _load_postings(self) -> None:
        postings = [self._add_term(word)[1] for word in self._whole_lines("terms")]
        data = (self.folder / "postings").read_bytes()
        pairs = array("I")
        pairs.frombytes(data[: len(data) - len(data) % (2 * pairs.itemsize)])
        written = len(pairs)
        while written and pairs[written - 1] >= len(self._times):
            written -= 2  # of an append that was interrupted
        self._files["postings"].truncate(written * pairs.itemsize)
        for position in range(0, written, 2):
            postings[pairs[position]].append(pairs[position + 1])

    def _whole_lines(self, name: str) -> List[bytes]:
        """The lines of a file that were written to their end; the rest is cut off."""
        data = (self.folder / name).read_bytes()
        end = data.rfind(b"\n") + 1
        self._files[name].truncate(end)
        return data[:end].splitlines()
