"""CSV files of entries: an admin's own, and the lists that the refresh input fetched. One form for both.

    network,type,provider,owner,reason,expires[,dated]

`network` is a CIDR, an address or an AS number (`AS64500`); `expires` an ISO date (the entry counts through that day,
UTC), epoch seconds, or blank for never. A line that cannot be read is told with its number; the others count.
"""

import csv
import os
from datetime import date
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from okta_itdr.ipintel.address import Network, parse_network
from okta_itdr.ipintel.verdict import ORDINARY, PRECEDENCE

COLUMNS = ("network", "type", "provider", "owner", "reason", "expires")
_NEEDED = {"network", "type"}
_DAY = 86400
_EPOCH = date(1970, 1, 1)
_FIRST_SECONDS = 10**9  # 2001: a lower number is a year or a day written without its dashes
_LINES_NAMED = 5


class Entry(NamedTuple):
    type: str
    provider: str
    owner: str
    reason: str
    expires: str  # as written
    dated: str


class Match(NamedTuple):
    entry: Entry
    length: int  # of the prefix that matched; -1: the AS did


class Entries:
    """The entries of one file that have not expired at `now` (epoch seconds)."""

    def __init__(self, path: str, now: float) -> None:
        self.path = os.fspath(path)
        self.warnings: List[str] = []
        # bytes of the family → length of the prefix, the longest first → the network's bits → entries
        self._networks: Dict[int, Dict[int, Dict[int, List[Entry]]]] = {4: {}, 16: {}}
        self._systems: Dict[int, List[Entry]] = {}
        self._read(now)

    def __bool__(self) -> bool:
        return bool(self._systems or any(self._networks.values()))

    def matches(self, packed: bytes, asn: int) -> List[Match]:
        """All entries that name the address, the most specific first, then those of its AS; of equals the last line."""
        found = []
        lengths = self._networks[len(packed)]
        if lengths:
            number, bits = int.from_bytes(packed, "big"), 8 * len(packed)
            for length, networks in lengths.items():
                for entry in networks.get(number >> bits - length, ()):
                    found.append(Match(entry, length))
        if asn:
            found.extend(Match(entry, -1) for entry in self._systems.get(asn, ()))
        return found

    def _read(self, now: float) -> None:
        bad: List[str] = []
        line = 0
        try:
            with open(self.path, encoding="utf-8-sig", errors="replace", newline="") as file:
                for line, row in _rows(file):
                    problem = self._add(row, now)
                    if problem:
                        bad.append(f"line {line}: {problem}")
        except csv.Error as problem:
            bad.append(f"after line {line} nothing is read: {problem}.")
        except (OSError, _NoEntries) as problem:
            self.warnings.append(f"{self.path} is not used: {getattr(problem, 'strerror', None) or problem}.")
        if bad:
            named = " ".join(bad[:_LINES_NAMED]) + (" …" if len(bad) > _LINES_NAMED else "")
            self.warnings.append(f"{self.path}: {len(bad)} of its lines cannot be used, the others are. {named}")
        for size, lengths in self._networks.items():
            self._networks[size] = dict(sorted(lengths.items(), reverse=True))

    def _add(self, row: Dict[str, str], now: float) -> Optional[str]:
        """Takes the row in, unless it has expired; what is wrong with it, if anything is."""
        kind = row["type"].lower()
        if kind not in PRECEDENCE and kind != ORDINARY:
            return f'there is no type "{kind}"; write one of {", ".join([ORDINARY, *PRECEDENCE])}.'
        until = _until(row["expires"])
        if until is None:
            return f'"{row["expires"]}" is no date; write one as 2027-01-31, or nothing.'
        network, asn = _named(row["network"])
        if network is None and asn is None:
            return (
                f'"{row["network"]}" is no network; write one as 192.0.2.0/24 (no bits set beyond its length), '
                "an address, or an AS number as AS64500."
            )
        if now >= until:
            return None
        entry = Entry(kind, row["provider"], row["owner"], row["reason"], row["expires"], row["dated"])
        if network is None:
            entries = self._systems.setdefault(asn or 0, [])
        else:
            bits = int.from_bytes(network.packed, "big") >> 8 * len(network.packed) - network.length
            lengths = self._networks[len(network.packed)]
            entries = lengths.setdefault(network.length, {}).setdefault(bits, [])
        entries.insert(0, entry)
        return None


class _NoEntries(Exception):
    """The text says why the file has none."""


def _rows(file) -> Iterator[Tuple[int, Dict[str, str]]]:
    """(number of the line, every column that can be there, blanks around cut off) of each line that is not empty."""
    reader = csv.reader(file)
    header = [name.strip().lower() for name in next(reader, [])]
    missing = _NEEDED.difference(header)
    if missing:
        raise _NoEntries(
            f"its first line does not name the column {' and '.join(sorted(missing))}; it must be {','.join(COLUMNS)}"
        )
    empty = dict.fromkeys([*COLUMNS, "dated"], "")
    for cells in reader:
        if any(cells):
            yield reader.line_num, {**empty, **dict(zip(header, map(str.strip, cells)))}


def _named(text: str) -> Tuple[Optional[Network], Optional[int]]:
    if text[:2].upper() == "AS":
        digits = text[2:]
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0
        return None, number if 0 < number < 1 << 32 else None
    return parse_network(text), None


def _until(text: str) -> Optional[float]:
    """The moment from which an entry no longer counts; None where that cannot be read."""
    if not text:
        return float("inf")
    if text.isascii() and text.replace(".", "", 1).isdigit():
        seconds = float(text)
        return seconds if seconds >= _FIRST_SECONDS else None
    if text[4:5] != "-" or text[7:8] != "-":  # later Pythons read further forms of ISO 8601
        return None
    try:
        return ((date.fromisoformat(text) - _EPOCH).days + 1) * _DAY
    except ValueError:
        return None
