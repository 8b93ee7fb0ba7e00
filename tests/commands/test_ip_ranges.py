"""The packed file answers as a slow scan over the same networks would, for nested and repeated networks too."""

from __future__ import annotations

import ipaddress
import random
import sys
from pathlib import Path

import pytest

from tools.environment import ROOT

sys.path.insert(0, str(ROOT / "bin"))

from okta_itdr.ipintel.address import parse, parse_network  # noqa: E402
from okta_itdr.ipintel.ranges import DamagedRanges, Label, Owner, Ranges, Source, write_ranges  # noqa: E402

SOURCE = Source("test", "2027-01-01")
LABELS = [Label(kind, "", "high", SOURCE) for kind in ("hosting", "vpn", "tor", "cdn")]


def _networks(chance: random.Random, version: int) -> list[ipaddress._BaseNetwork]:
    """Crowded into few bits, so that they nest, touch and repeat; some at the ends of the address space."""
    bits, cls = (32, ipaddress.IPv4Network) if version == 4 else (128, ipaddress.IPv6Network)
    found = []
    for _ in range(chance.randrange(1, 40)):
        length = bits - chance.choice([0, 0, 1, 2, 3, 4, 6, 8])
        base = chance.choice(
            [0, (1 << bits) - 256, 0x2001 << (bits - 16), (0x2001 << (bits - 16)) + (5 << (bits // 2))]
        )
        number = base + chance.getrandbits(8)
        found.append(cls((number >> (bits - length) << (bits - length), length)))
    return found


@pytest.mark.parametrize("version", [4, 6])
def test_every_address_has_exactly_the_labels_of_the_networks_around_it(tmp_path: Path, version: int) -> None:
    chance = random.Random(version)
    for _ in range(60):
        named = [(network, chance.choice(LABELS)) for network in _networks(chance, version)]
        write_ranges(tmp_path / "r.dat", [(parse_network(str(n)), label) for n, label in named])
        ranges = Ranges(tmp_path / "r.dat")
        edges = {n[0] + d for n, _ in named for d in (-1, 0, 1) if 0 <= int(n[0]) + d < 1 << n.max_prefixlen}
        edges |= {n[-1] + d for n, _ in named for d in (0, 1) if int(n[-1]) + d < 1 << n.max_prefixlen}
        for place in edges:
            wanted: dict[Label, int] = {}
            for network, label in named:
                if place in network:
                    wanted[label] = max(wanted.get(label, 0), network.prefixlen)
            assert dict(ranges.labels(ranges.label_set(place.packed))) == wanted, (place, named)


@pytest.mark.parametrize("version", [4, 6])
def test_every_address_has_the_owner_of_its_range_and_a_gap_has_none(tmp_path: Path, version: int) -> None:
    chance = random.Random(version)
    size = 4 if version == 4 else 16
    for _ in range(60):
        cuts = sorted(chance.sample([0, (1 << 8 * size) - 1, *(chance.getrandbits(8 * size) for _ in range(30))], 20))
        spans = [(a, b - chance.choice([1, 1, 2])) for a, b in zip(cuts, cuts[1:]) if b - a > 2][
            :: chance.choice([1, 2])
        ]
        owners = [
            Owner(a.to_bytes(size, "big"), b.to_bytes(size, "big"), chance.randrange(1, 4), chance.choice("xyü"))
            for a, b in spans
        ]
        write_ranges(tmp_path / "r.dat", [], owners, SOURCE)
        ranges = Ranges(tmp_path / "r.dat")
        for a, b in spans:
            for number in (a - 1, a, b, b + 1):
                if 0 <= number < 1 << 8 * size:
                    packed = number.to_bytes(size, "big")
                    (wanted,) = [(o.asn, o.org) for o in owners if o.first <= packed <= o.last] or [(0, "")]
                    owner, place = ranges.owner(packed)
                    first, last = ranges.owner_range(packed, place)
                    assert ranges.name(owner) == wanted and first <= packed <= last


def test_overlapping_owners_are_refused_and_not_guessed_at(tmp_path: Path) -> None:
    owners = [Owner(parse("10.0.0.0"), parse("10.0.0.9"), 1, "a"), Owner(parse("10.0.0.9"), parse("10.0.0.10"), 2, "b")]
    with pytest.raises(ValueError, match="overlap"):
        write_ranges(tmp_path / "r.dat", [], owners)


def test_a_broken_write_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "r.dat"
    write_ranges(target, [(parse_network("192.0.2.0/24"), LABELS[0])])
    before = target.read_bytes()
    with pytest.raises(ValueError):
        write_ranges(target, [], [Owner(parse("10.0.0.9"), parse("10.0.0.0"), 1, "a")])
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["r.dat"]


def test_the_same_input_gives_the_same_bytes_and_another_reader_says_what_it_is(tmp_path: Path) -> None:
    networks = [(parse_network(text), label) for text in ("192.0.2.0/24", "2001:db8::/32") for label in LABELS]
    for name in ("a.dat", "b.dat"):
        write_ranges(
            tmp_path / name, networks, [Owner(parse("::"), parse("::9"), 64500, "org")], SOURCE, {64500: LABELS}
        )
    assert (tmp_path / "a.dat").read_bytes() == (tmp_path / "b.dat").read_bytes()
    ranges = Ranges(tmp_path / "a.dat")
    assert ranges.systems == {64500: tuple(LABELS)} and ranges.owner_source == SOURCE
    assert ranges.data_version == "2027-01-01"
    with pytest.raises(DamagedRanges, match="is no file of ranges"):
        Ranges(__file__)
