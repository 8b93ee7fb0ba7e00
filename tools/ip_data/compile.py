"""From the packages and our own table to the file that ships; the same bytes from the same sources.

`python tools/run.py tools.ip_data.compile` prints its path; progress goes to stderr.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import tarfile
import time
import zipfile
from bisect import bisect_right
from datetime import date
from pathlib import Path
from typing import Iterable, Iterator

from okta_itdr.ipintel.address import Network, parse_network
from okta_itdr.ipintel.ranges import Label, Owner, Source, write_ranges

from tools.environment import ROOT, SetUpError
from tools.errors import PackagingError
from tools.ip_data.fetch import fetched
from tools.ip_data.sources import ACCESS, FOLDER, PACKAGES, ListRow, OwnRow, Package, checked, lists, own
from tools.lock import locked

LARGEST = 15 * 1024 * 1024  # it is copied to every indexer with the search bundle
KEPT = ROOT / ".venv" / "ip_data"
_LISTS = "pymispwarninglists/data/misp-warninglists/lists/"
_AGGREGATED = {"vpn-ipv4"}  # gathered from many networks by others: not believed within access networks


def ready(folder: Path = KEPT) -> Path:
    """The file compiled from the sources as they are now; nothing is fetched or compiled twice."""
    with locked(folder / ".lock", "the address data is being compiled"):
        target = folder / f"ranges-{_digest()}.dat"
        if not target.is_file():
            for old in folder.glob("ranges-*"):
                old.unlink()
            begun = time.monotonic()
            misp, asn = (fetched(checked(package), folder) for package in PACKAGES)
            print("Compiling the address data …", file=sys.stderr)
            _compile(target, misp, asn)
            print(
                f"Compiled {target.stat().st_size / 1e6:.1f} MB in {time.monotonic() - begun:.0f} s.", file=sys.stderr
            )
    return target


def _digest() -> str:
    """Changes when the file could."""
    code = [ROOT / "bin" / "okta_itdr" / "ipintel" / name for name in ("address.py", "ranges.py", "verdict.py")]
    total = hashlib.sha256(sys.byteorder.encode())
    for path in [*sorted(path for path in FOLDER.iterdir() if path.suffix in (".py", ".csv")), *code]:
        total.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return total.hexdigest()[:32]


def _compile(target: Path, misp: Path, asn: Path) -> None:
    rows = own()
    with tarfile.open(asn) as archive:
        source = _source(PACKAGES[1], archive)
        owners = list(_owners(archive))
    _check_registered(rows, owners)
    access = {row.asn for row in rows if row.type == ACCESS}
    networks = [*_own_networks(rows), *_lists(misp, owners, access)]
    systems: dict[int, list[Label]] = {}
    for row in rows:
        if row.asn and row.type != ACCESS:
            systems.setdefault(row.asn, []).append(_own_label(row))
    unfinished = target.with_suffix(".unfinished")
    write_ranges(unfinished, networks, owners, source, systems)
    if unfinished.stat().st_size > LARGEST:
        raise PackagingError(f"The address data has {unfinished.stat().st_size} bytes; at most {LARGEST} may ship")
    unfinished.replace(target)


def _source(package: Package, archive: tarfile.TarFile) -> Source:
    """Refused where the licence texts that we point to are not in the package."""
    lacking = set(package.licence_stands.split(", ")).difference(archive.getnames())
    if lacking:
        raise PackagingError(
            f"{package.name} {package.version} lacks its licence {', '.join(sorted(lacking))}: not used"
        )
    return Source(package.id, package.dated, package.attribution)


def _owners(archive: tarfile.TarFile) -> Iterator[Owner]:
    """Both families in order. Where two ranges overlap, the first keeps what both claim (one does, in IPv4)."""
    for family, size in (("ipv4", 4), ("ipv6", 16)):
        member = archive.extractfile(f"package/asn-{family}-num.csv")
        assert member is not None
        free = 0
        for first, last, asn, org in csv.reader(io.TextIOWrapper(member, "utf-8", newline="")):
            begin, end = max(int(first), free), int(last)
            if begin <= end:
                free = end + 1
                yield Owner(begin.to_bytes(size, "big"), end.to_bytes(size, "big"), int(asn), org)


def _check_registered(rows: Iterable[OwnRow], owners: Iterable[Owner]) -> None:
    """AS numbers change hands: a row counts for the holder that was looked at, and for nobody else."""
    names: dict[int, set[str]] = {}
    for owner in owners:
        names.setdefault(owner.asn, set()).add(owner.org)
    changed = [
        f"{row.network} is not {row.registered}'s but {' and '.join(sorted(names.get(row.asn, ['nobody'])))}'s"
        for row in rows
        if row.asn and row.registered not in names.get(row.asn, ())
    ]
    if changed:
        raise PackagingError("\n".join([*changed, "Look at these rows of tools/ip_data/own.csv again."]))


def _own_label(row: OwnRow) -> Label:
    return Label(row.type, row.provider, row.confidence, Source("okta_itdr:table", row.date), row.why)


def _own_networks(rows: Iterable[OwnRow]) -> Iterator[tuple[Network, Label]]:
    for row in rows:
        if not row.asn:
            yield _network(row.network, "own.csv"), _own_label(row)


def _lists(wheel: Path, owners: list[Owner], access: set[int]) -> Iterator[tuple[Network, Label]]:
    known = lists()
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(n for n in archive.namelist() if n.startswith(_LISTS) and n.endswith("/list.json"))
        for name in names:
            content = json.loads(archive.read(name))
            if content["type"] == "cidr":
                row = known.pop(name.split("/")[-2], None)
                if row is None:
                    raise PackagingError(
                        f"{name} is not in tools/ip_data/lists.csv: say what it stands for, or why not"
                    )
                if row.type:
                    yield from _list(row, content, owners, access)
    if known:
        raise PackagingError(f"tools/ip_data/lists.csv names lists that are not there: {', '.join(sorted(known))}")


def _list(row: ListRow, content: dict, owners: list[Owner], access: set[int]) -> Iterator[tuple[Network, Label]]:
    dated = date(*(int(part) for part in _day(str(content["version"])))).isoformat()
    label = Label(row.type, row.provider, row.confidence, Source(f"misp:{row.list}", dated))
    starts = [(len(owner.first), owner.first) for owner in owners] if row.list in _AGGREGATED else []
    for text in content["list"]:
        network = _network(text, row.list)
        if not (starts and _touches(network, owners, starts, access)):
            yield network, label


def _day(version: str) -> tuple[str, str, str]:
    return version[:4], version[4:6], version[6:]


def _touches(network: Network, owners: list[Owner], starts: list, access: set[int]) -> bool:
    """Whether an access network owns any address of it."""
    size = len(network.packed)
    last = int.from_bytes(network.packed, "big") | (1 << 8 * size - network.length) - 1
    after = bisect_right(starts, (size, last.to_bytes(size, "big")))
    for place in range(after - 1, -1, -1):
        owner = owners[place]
        if len(owner.first) != size or owner.last < network.packed:
            return False
        if owner.asn in access:
            return True
    return False


def _network(text: str, where: str) -> Network:
    network = parse_network(text)
    if network is None:
        raise PackagingError(f"{where} names {text}, which is no network")
    return network


if __name__ == "__main__":
    try:
        print(ready())
    except (PackagingError, SetUpError) as error:
        sys.exit(str(error))
