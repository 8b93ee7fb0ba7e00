"""The packed file of ranges: written once, mapped into memory, searched without being read in.

    magic, version, byte order, length of the file, length and CRC of the catalogue
    catalogue (JSON): data_version, sources, labels, labels by AS number, where each section lies
    sections: arrays in this machine's byte order (every platform of Splunk's search is little-endian)

Two tables for each family, both sorted by the first address of a range and without gaps, so that one bisection
answers: `owner` (whose AS the range is in; 0: nobody's) and `label` (which set of labels it has; 0: none).
A label knows its source; a set has for each label the length of its network's prefix, so that an address and that
length give the network which the source named. Reading needs no more than the pages that a bisection touches.
"""

import json
import mmap
import os
from array import array
from bisect import bisect_left, bisect_right
from struct import Struct, error
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from zlib import crc32

from okta_itdr.ipintel.address import Network
from okta_itdr.trouble import Trouble

MAGIC = b"okta_itdr ranges"
VERSION = 1
_HEADER = Struct("=16sIIQII")
_BYTE_ORDER = 0x01020304
_HALVES = Struct(">QQ")
_ALIGNMENT = 8


class Source(NamedTuple):
    """Who says it: the list's id (`misp:amazon-aws`), the day of its data, the attribution it wants, if any."""

    id: str
    dated: str
    attribution: str = ""


class Label(NamedTuple):
    """What a source says of a network or of an AS."""

    type: str
    provider: str
    confidence: str
    source: Source
    reason: str = ""


class Owner(NamedTuple):
    """A range (both ends packed, inclusive) and the AS it is announced by; AS number 0 where only a name is known."""

    first: bytes
    last: bytes
    asn: int
    org: str


class DamagedRanges(Trouble):
    """The file is not there, not ours, or not whole."""


class Ranges:
    """The file at `path`, mapped. Raises DamagedRanges here, and later where what it points to is not there."""

    def __init__(self, path: str, remedy: str = "Install the add-on again.") -> None:
        self.path = os.fspath(path)
        self._remedy = remedy
        try:
            with open(self.path, "rb") as file:
                self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as problem:  # ValueError: an empty file cannot be mapped
            raise self._trouble(f"cannot be read ({getattr(problem, 'strerror', None) or problem})") from problem
        try:
            self._open()
        except (error, LookupError, TypeError, ValueError) as problem:
            raise self._damaged(problem) from problem

    def _open(self) -> None:
        whole = memoryview(self._file)
        magic, version, order, length, catalogue_length, crc = _HEADER.unpack_from(whole)
        if magic != MAGIC:
            raise self._trouble("is no file of ranges")
        if order != _BYTE_ORDER or version != VERSION:
            raise self._trouble("is of another version of the add-on, or of another kind of machine")
        if length != len(whole):
            raise self._trouble(f"is cut short or grown: {len(whole)} bytes instead of {length}")
        written = bytes(whole[_HEADER.size : _HEADER.size + catalogue_length])
        if crc32(written) != crc:
            raise self._trouble("is damaged (its catalogue)")
        catalogue = json.loads(written)
        self.data_version: str = catalogue["data_version"]
        self.sources = tuple(Source(*row) for row in catalogue["sources"])
        labels = [Label(t, p, c, self.sources[s], r) for t, p, c, s, r in catalogue["labels"]]
        self._labels = labels
        self.systems = {int(asn): tuple(labels[i] for i in ids) for asn, ids in catalogue["systems"].items()}
        self.owner_source = None if catalogue["owner_source"] is None else self.sources[catalogue["owner_source"]]
        body = whole[_HEADER.size + catalogue_length :]
        section = {name: body[at : at + size].cast(kind) for name, (at, size, kind) in catalogue["sections"].items()}
        self._owner4 = section["owner4.start"], section["owner4.owner"]
        self._owner6 = section["owner6.high"], section["owner6.low"], section["owner6.owner"]
        self._asn, self._org, self._text = section["owner.asn"], section["owner.org"], section["owner.text"]
        self._label4 = section["label4.start"], section["label4.set"]
        self._label6 = section["label6.high"], section["label6.low"], section["label6.set"]
        self._set, self._set_label, self._set_length = section["set.first"], section["set.label"], section["set.length"]
        self._names: Dict[int, Tuple[int, str]] = {}
        self._sets: Dict[int, Tuple[Tuple[Label, int], ...]] = {}

    def owner(self, packed: bytes) -> Tuple[int, int]:
        """(number of the owner of the range the address is in, 0 for nobody; where the range lies in its table)."""
        return self._found(packed, self._owner4, self._owner6)

    def label_set(self, packed: bytes) -> int:
        """The number of the set of labels the address has; 0: none."""
        return self._found(packed, self._label4, self._label6)[0]

    def name(self, owner: int) -> Tuple[int, str]:
        """(AS number, organisation) of an owner."""
        name = self._names.get(owner)
        if name is None:
            try:
                text = bytes(self._text[self._org[owner] : self._org[owner + 1]]).decode()
                name = self._names[owner] = self._asn[owner], text
            except (IndexError, ValueError) as problem:
                raise self._damaged(problem) from problem
        return name

    def labels(self, label_set: int) -> Tuple[Tuple[Label, int], ...]:
        """(label, length of its network's prefix) for each label of a set, the longest prefix first."""
        labels = self._sets.get(label_set)
        if labels is None:
            try:
                places = range(self._set[label_set], self._set[label_set + 1])
                labels = tuple((self._labels[self._set_label[i]], self._set_length[i]) for i in places)
            except (IndexError, ValueError) as problem:
                raise self._damaged(problem) from problem
            self._sets[label_set] = labels
        return labels

    def owner_range(self, packed: bytes, place: int) -> Tuple[bytes, bytes]:
        """First and last address, packed, of the range of one owner at `place`, where `owner` found the address."""
        size = len(packed)
        try:
            if size == 4:
                starts, _ = self._owner4
                first = starts[place]
                after = starts[place + 1] if place + 1 < len(starts) else 1 << 32
            else:
                high, low, _ = self._owner6
                first = high[place] << 64 | low[place]
                after = high[place + 1] << 64 | low[place + 1] if place + 1 < len(high) else 1 << 128
            return first.to_bytes(size, "big"), (after - 1).to_bytes(size, "big")
        except (IndexError, OverflowError) as problem:
            raise self._damaged(problem) from problem

    def _found(self, packed: bytes, table4: tuple, table6: tuple) -> Tuple[int, int]:
        """(value of the range that the address is in, place of the range)."""
        try:
            if len(packed) == 4:
                starts, values = table4
                place = bisect_right(starts, int.from_bytes(packed, "big")) - 1
            else:
                high, low, values = table6
                place = _place6(high, low, packed) - 1
            return values[place], place
        except IndexError as problem:
            raise self._damaged(problem) from problem

    def _damaged(self, problem: Exception) -> DamagedRanges:
        return self._trouble(f"is damaged ({type(problem).__name__})")

    def _trouble(self, what: str) -> DamagedRanges:
        return DamagedRanges(f"The address data {self.path} {what}. {self._remedy}")


