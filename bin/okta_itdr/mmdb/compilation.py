"""An MMDB file to `lookups/okta_itdr_ip_mmdb.dat` of the add-on, which `ipintel` maps into memory."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timezone
from tempfile import TemporaryDirectory
from typing import Callable, Dict, Iterable, Iterator, Mapping, NamedTuple, Tuple

from okta_itdr.ipintel import address
from okta_itdr.ipintel.intelligence import MMDB
from okta_itdr.ipintel.ranges import Label, Owner, Source, write_ranges
from okta_itdr.ipintel.verdict import MEDIUM
from okta_itdr.mmdb.database import Database, Network
from okta_itdr.mmdb.fields import KNOWN, NOTHING, Facts, attribution, facts, flat
from okta_itdr.trouble import Trouble

LARGEST = 100 * 1000 * 1000  # bytes: it goes to every search peer
MOST_LABELLED = 8_000_000  # networks; more would be larger than that, and not fit into memory on the way
_FIELDS_TOLD = 30


class NotCompiled(Trouble):
    """The file can be read, and is of no use or too large; or the result cannot be written."""


class Compiled(NamedTuple):
    file: str
    database: str  # its type, as its publisher calls it
    built: str  # ISO date
    networks: int
    named: int  # of them with an AS number or an organisation
    types: Dict[str, int]  # networks by what they are
    bytes: int


def compile_database(path: str, app_folder: str, tell: Callable[[str], None]) -> Compiled:
    """`tell` hears of progress. Raises Trouble; whatever happens, the old file or the new one is there whole."""
    database = Database(path)
    built = datetime.fromtimestamp(database.built, timezone.utc).date().isoformat()
    source = Source(f"mmdb:{database.type}", built, attribution(database.type))
    tell(f"Reading {path}: {database.type}, built {built} …")
    uses = Counter(network.record for network in database.networks())
    known = _known(database, uses)
    counted = _counted(database, uses, known)
    tell(f"{counted.networks:,} networks, {counted.named:,} of them named; {_told(counted.types)}.")
    target = os.path.join(app_folder, MMDB)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with TemporaryDirectory(prefix=".okta_itdr_mmdb", dir=app_folder) as folder:
            written = os.path.join(folder, "compiled")
            tell("Compiling …")
            owners = _owners(database, known) if counted.named else ()
            labels = _labels(database, known, source) if counted.types else ()
            write_ranges(written, labels, owners, source if counted.named else None)
            size = os.path.getsize(written)
            if size > LARGEST:
                raise _too_large(path, f"{size / 1e6:,.0f} MB")
            os.chmod(written, 0o644)
            os.replace(written, target)
    except OSError as problem:
        raise NotCompiled(
            f"{target} cannot be written ({problem.strerror or problem}): run this as the user that runs Splunk, and "
            "make room on the disk."
        ) from None
    return counted._replace(file=target, built=built, bytes=size)


def _known(database: Database, records: Iterable[int]) -> Dict[int, Facts]:
    """What each record says, by its place. Raises NotCompiled where none says anything."""
    known = {place: facts(database.record(place)) for place in records}
    if all(said == NOTHING for said in known.values()):
        records_read = [database.record(place) for place in known]
        names = sorted({str(name) for record in records_read for name in [*flat(record), *_own_fields(record)]})
        has = f"it has {', '.join(names[:_FIELDS_TOLD])}" if names else "its records are empty"
        raise NotCompiled(
            f"{database.path} ({database.type}) says nothing that ipintel could use: {has}; wanted is any of "
            f"{', '.join(sorted(KNOWN))}. Use an ASN, ISP, anonymous IP, privacy or enterprise file."
        )
    return known


def _own_fields(record: object) -> Iterable[object]:
    return record if isinstance(record, dict) else ()


def _counted(database: Database, uses: Mapping[int, int], known: Mapping[int, Facts]) -> Compiled:
    types: Dict[str, int] = {}
    for place, times in uses.items():
        for kind in known[place].types:
            types[kind] = types.get(kind, 0) + times
    labelled = sum(times for place, times in uses.items() if known[place].types)
    if labelled > MOST_LABELLED:
        raise _too_large(database.path, f"{labelled:,} networks with a type")
    named = sum(times for place, times in uses.items() if known[place].asn or known[place].org)
    return Compiled("", database.type, "", sum(uses.values()), named, dict(sorted(types.items())), 0)


def _owners(database: Database, known: Dict[int, Facts]) -> Iterator[Owner]:
    for network in database.networks():
        said = known[network.record]
        if said.asn or said.org:
            first, last = _ends(network)
            yield Owner(first, last, said.asn, said.org)


def _labels(database: Database, known: Dict[int, Facts], source: Source) -> Iterator[Tuple[address.Network, Label]]:
    labels = {
        place: [Label(kind, said.provider, MEDIUM, source) for kind in said.types] for place, said in known.items()
    }
    for network in database.networks():
        for label in labels[network.record]:
            yield address.Network(_ends(network)[0], network.length), label


def _ends(network: Network) -> Tuple[bytes, bytes]:
    size = network.bits // 8
    last = network.first | (1 << network.bits - network.length) - 1
    return network.first.to_bytes(size, "big"), last.to_bytes(size, "big")


def _told(types: Dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in types.items()) or "no types"


def _too_large(path: str, how: str) -> NotCompiled:
    return NotCompiled(
        f"{path} is too large to go to every search peer ({how}; {LARGEST / 1e6:,.0f} MB compiled are the most): use a "
        "smaller edition, such as an ASN file or one without single addresses of residential proxies."
    )
