"""Reading an MMDB file whole: every network in it and its record, each distinct record decoded once.

The format is MaxMind's published one, "MaxMind DB File Format Specification", version 2.0: a binary tree over the bits
of an address, whose leaves point into a section of data, and a map of metadata at the end. A lookup library
(`maxminddb`) finds one address at a time and decodes its record each time; a compiler wants all of them.
"""

from __future__ import annotations

from struct import error as struct_error
from struct import unpack
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from okta_itdr.trouble import Trouble

_MARKER = b"\xab\xcd\xefMaxMind.com"
_METADATA_WITHIN = 128 * 1024  # bytes from the end
_SEPARATOR = 16  # zero bytes between tree and data
_DEEPEST = 32  # maps and arrays within each other

_POINTER, _TEXT, _DOUBLE, _BYTES, _UINT16, _UINT32, _MAP, _INT32, _UINT64, _UINT128, _ARRAY = range(1, 12)
_BOOLEAN, _FLOAT = 14, 15
_UNSIGNED = (_UINT16, _UINT32, _UINT64, _UINT128)


class NoDatabase(Trouble):
    """The file is not there, no MMDB, or damaged."""


class Network(NamedTuple):
    """`first` as a number; `record`: where its record lies."""

    bits: int  # of an address: 32 or 128
    first: int
    length: int  # of the prefix
    record: int


class Database:
    """The MMDB file at `path`, in memory. Raises NoDatabase here, and while it is read where it is damaged."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                self._file = file.read()
        except OSError as problem:
            raise NoDatabase(f"{path} cannot be read ({problem.strerror or problem}).") from None
        place = self._file.rfind(_MARKER, max(len(self._file) - _METADATA_WITHIN, 0))
        if place < 0:
            raise NoDatabase(
                f"{path} is no MMDB file: give the .mmdb itself, unpacked (not .gz, .tar.gz, .zip or CSV)."
            )
        self._base = place + len(_MARKER)  # pointers count from here
        metadata = self._guarded(lambda: self._value(self._base, 0)[0])
        try:
            self.nodes = int(metadata["node_count"])
            self.type = str(metadata["database_type"])
            self.built = int(metadata["build_epoch"])
            self._record_bits, self._version = int(metadata["record_size"]), int(metadata["ip_version"])
            format_version = int(metadata["binary_format_major_version"])
        except (KeyError, TypeError, ValueError):
            raise self._damaged("its metadata is not complete") from None
        if format_version != 2 or self._record_bits not in (24, 28, 32) or self._version not in (4, 6):
            raise NoDatabase(f"{path} is an MMDB file of a form that is not known here (version {format_version}).")
        tree = self.nodes * self._record_bits // 4
        if tree + _SEPARATOR > place:
            raise self._damaged("its tree is cut off")
        self._base = tree + _SEPARATOR
        self._records: Dict[int, object] = {}

    def networks(self) -> Iterator[Network]:
        """All that have a record, IPv4 first, in the order of their addresses.

        An IPv6 tree holds IPv4 below ::/96, and leads there from other places too (6to4, mapped addresses): those
        are the same networks once more and are left out.
        """
        if self._version == 4:
            yield from self._walk(0, 0, 0, 32, None)
            return
        ipv4, depth = 0, 0
        while depth < 96 and ipv4 < self.nodes:
            ipv4, depth = self._children(ipv4)[0], depth + 1
        yield from self._walk(ipv4, 0, 0, 32, None)
        yield from self._walk(0, 0, 0, 128, ipv4 if ipv4 < self.nodes else None)

    def record(self, place: int) -> object:
        """The record there, as Python has its types."""
        if place not in self._records:
            self._records[place] = self._guarded(lambda: self._value(place, 0)[0])
        return self._records[place]

    def _walk(self, node: int, first: int, depth: int, bits: int, but: Optional[int]) -> Iterator[Network]:
        """What is below a node, but for what is below node `but`."""
        nodes, children = self.nodes, self._children
        waiting: List[Tuple[int, int, int]] = [(node, first, depth)]
        visited = 0
        while waiting:
            node, first, depth = waiting.pop()
            if node in (but, nodes):
                continue
            if node > nodes:
                yield Network(bits, first, depth, node - nodes - _SEPARATOR + self._base)
                continue
            visited += 1
            if depth == bits or visited > nodes:  # a tree has no circles
                raise self._damaged("its tree has no end")
            left, right = children(node)
            depth += 1
            waiting.append((right, first | 1 << bits - depth, depth))
            waiting.append((left, first, depth))

    def _children(self, node: int) -> Tuple[int, int]:
        size = self._record_bits // 4
        at = node * size
        pair = self._file[at : at + size]
        if size == 6:
            return int.from_bytes(pair[:3], "big"), int.from_bytes(pair[3:], "big")
        if size == 7:  # the middle byte holds the highest four bits of both
            middle = pair[3]
            return (
                (middle >> 4) << 24 | int.from_bytes(pair[:3], "big"),
                (middle & 15) << 24 | int.from_bytes(pair[4:], "big"),
            )
        return int.from_bytes(pair[:4], "big"), int.from_bytes(pair[4:], "big")

    def _value(self, at: int, depth: int) -> Tuple[object, int]:
        """The value that begins there, and where it ends."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        control = self._file[at]
        at += 1
        kind = control >> 5
        if kind == _POINTER:
            return self._pointed(control, at, depth)
        if kind == 0:
            kind = self._file[at] + 7
            at += 1
        size, at = self._size(control & 31, at)
        if kind == _MAP:
            found = {}
            for _ in range(size):
                name, at = self._value(at, depth + 1)
                found[name], at = self._value(at, depth + 1)
            return found, at
        if kind == _ARRAY:
            items = []
            for _ in range(size):
                item, at = self._value(at, depth + 1)
                items.append(item)
            return items, at
        if kind == _BOOLEAN:
            return bool(size), at
        data = self._file[at : at + size]
        if len(data) != size:
            raise ValueError("cut off")
        return self._scalar(kind, data), at + size

    def _scalar(self, kind: int, data: bytes) -> object:
        if kind == _TEXT:
            return data.decode("utf-8")
        if kind in _UNSIGNED:
            return int.from_bytes(data, "big")
        if kind == _INT32:  # shorter than four bytes it is positive
            return int.from_bytes(data, "big", signed=len(data) == 4)
        if kind == _DOUBLE:
            return unpack(">d", data)[0]
        if kind == _FLOAT:
            return unpack(">f", data)[0]
        if kind == _BYTES:
            return data
        raise ValueError(f"type {kind}")

    def _pointed(self, control: int, at: int, depth: int) -> Tuple[object, int]:
        length = (control >> 3 & 3) + 1
        written = int.from_bytes(self._file[at : at + length], "big")
        if length < 4:
            written |= (control & 7) << 8 * length
        value, _ = self._value(self._base + written + (0, 0, 2048, 526336, 0)[length], depth + 1)
        return value, at + length

    def _size(self, size: int, at: int) -> Tuple[int, int]:
        if size < 29:
            return size, at
        length = size - 28
        return (29, 285, 65821)[length - 1] + int.from_bytes(self._file[at : at + length], "big"), at + length

    def _guarded(self, read):
        try:
            return read()
        except (IndexError, ValueError, TypeError, struct_error) as problem:
            raise self._damaged(f"{type(problem).__name__}: {problem}") from None

    def _damaged(self, why: str) -> NoDatabase:
        return NoDatabase(f"{self.path} is damaged ({why}): fetch it again.")
