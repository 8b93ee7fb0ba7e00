"""What a record of an MMDB says of a network, by the fields that those who publish such files document.

MaxMind (dev.maxmind.com, "binary database fields"): ASN, ISP, Anonymous IP, Anonymous Plus, Enterprise. DB-IP names its
ASN file's fields as MaxMind does. IPinfo (its database schemas): ASN, privacy detection, Lite and the like, whose flags
are the texts "true" and "" in some files.
"""

from __future__ import annotations

from typing import Dict, Mapping, NamedTuple, Tuple

FLAGS = {
    "is_tor_exit_node": "tor",
    "is_anonymous_vpn": "vpn",
    "is_hosting_provider": "hosting",
    "is_public_proxy": "proxy",
    "is_residential_proxy": "residential_proxy",
    # IPinfo's
    "tor": "tor", "vpn": "vpn", "hosting": "hosting", "proxy": "proxy", "relay": "relay",
    "is_tor": "tor", "is_vpn": "vpn", "is_hosting": "hosting", "is_proxy": "proxy", "is_relay": "relay",
}  # fmt: skip
KINDS = {  # a field whose value is a word for the kind of network or of its holder: word → type
    "user_type": {"hosting": "hosting", "content_delivery_network": "cdn", "consumer_privacy_network": "relay"},
    "as_type": {"hosting": "hosting"},
    "type": {"hosting": "hosting"},  # of IPinfo's ASN file
}
ASNS = ("autonomous_system_number", "asn")
ORGANISATIONS = ("autonomous_system_organization", "as_name", "isp", "organization")
PROVIDERS = ("provider_name", "service")
KNOWN = frozenset([*FLAGS, "user_type", "as_type", *ASNS, *ORGANISATIONS])
# Maps of a record whose fields are read as its own, some by the name that they have in flat files.
_WITHIN: Dict[str, Dict[str, str]] = {
    "traits": {},
    "as": {"name": "as_name", "type": "as_type"},
    "anonymous": {"name": "service"},
    "privacy": {"name": "service"},
}

# What the publishers of free files want to be read where their data shows.
ATTRIBUTIONS = {
    "GeoLite2": "This product includes GeoLite2 data created by MaxMind, available from https://www.maxmind.com",
    "DBIP": "IP Geolocation by DB-IP, https://db-ip.com",
    "ipinfo": "IP address data powered by IPinfo, https://ipinfo.io",
}


class Facts(NamedTuple):
    """AS number 0 and empty texts: not said."""

    asn: int
    org: str
    types: Tuple[str, ...]
    provider: str


NOTHING = Facts(0, "", (), "")


def facts(record: object) -> Facts:
    fields = flat(record)
    asn = _first_number(fields)
    org = _first_text(fields, ORGANISATIONS) or (_text(fields.get("name")) if asn else "")
    types = [kind for field, kind in FLAGS.items() if _is_set(fields.get(field))]
    types += [words[value] for field, words in KINDS.items() for value in (_text(fields.get(field)),) if value in words]
    provider = _first_text(fields, PROVIDERS) if types else ""
    return Facts(asn, org, tuple(sorted(set(types))), provider)


def flat(record: object) -> Dict[str, object]:
    """A record's fields, those of the maps in it that are known too; its own count first."""
    if not isinstance(record, Mapping):
        return {}
    fields: Dict[str, object] = {}
    for within, names in _WITHIN.items():
        inner = record.get(within)
        if isinstance(inner, Mapping):
            fields.update({names.get(name, name): value for name, value in inner.items()})
    fields.update({name: value for name, value in record.items() if not isinstance(value, Mapping)})
    return fields


def attribution(database_type: str) -> str:
    return next((text for begin, text in ATTRIBUTIONS.items() if database_type.startswith(begin)), "")


def _first_number(fields: Mapping[str, object]) -> int:
    for name in ASNS:
        value = fields.get(name)
        if isinstance(value, str):  # IPinfo writes AS64500
            digits = value[2:] if value[:2].upper() == "AS" else value
            value = int(digits) if digits.isascii() and digits.isdigit() else 0
        if isinstance(value, int) and 0 < value < 1 << 32:
            return value
    return 0


def _first_text(fields: Mapping[str, object], names: Tuple[str, ...]) -> str:
    return next(filter(None, (_text(fields.get(name)) for name in names)), "")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_set(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() == "true")
