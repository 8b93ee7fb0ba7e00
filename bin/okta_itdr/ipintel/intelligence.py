"""All that is known of an address, from the shipped data, the admin's own and the lists fetched, as one verdict.

Precedence: text that is no address; an own entry (expired ones are dropped first, then the most specific counts);
IANA's special-purpose networks; everything that lists and tables say, in the order of `verdict.TYPES`.
"""

import os
from typing import TYPE_CHECKING, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

from okta_itdr.ipintel import address
from okta_itdr.ipintel.own_entries import Entries, Entry, Match
from okta_itdr.ipintel.ranges import DamagedRanges, Label, Ranges, Source
from okta_itdr.ipintel.verdict import (
    CONFIDENCE,
    HIGH,
    HOSTING,
    INSTEAD_OF_HOSTING,
    ORDINARY,
    PRECEDENCE,
    Verdict,
    flags,
)

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = os.path.join("bin", "okta_itdr", "ipintel", "ranges.dat")
OWN = os.path.join("lookups", "okta_itdr_ip_own.csv")
MMDB = os.path.join("lookups", "okta_itdr_ip_mmdb.dat")
_LIST = "okta_itdr_ip_list_"

Labelled = Tuple[Label, int]  # what is said, and the length of the prefix it is said of; -1: the owner's range


class Owner(NamedTuple):
    """Whose AS an address is in, and who says so."""

    asn: int
    org: str
    range: str
    sources: Tuple[Source, ...]


class Composed(NamedTuple):
    """A verdict but for its network: the one of `length` (as in Labelled) around the address."""

    before: tuple
    length: int
    after: tuple


