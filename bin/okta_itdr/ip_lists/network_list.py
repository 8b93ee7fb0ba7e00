"""A list that the admin wants, as its input's stanza describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping, Tuple
from urllib.parse import urlsplit

from okta_itdr.trouble import Trouble

OKTA = "okta"  # Okta's own addresses: they excuse Okta's servers and are no verdict of ipintel
TYPES = ("tor", "hosting", "vpn", "proxy", "residential_proxy", "relay", "cdn", "corporate_proxy", "resolver", OKTA)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")  # it names a file
_NUMBERS = {  # setting: (what it is called, default, lowest, highest)
    "keep_for": ("Keep for", 7, 1, 365),
    "fewest": ("Fewest networks", 1, 1, 1_000_000),
    "most": ("Most networks", 20_000, 1, 200_000),
}


@dataclass(frozen=True)
class NetworkList:
    """`type`: one of TYPES. `parts`: names in a JSON document below which its networks stand; none: all of it."""

    name: str
    address: str
    type: str
    provider: str
    parts: Tuple[str, ...]
    keep_for: int  # days that it counts without another fetch
    fewest: int
    most: int
    ca_certificates: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def shown(self) -> str:
        """The address without its query, which may hold a key."""
        address = urlsplit(self.address)
        return f"{address.scheme}://{address.netloc}{address.path}"

    @property
    def reason(self) -> str:
        """Why a network is known: where the list lies, and which parts of it were taken."""
        return self.shown + (f" ({', '.join(self.parts)})" if self.parts else "")


def network_list(name: str, settings: Mapping[str, str]) -> NetworkList:
    """The list that an input's stanza describes. Raises Trouble for one that can never be fetched."""
    if not _NAME.fullmatch(name):
        raise Trouble(
            f"The input's name {name!r} names a file too: a letter, then letters, digits and underscores, please."
        )
    check(settings)
    numbers = {setting: _number(setting, settings) for setting in _NUMBERS}
    parts = tuple(part.strip() for part in (settings.get("parts") or "").split(",") if part.strip())
    return NetworkList(
        name,
        settings["address"].strip(),
        settings["type"],
        (settings.get("provider") or "").strip(),
        parts,
        ca_certificates=settings.get("ca_certificates") or "",
        **numbers,
    )


def check(settings: Mapping[str, str]) -> None:
    """Raises Trouble for settings that cannot work."""
    _check_address((settings.get("address") or "").strip())
    if settings.get("type") not in TYPES:
        raise Trouble(f"What the list holds is {settings.get('type')!r}: choose one of {', '.join(TYPES)}.")
    fewest, most = _number("fewest", settings), _number("most", settings)
    _number("keep_for", settings)
    if fewest > most:
        raise Trouble(f"No list has {fewest} networks at least and {most} at most: change one of them.")


def _check_address(text: str) -> None:
    try:
        address = urlsplit(text)
        usable = address.scheme == "https" and address.hostname and not re.search(r"[^!-~]", text)
        _ = address.port  # raises where it is none
    except ValueError:
        usable = False
    if not usable:
        raise Trouble(
            f"The address {text!r} is none to fetch a list from: give it whole, beginning with https:// (what comes "
            "over http could be anybody's)."
        )
    if "@" in address.netloc:
        raise Trouble("The address holds a user name or password, which would be stored for all to read: leave it out.")


def _number(setting: str, settings: Mapping[str, str]) -> int:
    title, default, lowest, highest = _NUMBERS[setting]
    text = (settings.get(setting) or "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not lowest <= int(text) <= highest:
        raise Trouble(f"{title} is {text!r}: give a whole number from {lowest} to {highest}.")
    return int(text)
