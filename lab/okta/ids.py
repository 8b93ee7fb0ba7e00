"""Ids in Okta's shapes, as public samples of the System Log show them; all drawn from a seeded `Random`."""

from __future__ import annotations

import string
from random import Random

_ALPHANUMERIC = string.ascii_letters + string.digits
_URL_SAFE = _ALPHANUMERIC + "-_"
_CELL = "5d7"  # the ids of one cell end alike
_GREGORIAN = 0x01B21DD213814000  # 1582-10-15 to 1970-01-01 in 100 ns (RFC 9562, UUID version 1)
_NODE = 0xB58D0A5D7E11


def object_id(rng: Random, prefix: str) -> str:
    """20 characters: `00u` a user, `00g` a group, `0oa` an app, `00p` a policy, `00T` an API token …"""
    return prefix + "".join(rng.choices(_ALPHANUMERIC, k=17 - len(prefix))) + _CELL


def session_id(rng: Random, prefix: str = "idx") -> str:
    """25 characters: `idx` (Identity Engine), `102` (Classic), `trs` (a token's or system's own)."""
    return prefix + "".join(rng.choices(_URL_SAFE, k=22))


def request_id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def dt_hash(rng: Random) -> str:
    """The hash of the device token cookie: 64 hexadecimal digits."""
    return f"{rng.getrandbits(256):064x}"


def fingerprint(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def event_uuid(rng: Random, at: float) -> str:
    """A version 1 UUID as Okta's events carry: its time is the event's own."""
    ticks = int(at * 1e7) + _GREGORIAN + rng.randrange(10_000)
    low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF
    return f"{low:08x}-{middle:04x}-1{high:03x}-{0x8000 | rng.getrandbits(14):04x}-{_NODE:012x}"
