"""The answer about one address: what every column of the search command says."""

from typing import NamedTuple, Tuple

HOSTING = "hosting"
# The first of these that applies is the type; all that apply are the types.
TYPES = (
    "resolver",
    "tor",
    "relay",
    "corporate_proxy",
    "cdn",
    HOSTING,
    "residential_proxy",
    "proxy",
    "vpn",
    "vpn_likely",
)
PRECEDENCE = {name: place for place, name in enumerate(TYPES)}
# What says more than that a machine stands in a data centre: `hosting` is not one of the types beside these.
INSTEAD_OF_HOSTING = {"resolver", "relay", "corporate_proxy", "cdn"}
ORDINARY = "ordinary"  # an own entry's: nothing of the above, whatever lists say
CONFIDENCE = {"high": 0, "medium": 1, "low": 2}

HIGH, MEDIUM, LOW = CONFIDENCE


class Verdict(NamedTuple):
    """Flags are "true" or "false" ("" for text that is no address); an empty text is "not known"."""

    asn: str = ""
    org: str = ""
    type: str = ""
    types: Tuple[str, ...] = ()
    provider: str = ""
    network: str = ""
    is_hosting: str = ""
    is_vpn: str = ""
    is_proxy: str = ""
    is_tor: str = ""
    is_residential_proxy: str = ""
    is_cdn: str = ""
    is_relay: str = ""
    confidence: str = ""
    source: Tuple[str, ...] = ()
    data_version: str = ""
    reason: str = ""
    attribution: str = ""


def flags(types: Tuple[str, ...]) -> Tuple[str, ...]:
    """Verdict's is_* for an address of these types. `vpn_likely` is no claim that it is one."""
    return tuple("true" if held.intersection(types) else "false" for held in _FLAGS)


_FLAGS = (  # in Verdict's order
    {HOSTING},
    {"vpn"},
    {"proxy", "corporate_proxy", "residential_proxy"},
    {"tor"},
    {"residential_proxy"},
    {"cdn"},
    {"relay"},
)
