"""Whether to believe a list: what would label half the world, or take away what was known, is not."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Optional, Sequence

from okta_itdr.ip_lists.formats import Network
from okta_itdr.ip_lists.network_list import NetworkList
from okta_itdr.ip_lists.trouble import Unlikely

WIDEST = {4: 8, 6: 16}  # prefix lengths: nobody holds more than an IPv4 /8 or an IPv6 /16

# Where no address of the Internet is (IANA's special-purpose registries; of IPv6 2000::/3 alone is given out).
_ELSEWHERE = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3",
        "::/3", "4000::/2", "8000::/1",
    )
]  # fmt: skip


def believe(networks: Sequence[Network], wanted: NetworkList, before: Optional[int]) -> None:
    """Raises Unlikely. `before`: how many networks the list had when it was last good, if that still counts."""
    for each in networks:
        if each.prefixlen < WIDEST[each.version]:
            raise Unlikely(f"{each} in it is wider than a /{WIDEST[each.version]} and would name half the world")
        if any(each.version == other.version and each.overlaps(other) for other in _ELSEWHERE):
            raise Unlikely(f"{each} in it is private or otherwise no network of the Internet")
    if len(networks) < wanted.fewest:
        raise Unlikely(f"it has {len(networks):,} networks and should have {wanted.fewest:,} at least")
    if before is not None and len(networks) * 2 < before:
        raise Unlikely(
            f"it has {len(networks):,} networks, less than half of the {before:,} of last time. If it has really "
            "shrunk, delete what was kept of it (docs/ip-lists.md)"
        )
