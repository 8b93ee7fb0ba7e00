"""Where the data comes from: pinned packages with their licences, and two tables of ours beside this file.

`lists.csv` says of each list of networks in the MISP package what class it stands for, or why it is left out.
`own.csv` is ours: a network or AS, its class, the name under which the AS is registered, why, source, date.
Its class `access` marks the ASes of home and mobile providers: aggregated lists are not believed within them.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Iterator, NamedTuple

from okta_itdr.ipintel.verdict import CONFIDENCE, PRECEDENCE

from tools.errors import PackagingError

FOLDER = Path(__file__).parent
ACCESS = "access"


class Package(NamedTuple):
    """A package of a registry, exactly one version of it."""

    id: str
    registry: str  # pypi or npm
    name: str
    version: str
    sha256: str
    dated: str  # the day of the data; "" where each list has its own
    licence: str
    licence_stands: str  # where its text or the grant is: a file of the package, or a page
    attribution: str  # "" where the licence asks for none


PACKAGES = (
    Package(
        id="misp",
        registry="pypi",
        name="pymispwarninglists",
        version="1.7.0",
        sha256="18b0922a6334e20850b7ab84a0d9e52746302abc36ec034ecc141fb2db67d4a7",
        dated="",
        licence="CC0-1.0 (the lists), BSD-3-Clause (the package)",
        licence_stands="https://github.com/MISP/misp-warninglists/blob/main/LICENSE.md",
        attribution="",
    ),
    Package(
        id="ip-location-db:asn",
        registry="npm",
        name="@ip-location-db/asn",
        version="2.3.2026061719",
        sha256="b9425daf2f011c28f8586685d4f89166e77627e2c15fd93c6262c3e2dead6153",
        dated="2026-06-17",
        licence="CC-BY-4.0",
        licence_stands="package/DBIP-LICENSE, package/ROUTEVIEWS-LICENSE, package/NRO_LICENSE",
        attribution="AS names by RouteViews (routeviews.org), DB-IP (https://db-ip.com) and NRO (nro.net), CC BY 4.0",
    ),
)


class ListRow(NamedTuple):
    list: str
    type: str  # "" for a list that is left out
    provider: str
    confidence: str
    why: str


class OwnRow(NamedTuple):
    network: str
    type: str
    provider: str
    confidence: str  # "" for access
    registered: str  # "" for a network
    why: str
    source: str
    date: str

    @property
    def asn(self) -> int:
        return int(self.network[2:]) if self.network.startswith("AS") else 0


def checked(package: Package) -> Package:
    """Refuses what we could not show a licence for."""
    lacking = [name for name in ("version", "sha256", "licence", "licence_stands") if not getattr(package, name)]
    if "CC-BY" in package.licence and not package.attribution:
        lacking.append("attribution")
    if lacking:
        raise PackagingError(f"The source {package.id} of the address data has no {', no '.join(lacking)}: not used")
    return package


def lists(path: Path = FOLDER / "lists.csv") -> dict[str, ListRow]:
    """Every list that we know, by name."""
    rows = {}
    for line, cells in _rows(path, ListRow._fields):
        row = ListRow(*cells)
        if not row.why or (row.type and (row.type not in PRECEDENCE or row.confidence not in CONFIDENCE)):
            raise PackagingError(f"{path}, line {line}: a list needs a reason, and a type and confidence that exist")
        rows[row.list] = row
    return rows


def own(path: Path = FOLDER / "own.csv") -> list[OwnRow]:
    """Our own table, each row with its provenance."""
    rows = []
    for line, cells in _rows(path, OwnRow._fields):
        row = OwnRow(*cells)
        if row.type != ACCESS and (row.type not in PRECEDENCE or row.confidence not in CONFIDENCE):
            raise PackagingError(f"{path}, line {line}: no class {row.type} or no confidence {row.confidence}")
        if not all([row.provider, row.why, row.source]) or bool(row.asn) != bool(row.registered):
            raise PackagingError(f"{path}, line {line}: {row.network} lacks its provider, reason, source or AS name")
        date.fromisoformat(row.date)
        rows.append(row)
    return rows


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader)) != header:
            raise PackagingError(f"{path}: its columns must be {','.join(header)}")
        for cells in reader:
            if len(cells) != len(header):
                raise PackagingError(f"{path}, line {reader.line_num}: {len(cells)} cells instead of {len(header)}")
            yield reader.line_num, cells
