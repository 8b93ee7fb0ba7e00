"""Text is read as strictly as Python's own ipaddress reads it, and IANA's networks are known as it knows them."""

from __future__ import annotations

import ipaddress
import random
import sys

import pytest

from tools.environment import ROOT

sys.path.insert(0, str(ROOT / "bin"))

from okta_itdr.ipintel import address  # noqa: E402

ODD = [
    "", " ", "8.8.8.8 ", " 8.8.8.8", "8.8.8", "8.8.8.8.8", "08.8.8.8", "8.8.8.256", "8.8.8.-1", "0x8.8.8.8",
    "134744072", "8,8,8,8", "8.8.8.8/32", "8.8.8.8:53", "[::1]", "::", ":::", "1::2::3", "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9", "12345::", "::g", "::1.2.3.4", "::ffff:1.2.3.4", "::ffff:1.2.3", "1.2.3.4::", "fe80::1%",
    "fe80::1%eth0", "%eth0", "8.8.8.8%eth0", "\uff18.8.8.8", "8.8.8.8\n", "8.8.8.8\x00", "\ud800", "::1\n",
    "2001:db8::1/64", "::FFFF:8.8.8.8",
]  # fmt: skip
SPECIAL = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "100::/64", "2001:2::/48", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8",
]  # fmt: skip
CALLED = {
    "10.9.8.7": "private", "172.31.255.255": "private", "172.32.0.0": "", "100.127.0.1": "shared", "100.128.0.1": "",
    "192.0.0.9": "", "192.0.0.8": "reserved", "198.19.255.255": "reserved", "239.1.1.1": "multicast",
    "fdff::1": "private", "febf::1": "link_local", "fec0::1": "reserved", "2001:4860::1": "", "2001:0:1::1": "",
    "5f00::1": "reserved", "64:ff9b:1::1": "private",
}  # fmt: skip


def _reference(text: str):
    """ipaddress's opinion, with the three departures that address.py documents."""
    try:
        read = ipaddress.ip_address(text)
    except ValueError:
        return None
    if read.version == 6:
        carried = read.ipv4_mapped
        if read in ipaddress.ip_network("64:ff9b::/96"):
            carried = ipaddress.IPv4Address(int(read) & 0xFFFFFFFF)
        if carried is None and getattr(read, "scope_id", None):
            read = ipaddress.IPv6Address(text.split("%")[0])
        read = carried or read
    return read.packed


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_text_is_an_address_exactly_where_ipaddress_says_so(text: str) -> None:
    assert address.parse(text) == _reference(text)


def test_random_addresses_and_near_misses_are_read_as_ipaddress_reads_them() -> None:
    chance = random.Random(11)
    for _ in range(20_000):
        number = chance.getrandbits(chance.choice([32, 128]))
        text = str(ipaddress.ip_address(number))
        if chance.random() < 0.5:
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice("0123456789abcdef.:%/ ") + text[place + chance.randrange(2) :]
        assert address.parse(text) == _reference(text), text


def test_networks_are_read_strictly() -> None:
    for text in ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::/0", "192.0.2.1/32", "192.0.2.1", "2001:db8::1"]:
        reference = ipaddress.ip_network(text)
        assert address.parse_network(text) == (reference.network_address.packed, reference.prefixlen)
    for text in [
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/255.0.0.0",
        "2001:db8::1/32",
        "x/8",
    ]:
        assert address.parse_network(text) is None, text
    assert address.parse_network("fe80::%eth0/64") is None
    assert address.parse_network("10.0.0.0/\u0668") is None


def test_what_ipaddress_calls_special_is_never_taken_for_an_ordinary_address() -> None:
    """Newer Pythons follow newer registries: what is special to them but not in ours must be globally reachable."""
    chance = random.Random(5)
    samples = [ipaddress.ip_address(chance.getrandbits(32)) for _ in range(30_000)]
    samples += [ipaddress.IPv6Address(chance.getrandbits(128)) for _ in range(10_000)]
    for text in SPECIAL:
        network = ipaddress.ip_network(text)
        samples += [network[0], network[-1], network[chance.randrange(network.num_addresses)]]
    for sample in samples:
        kind = address.special(sample.packed)
        if sample.is_private or sample.is_loopback or sample.is_link_local or sample.is_multicast or sample.is_reserved:
            assert kind is not None, sample
        elif kind is None:
            assert sample.is_global, sample


def test_a_special_address_is_called_by_its_registry_name() -> None:
    for text, kind in CALLED.items():
        said = address.special(address.parse(text))
        assert (said.type if said else "") == kind, text


def test_a_range_is_written_as_one_cidr_only_where_it_is_one() -> None:
    chance = random.Random(3)
    for _ in range(5_000):
        first = chance.getrandbits(12) << 4
        last = first + chance.choice([0, 1, 15, 16, 255, chance.getrandbits(8)])
        a, b = (ipaddress.IPv4Address(0x0A000000 + number) for number in (first, last))
        summary = list(ipaddress.summarize_address_range(a, b))
        wanted = str(summary[0]) if len(summary) == 1 else f"{a}-{b}"
        assert address.range_of(a.packed, b.packed) == wanted
