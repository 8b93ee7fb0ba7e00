"""Where a list is put: a lookup file that the search processes read, or, for Okta's own addresses, the KV store.

What is put there follows from the networks, the settings and the day, so that the same list is written once a day at
most: a changed lookup file goes to every search peer.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime, time, timedelta, timezone
from typing import Dict, Iterator, List, NamedTuple, Optional, Protocol, Sequence

from okta_itdr.ip_lists.formats import Network, network, ordered
from okta_itdr.ip_lists.network_list import NetworkList

OKTA_RANGES = "okta_itdr_okta_ranges"  # collections.conf
COLUMNS = ("network", "type", "provider", "owner", "reason", "expires", "dated")


class Kept(NamedTuple):
    """The list as it was last good."""

    networks: List[Network]
    until: date  # the last day on which it counts


class Shelf(Protocol):
    def load(self) -> Optional[Kept]:
        """What is there of the list; None when nothing is that could be read."""

    def put(self, networks: Sequence[Network], today: date) -> bool:
        """Whether anything had to be written. Raises Trouble, and then what was there is still there."""


class TextFile(Protocol):
    """A lookup file of Splunk's (`okta_itdr.splunk.lookup_file`)."""

    def read(self) -> Optional[str]: ...

    def replace(self, text: str) -> None: ...


class Documents(Protocol):
    """A collection of the KV store (`okta_itdr.splunk.collection`)."""

    def documents(self, query: dict) -> Iterator[dict]: ...

    def save(self, documents: Sequence[dict]) -> None: ...

    def delete(self, key: str) -> None: ...


def lookup_name(wanted: NetworkList) -> str:
    return f"okta_itdr_ip_list_{wanted.name}.csv"


class LookupShelf:
    """The lookup file of a list, COLUMNS."""

    def __init__(self, wanted: NetworkList, file: TextFile) -> None:
        self._wanted = wanted
        self._file = file

    def load(self) -> Optional[Kept]:
        text = self._file.read()
        try:
            rows = list(csv.DictReader(io.StringIO(text or "", newline="")))
            networks = [network(row.get("network") or "") for row in rows]
            until = max(date.fromisoformat(row.get("expires") or "") for row in rows)
        except (ValueError, csv.Error):  # no rows, or not as we write them
            return None
        return None if None in networks else Kept(ordered(networks), until)

    def put(self, networks: Sequence[Network], today: date) -> bool:
        text = self._text(networks, today)
        if self._file.read() == text:
            return False
        self._file.replace(text)
        return True

    def _text(self, networks: Sequence[Network], today: date) -> str:
        wanted, expires, dated = self._wanted, _last_day(self._wanted, today).isoformat(), today.isoformat()
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        for each in networks:
            rows.writerow([each, wanted.type, wanted.provider, wanted.name, wanted.reason, expires, dated])
        return text.getvalue()


class RangesShelf:
    """The list's documents in the collection of Okta's addresses; those of others, the admin's own, are left alone."""

    def __init__(self, wanted: NetworkList, collection: Documents) -> None:
        self._wanted = wanted
        self._collection = collection
        self._owner = f"okta_itdr_ip_list://{wanted.name}"

    def load(self) -> Optional[Kept]:
        documents = self._documents()
        networks = [network(str(document.get("range"))) for document in documents]
        if not documents or None in networks:
            return None
        expires = max(float(document.get("expires") or 0) for document in documents)
        return Kept(ordered(networks), datetime.fromtimestamp(expires - 1, timezone.utc).date())

    def put(self, networks: Sequence[Network], today: date) -> bool:
        day_after = _last_day(self._wanted, today) + timedelta(days=1)
        expires = int(datetime.combine(day_after, time.min, timezone.utc).timestamp())
        wanted = [self._document(each, expires) for each in networks]
        before = self._documents()
        if _by_key(before) == _by_key(wanted):
            return False
        self._collection.save(wanted)
        for key in _by_key(before).keys() - _by_key(wanted).keys():
            self._collection.delete(key)
        return True

    def _documents(self) -> List[dict]:
        return list(self._collection.documents({"owner": self._owner}))

    def _document(self, each: Network, expires: int) -> dict:
        key = hashlib.sha256(f"{self._owner}|{each}".encode()).hexdigest()
        document = {"range": str(each), "owner": self._owner, "reason": self._wanted.reason, "expires": expires}
        return {"_key": key, **document}


def _by_key(documents: Sequence[dict]) -> Dict[str, dict]:
    return {each["_key"]: {name: value for name, value in each.items() if name != "_user"} for each in documents}


def _last_day(wanted: NetworkList, today: date) -> date:
    return today + timedelta(days=wanted.keep_for)
