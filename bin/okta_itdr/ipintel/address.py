"""Addresses and networks as text and as packed bytes, and what IANA set aside.

Packed is 4 bytes for IPv4 and 16 for IPv6, in network order. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`)
and one of NAT64 (`64:ff9b::192.0.2.1`, RFC 6052) are the IPv4 address they carry. `inet_pton` reads strictly:
`010.1.1.1`, `1.2`, `1.2.3.4 ` and `1.2.3.4:443` are no addresses to it (`inet_aton` takes the first three for other
addresses than their writers meant).
"""

from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import NamedTuple, Optional

_CARRY_IPV4 = {bytes(10) + b"\xff\xff", bytes.fromhex("0064ff9b") + bytes(8)}


class Network(NamedTuple):
    """A CIDR: its first address, packed, and the length of its prefix."""

    packed: bytes
    length: int


class Special(NamedTuple):
    """A network of IANA's special-purpose address registries, IPv4 and IPv6."""

    type: str
    network: str
    reason: str


def parse(text: str) -> Optional[bytes]:
    """The address packed, or None where `text` is none. A zone (`fe80::1%eth0`) is left aside."""
    try:
        if ":" not in text:
            return inet_pton(AF_INET, text)
        bare, percent, zone = text.partition("%")
        packed = inet_pton(AF_INET6, bare)
    except (OSError, ValueError):  # ValueError: a NUL or half a surrogate pair in the text
        return None
    if percent and not zone:
        return None
    return packed[12:] if packed[:12] in _CARRY_IPV4 else packed


def parse_network(text: str) -> Optional[Network]:
    """A CIDR or a single address, or None: also where bits are set beyond the prefix (`192.0.2.1/24`)."""
    bare, slash, written = text.partition("/")
    packed = None if "%" in bare else parse(bare)
    if packed is None:
        return None
    bits = 8 * len(packed)
    if not slash:
        return Network(packed, bits)
    if not (written.isascii() and written.isdigit() and len(written) <= 3):
        return None
    length = int(written) - (96 if ":" in bare and bits == 32 else 0)  # ::ffff:192.0.2.0/120 is 192.0.2.0/24
    if not 0 <= length <= bits or int.from_bytes(packed, "big") & ((1 << (bits - length)) - 1):
        return None
    return Network(packed, length)


def parse_system(text: str) -> Optional[int]:
    """The number of an autonomous system written as `AS64500` (RFC 5396, asplain), or None."""
    digits = text[2:]
    if text[:2].upper() != "AS" or not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    number = int(digits)
    return number if 0 < number < 1 << 32 else None


def network_of(packed: bytes, length: int) -> str:
    """The CIDR of that length around an address: `203.0.113.9`, 24 → `203.0.113.0/24`."""
    host_bits = 8 * len(packed) - length
    first = int.from_bytes(packed, "big") >> host_bits << host_bits
    return f"{written(first.to_bytes(len(packed), 'big'))}/{length}"


def range_of(first: bytes, last: bytes) -> str:
    """`192.0.2.0/25` where the range is one CIDR, else `192.0.2.0-192.0.2.130`."""
    begin = int.from_bytes(first, "big")
    differing = begin ^ int.from_bytes(last, "big")
    if differing & (differing + 1) == 0 and begin & differing == 0:
        return f"{written(first)}/{8 * len(first) - differing.bit_length()}"
    return f"{written(first)}-{written(last)}"


def written(packed: bytes) -> str:
    return inet_ntop(AF_INET if len(packed) == 4 else AF_INET6, packed)


def special(packed: bytes) -> Optional[Special]:
    """What IANA set the address aside for, or None where it is an ordinary one of the Internet."""
    if len(packed) == 4:
        candidates = _SPECIAL4.get(packed[0])
    elif packed[0] >> 5 == 1 and packed[:2] not in _SPECIAL_WITHIN_GLOBAL:
        return None
    else:
        candidates = _SPECIAL6
    if candidates:
        number = int.from_bytes(packed, "big")
        for first, last, said in candidates:
            if first <= number <= last:
                return said
    return None