class Intelligence:
    """`verdict` answers for one address. `warnings` are for the admin; damage found later is added to them."""

    def __init__(
        self, shipped: Ranges, own: Optional[Entries], lists: Dict[str, Entries], mmdb: Optional[Ranges]
    ) -> None:
        self._shipped = shipped
        self._own = own
        self._lists = {name: entries for name, entries in lists.items() if entries}
        self._mmdb = mmdb
        self.data_version = shipped.data_version
        self.warnings = [said for entries in [own, *lists.values()] if entries is not None for said in entries.warnings]
        self._malformed = Verdict(type="malformed", types=("malformed",), data_version=self.data_version)
        self._composed: Dict[Tuple[int, int], Composed] = {}

    @classmethod
    def open(cls, app_folder: "Union[str, Path]", now: float) -> "Intelligence":
        """From the add-on's folder, entries as they count at `now` (epoch). Raises Trouble without the shipped data."""
        app = os.fspath(app_folder)
        shipped = Ranges(os.path.join(app, SHIPPED))
        own, compiled = os.path.join(app, OWN), os.path.join(app, MMDB)
        mmdb, damage = _mmdb(compiled) if os.path.exists(compiled) else (None, None)
        entries = Entries(own, now) if os.path.exists(own) else None
        intelligence = cls(shipped, entries, _lists(os.path.join(app, "lookups"), now), mmdb)
        if damage is not None:
            intelligence.warnings.append(str(damage))
        return intelligence

    def verdict(self, text: str) -> Verdict:
        """Raises Trouble where the shipped data turns out to be damaged."""
        packed = address.parse(text)
        if packed is None:
            return self._malformed
        if self._own or self._lists or self._mmdb:
            verdict = self._with_the_admins(packed)
            if verdict is not None:
                return verdict
        special = address.special(packed)
        if special is not None:
            return self._set_aside(special)
        number, place = self._shipped.owner(packed)
        label_set = self._shipped.label_set(packed)
        composed = self._composed.get((number, label_set))
        if composed is None:
            owner = self._shipped_owner(number, "")
            composed = self._composed[number, label_set] = self._compose(owner, self._shipped.labels(label_set))
        if composed.length >= 0:
            network = address.network_of(packed, composed.length)
        else:
            network = address.range_of(*self._shipped.owner_range(packed, place)) if number else ""
        return Verdict(*composed.before, network, *composed.after)

    def _with_the_admins(self, packed: bytes) -> Optional[Verdict]:
        """The verdict where an own entry, a list that was fetched or the MMDB says something of the address."""
        number, place = self._shipped.owner(packed)
        theirs = self._mmdb_owner(packed)
        asn = theirs.asn if theirs is not None and theirs.asn else self._shipped.name(number)[0]
        own = self._own.matches(packed, asn) if self._own else []
        labels: List[Labelled] = []
        if not own:
            if address.special(packed) is not None:
                return None
            for name, entries in self._lists.items():
                for entry, length in entries.matches(packed, asn):
                    if entry.type != ORDINARY:  # which only an own entry may say: a list adds, it takes nothing away
                        labels.append((_listed(name, entry), length))
            labels.extend(self._mmdb_labels(packed))
            if not labels and theirs is None:
                return None
        ours = self._shipped_owner(
            number, address.range_of(*self._shipped.owner_range(packed, place)) if number else ""
        )
        if theirs is None:
            owner = ours
        elif theirs.asn:
            owner = theirs
        else:
            owner = Owner(ours.asn, theirs.org, theirs.range, theirs.sources + ours.sources)
        if own:
            composed = self._compose_own(owner, own[0])
        else:
            composed = self._compose(owner, [*labels, *self._shipped.labels(self._shipped.label_set(packed))])
        network = address.network_of(packed, composed.length) if composed.length >= 0 else owner.range
        return Verdict(*composed.before, network, *composed.after)

    def _mmdb_owner(self, packed: bytes) -> Optional[Owner]:
        if self._mmdb is None:
            return None
        try:
            number, place = self._mmdb.owner(packed)
            if not number:
                return None
            asn, org = self._mmdb.name(number)
            within = address.range_of(*self._mmdb.owner_range(packed, place))
        except DamagedRanges as damage:
            self._give_up_mmdb(damage)
            return None
        source = self._mmdb.owner_source
        return Owner(asn, org, within, () if source is None else (source,))

    def _shipped_owner(self, number: int, within: str) -> Owner:
        if not number:
            return Owner(0, "", "", ())
        source = self._shipped.owner_source
        return Owner(*self._shipped.name(number), within, () if source is None else (source,))

    def _mmdb_labels(self, packed: bytes) -> Tuple[Labelled, ...]:
        if self._mmdb is None:
            return ()
        try:
            return self._mmdb.labels(self._mmdb.label_set(packed))
        except DamagedRanges as damage:
            self._give_up_mmdb(damage)
            return ()

    def _give_up_mmdb(self, damage: DamagedRanges) -> None:
        self._mmdb = None
        self.warnings.append(str(damage))

    def _compose(self, owner: Owner, labels: Iterable[Labelled]) -> Composed:
        known = [*labels, *((label, -1) for label in self._shipped.systems.get(owner.asn, ()))]
        if any(label.type in INSTEAD_OF_HOSTING for label, _ in known):
            known = [(label, length) for label, length in known if label.type != HOSTING]
        known.sort(key=_rank)
        types = tuple(dict.fromkeys(label.type for label, _ in known))
        kind, length, confidence, provider, reason = "", -1, "", "", ""
        if known:
            kind, length, confidence = known[0][0].type, known[0][1], known[0][0].confidence
            same = [label for label, _ in known if label.type == kind]
            provider = next(filter(None, (label.provider for label in same)), "")
            reason = next(filter(None, (label.reason for label in same)), "")
        sources = [*(label.source for label, _ in known), *owner.sources]
        return self._composed_of(owner, kind, types, provider, length, confidence, sources, reason)

    def _compose_own(self, owner: Owner, own: Match) -> Composed:
        entry = own.entry
        types = () if entry.type == ORDINARY else (entry.type,)
        until = f" (until {entry.expires})" if entry.expires else ""
        reason = ": ".join(filter(None, [entry.owner, entry.reason])) + until
        sources = [Source("own", ""), *owner.sources]
        return self._composed_of(owner, entry.type, types, entry.provider, own.length, HIGH, sources, reason.strip())

    def _composed_of(
        self,
        owner: Owner,
        kind: str,
        types: Tuple[str, ...],
        provider: str,
        length: int,
        confidence: str,
        sources: Iterable[Source],
        reason: str,
    ) -> Composed:
        named = tuple(dict.fromkeys(f"{source.id} {source.dated}".rstrip() for source in sources))
        attribution = "; ".join(dict.fromkeys(source.attribution for source in sources if source.attribution))
        return Composed(
            (str(owner.asn) if owner.asn else "", owner.org, kind, types, provider),
            length,
            (*flags(types), confidence, named, self.data_version, reason, attribution),
        )

    def _set_aside(self, special: address.Special) -> Verdict:
        return Verdict(
            "", "", special.type, (special.type,), "", special.network, *flags(()), HIGH, (_IANA,),
            self.data_version, special.reason,
        )  # fmt: skip


_IANA = "iana:special-purpose"


def _rank(known: Labelled) -> Tuple[int, int, int]:
    label, length = known
    return PRECEDENCE.get(label.type, len(PRECEDENCE)), CONFIDENCE.get(label.confidence, len(CONFIDENCE)), -length


def _listed(name: str, entry: Entry) -> Label:
    return Label(entry.type, entry.provider, HIGH, Source(f"list:{name}", entry.dated), entry.reason)


def _lists(lookups: str, now: float) -> Dict[str, Entries]:
    """The lists that the refresh input keeps, by name."""
    try:
        files = sorted(os.listdir(lookups))
    except OSError:
        return {}
    lists = [file for file in files if file.startswith(_LIST) and file.endswith(".csv")]
    return {file[len(_LIST) : -len(".csv")]: Entries(os.path.join(lookups, file), now) for file in lists}


def _mmdb(path: str) -> Tuple[Optional[Ranges], Optional[DamagedRanges]]:
    try:
        return Ranges(path, "It is not used until it is compiled again from its MMDB file."), None
    except DamagedRanges as damage:
        return None, damage
