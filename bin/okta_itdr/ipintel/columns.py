"""What searches see of verdicts: which columns there are, and their cells for the addresses of one field."""

from __future__ import annotations

from typing import List, Sequence, Union

from okta_itdr.ipintel.address import SPECIAL_TYPES
from okta_itdr.ipintel.intelligence import Intelligence
from okta_itdr.ipintel.verdict import Verdict

MINIMUM = ("asn", "org", "type", "network", "source", "data_version")
DEFAULT = (
    *("asn", "org", "type", "types", "provider", "network"),
    *("is_hosting", "is_vpn", "is_proxy", "is_tor", "is_residential_proxy", "is_cdn", "is_relay"),
    *("confidence", "source", "data_version"),
)
ALL = (*DEFAULT, "reason", "attribution")
_NOTHING = Verdict()
_UNKNOWN = {"type": "unknown", "types": ("unknown",)}

Cell = Union[str, Sequence[str]]


class Columns:
    """`skip_special`: nothing is said of special addresses. `label_unknown`: where nothing is known of an address the
    type says so."""

    def __init__(
        self,
        intelligence: Intelligence,
        items: Sequence[str],
        skip_special: bool = False,
        label_unknown: bool = False,
    ) -> None:
        self._intelligence = intelligence
        self._places = [Verdict._fields.index(item) for item in items]
        self._skip_special = skip_special
        self._label_unknown = label_unknown

    def cells(self, addresses: Sequence[str]) -> List[Cell]:
        """Of several addresses each column has a value for each, in their order; of what an address itself has several
        (types, sources) it has the different ones of all."""
        verdicts = [self._verdict(address) for address in addresses]
        if len(verdicts) == 1:
            return [verdicts[0][place] for place in self._places]
        return [_together([verdict[place] for verdict in verdicts]) for place in self._places]

    def _verdict(self, address: str) -> Verdict:
        verdict = self._intelligence.verdict(address)
        if self._skip_special and verdict.type in SPECIAL_TYPES:
            return _NOTHING
        if self._label_unknown and not verdict.type:
            return verdict._replace(**_UNKNOWN)
        return verdict


def _together(items: Sequence[Cell]) -> List[str]:
    if all(isinstance(item, str) for item in items):
        return list(items)  # type: ignore[arg-type]
    return list(dict.fromkeys(value for item in items for value in item))