def _place6(high: Sequence[int], low: Sequence[int], packed: bytes) -> int:
    """bisect_right over 128-bit numbers that lie in two arrays of 64."""
    a, b = _HALVES.unpack(packed)
    place = bisect_right(high, a)
    if place and high[place - 1] == a:
        place = bisect_right(low, b, bisect_left(high, a, 0, place), place)
    return place


def write_ranges(
    path: str,
    networks: Iterable[Tuple[Network, Label]],
    owners: Iterable[Owner] = (),
    owner_source: Optional[Source] = None,
    systems: Optional[Mapping[int, Sequence[Label]]] = None,
) -> None:
    """Compiles to the file at `path`, the same bytes for the same input; a reader sees the old or the new one.

    `networks`: each with one label, in any order, as often as there are labels for it. `owners`: sorted by family and
    first address, none overlapping another (ValueError otherwise). `systems`: labels by AS number.
    """
    catalogue = _Catalogue()
    sections: Dict[str, array] = {"set.first": array("I", [0]), "set.label": array("I"), "set.length": array("B")}
    _write_owners(owners, sections)
    _write_labels(networks, catalogue, sections)
    by_system = {str(asn): [catalogue.label(label) for label in labels] for asn, labels in (systems or {}).items()}
    head = {
        "owner_source": None if owner_source is None else catalogue.source(owner_source),
        "systems": by_system,
        "sources": list(catalogue.sources),
        "labels": [[*label[:3], catalogue.sources[label.source], label.reason] for label in catalogue.labels],
        "data_version": max((source.dated for source in catalogue.sources), default=""),
    }
    _put(os.fspath(path), head, sections)


class _Catalogue:
    """Sources and labels in the order in which they were first named."""

    def __init__(self) -> None:
        self.sources: Dict[Source, int] = {}
        self.labels: Dict[Label, int] = {}

    def source(self, source: Source) -> int:
        return self.sources.setdefault(source, len(self.sources))

    def label(self, label: Label) -> int:
        self.source(label.source)
        return self.labels.setdefault(label, len(self.labels))