# The first that fits counts. IANA IPv4 Special-Purpose Address Registry, IPv4 Multicast Address Space Registry;
# what the registry says is globally reachable (192.0.0.9, the AS112 and AMT networks) is ordinary and not here.
_REGISTRY4 = [
    ("0.0.0.0/32", "unspecified", "no address (RFC 1122)"),
    ("0.0.0.0/8", "reserved", "this network (RFC 791)"),
    ("10.0.0.0/8", "private", "private use (RFC 1918)"),
    ("100.64.0.0/10", "shared", "shared behind carrier NAT (RFC 6598)"),
    ("127.0.0.0/8", "loopback", "loopback (RFC 1122)"),
    ("169.254.0.0/16", "link_local", "link-local (RFC 3927)"),
    ("172.16.0.0/12", "private", "private use (RFC 1918)"),
    ("192.0.0.0/29", "reserved", "IPv4 service continuity (RFC 7335)"),
    ("192.0.0.8/32", "reserved", "IPv4 dummy address (RFC 7600)"),
    ("192.0.0.170/31", "reserved", "NAT64 and DNS64 discovery (RFC 7050)"),
    ("192.0.2.0/24", "documentation", "documentation (RFC 5737)"),
    ("192.88.99.0/24", "reserved", "deprecated 6to4 relays (RFC 7526)"),
    ("192.168.0.0/16", "private", "private use (RFC 1918)"),
    ("198.18.0.0/15", "reserved", "benchmarks (RFC 2544)"),
    ("198.51.100.0/24", "documentation", "documentation (RFC 5737)"),
    ("203.0.113.0/24", "documentation", "documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast", "multicast (RFC 5771)"),
    ("255.255.255.255/32", "reserved", "limited broadcast (RFC 8190)"),
    ("240.0.0.0/4", "reserved", "reserved (RFC 1112)"),
]
# IANA IPv6 Special-Purpose Address Registry and IPv6 Address Space: beyond 2000::/3 nothing is assigned.
_REGISTRY6 = [
    ("::/128", "unspecified", "no address (RFC 4291)"),
    ("::1/128", "loopback", "loopback (RFC 4291)"),
    ("64:ff9b:1::/48", "private", "local IPv4/IPv6 translation (RFC 8215)"),
    ("100::/64", "reserved", "discard only (RFC 6666)"),
    ("2001:2::/48", "reserved", "benchmarks (RFC 5180)"),
    ("2001:10::/28", "reserved", "deprecated ORCHID (RFC 4843)"),
    ("2001:db8::/32", "documentation", "documentation (RFC 3849)"),
    ("3fff::/20", "documentation", "documentation (RFC 9637)"),
    ("5f00::/16", "reserved", "segment routing (RFC 9602)"),
    ("fc00::/7", "private", "unique local (RFC 4193)"),
    ("fe80::/10", "link_local", "link-local (RFC 4291)"),
    ("ff00::/8", "multicast", "multicast (RFC 4291)"),
    ("::/3", "reserved", "not assigned for the Internet (RFC 4291)"),
    ("4000::/2", "reserved", "not assigned for the Internet (RFC 4291)"),
    ("8000::/1", "reserved", "not assigned for the Internet (RFC 4291)"),
]
SPECIAL_TYPES = frozenset(kind for _, kind, _ in (*_REGISTRY4, *_REGISTRY6))
_SPECIAL_WITHIN_GLOBAL = {b"\x20\x01", b"\x3f\xff"}  # 2001::/16, 3fff::/16


def _bounds(cidr: str, kind: str, reason: str) -> "tuple[int, int, Special]":
    network = parse_network(cidr)
    assert network is not None, cidr
    first = int.from_bytes(network.packed, "big")
    return first, first + (1 << (8 * len(network.packed) - network.length)) - 1, Special(kind, cidr, reason)


_SPECIAL4: "dict[int, list]" = {}  # by first octet
for _row in _REGISTRY4:
    _first, _last, _said = _bounds(*_row)
    for _octet in range(_first >> 24, (_last >> 24) + 1):
        _SPECIAL4.setdefault(_octet, []).append((_first, _last, _said))
_SPECIAL6 = [_bounds(*_row) for _row in _REGISTRY6]
