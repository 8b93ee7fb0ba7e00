"""Entries of the admin's lists, made of a finding: what is in order from now on, until when, who says so and why.

The list of suppressions knows an entry by one text, `match`: detection, tenant, session, address and user in this
order, parted by |, empty where the entry does not ask for it. The macro okta_itdr_suppression_keys makes the same texts
of a finding, one for each choice of fields, so that one exact lookup finds every entry: none can have a wildcard, and
one that asks for no field is never looked for.
"""

from __future__ import annotations

import hashlib
import re
from typing import Mapping, Sequence

from okta_itdr.trouble import Trouble

SUPPRESSIONS = "okta_itdr_suppressions"
NETWORKS = "okta_itdr_trusted_networks"
CLIENTS = "okta_itdr_allowed_clients"
LISTS = (SUPPRESSIONS, NETWORKS, CLIENTS)

FIELDS = ("session_id", "src_ip", "user")  # in the order of `match`; the user, who may have a | in the name, last

_WILD = re.compile(r"[*?]")
_AUTONOMOUS_SYSTEM = re.compile(r"AS[1-9]\d{0,9}")


def suppression(finding: Mapping, by: Sequence[str]) -> dict:
    """Entry of okta_itdr_suppressions for this finding's detection and the fields `by`. Raises Trouble."""
    unknown = [name for name in by if name not in FIELDS]
    if unknown or not by:
        raise Trouble(f"by={','.join(by)} is no choice of {', '.join(FIELDS)}: name one of them at least.")
    missing = [name for name in by if not finding.get(name)]
    if missing:
        raise Trouble(f"The finding has no {', '.join(missing)}: choose other fields for by=.")
    values = {name: str(finding[name]) if name in by else "" for name in FIELDS}
    match = "|".join([str(finding["detection_id"]), str(finding.get("tenant", "")), *values.values()])
    return {
        "_key": _key(SUPPRESSIONS, match),
        "detection_id": finding["detection_id"],
        "tenant": finding.get("tenant", ""),
        **values,
        "match": match,
    }


def trusted_network(network: str) -> dict:
    """Entry of okta_itdr_trusted_networks: an autonomous system (AS64500) or a zone. Raises Trouble."""
    return {"_key": _key(NETWORKS, network), "network": _exact(network, "network")}


def allowed_client(client: str, network: str) -> dict:
    """Entry of okta_itdr_allowed_clients: never a client without a network. Raises Trouble."""
    return {
        "_key": _key(CLIENTS, f"{client}|{network}"),
        "client": _exact(client, "client"),
        "network": _exact(network, "network"),
    }


def _exact(text: str, option: str) -> str:
    if not text or _WILD.search(text):
        raise Trouble(f"{option}={text} must name one {option}, without * or ?.")
    if option == "network" and re.fullmatch(r"(?i)AS\s*\d+", text) and not _AUTONOMOUS_SYSTEM.fullmatch(text):
        raise Trouble(f"network={text} is no autonomous system: write it as AS64500.")
    return text


def _key(collection: str, text: str) -> str:
    """One entry for one thing: made again, it gets the new expiry and reason."""
    return hashlib.sha256(f"{collection}|{text}".encode()).hexdigest()