def _write_owners(owners: Iterable[Owner], sections: Dict[str, array]) -> None:
    numbers: Dict[Tuple[int, str], int] = {(0, ""): 0}
    runs: Dict[int, List[Tuple[int, int]]] = {4: [(0, 0)], 16: [(0, 0)]}  # (first address, owner), gaps too
    ends = {4: 0, 16: 0}
    for owner in owners:
        size = len(owner.first)
        first, after = int.from_bytes(owner.first, "big"), int.from_bytes(owner.last, "big") + 1
        if first < ends[size] or after <= first or size != len(owner.last):
            raise ValueError(f"owners overlap or are out of order at {owner}")
        number = numbers.setdefault((owner.asn, owner.org), len(numbers))
        if first > ends[size]:
            _add_run(runs[size], ends[size], 0)
        _add_run(runs[size], first, number)
        ends[size] = after
    for size, end in ends.items():
        if end < 1 << 8 * size:
            _add_run(runs[size], end, 0)
    _write_runs("owner", "owner", runs, sections)
    text, places = bytearray(), array("I", [0])
    for _, org in numbers:
        text += org.encode()
        places.append(len(text))
    sections["owner.asn"] = array("I", [asn for asn, _ in numbers])
    sections["owner.org"] = places
    sections["owner.text"] = array("B", text)


def _write_labels(networks: Iterable[Tuple[Network, Label]], catalogue: _Catalogue, sections: Dict[str, array]) -> None:
    """Networks nest or are apart, never otherwise: one pass with a stack of those that are open."""
    named: Dict[int, List[Tuple[int, int, int]]] = {4: [], 16: []}
    for (packed, length), label in networks:
        named[len(packed)].append((int.from_bytes(packed, "big"), length, catalogue.label(label)))
    sets: Dict[Tuple[Tuple[int, int], ...], int] = {(): 0}
    runs: Dict[int, List[Tuple[int, int]]] = {4: [(0, 0)], 16: [(0, 0)]}
    for size, rows in named.items():
        bits = 8 * size
        open_networks: List[Tuple[int, Tuple[Tuple[int, int], ...]]] = [(1 << bits, ())]  # (after it, its labels)
        for first, length, label in sorted(set(rows)):
            while open_networks[-1][0] <= first:
                after, _ = open_networks.pop()
                _add_run(runs[size], after, sets.setdefault(open_networks[-1][1], len(sets)))
            around = tuple(pair for pair in open_networks[-1][1] if pair[1] != label)
            labels = tuple(sorted({*around, (length, label)}, key=lambda pair: (-pair[0], pair[1])))
            open_networks.append((first + (1 << bits - length), labels))
            _add_run(runs[size], first, sets.setdefault(labels, len(sets)))
        while len(open_networks) > 1:
            after, _ = open_networks.pop()
            if after < 1 << bits:
                _add_run(runs[size], after, sets.setdefault(open_networks[-1][1], len(sets)))
    _write_runs("label", "set", runs, sections)
    for labels in sets:
        sections["set.length"].extend(length for length, _ in labels)
        sections["set.label"].extend(label for _, label in labels)
        sections["set.first"].append(len(sections["set.label"]))


def _add_run(runs: List[Tuple[int, int]], first: int, value: int) -> None:
    """Values from `first` on are `value`; what begins at the same address has no more to say."""
    if runs[-1][0] == first:
        runs.pop()
    if not runs or runs[-1][1] != value:
        runs.append((first, value))


def _write_runs(table: str, value: str, runs: Mapping[int, List[Tuple[int, int]]], sections: Dict[str, array]) -> None:
    sections[f"{table}4.start"] = array("I", [first for first, _ in runs[4]])
    sections[f"{table}4.{value}"] = array("I", [number for _, number in runs[4]])
    sections[f"{table}6.high"] = array("Q", [first >> 64 for first, _ in runs[16]])
    sections[f"{table}6.low"] = array("Q", [first & (1 << 64) - 1 for first, _ in runs[16]])
    sections[f"{table}6.{value}"] = array("I", [number for _, number in runs[16]])


def _put(path: str, head: dict, sections: Mapping[str, array]) -> None:
    place = 0
    places = {}
    for name, values in sections.items():  # counted from the end of the catalogue
        places[name] = [place, len(values) * values.itemsize, values.typecode]
        place += -(-places[name][1] // _ALIGNMENT) * _ALIGNMENT
    written = json.dumps({**head, "sections": places}, ensure_ascii=False, separators=(",", ":")).encode()
    written += b" " * (-(len(written) + _HEADER.size) % _ALIGNMENT)
    unfinished = f"{path}.{os.getpid()}"
    with open(unfinished, "wb") as file:
        length = _HEADER.size + len(written) + place
        file.write(_HEADER.pack(MAGIC, VERSION, _BYTE_ORDER, length, len(written), crc32(written)))
        file.write(written)
        for values in sections.values():
            file.write(values.tobytes())
            file.write(bytes(-(len(values) * values.itemsize) % _ALIGNMENT))
    os.replace(unfinished, path)
