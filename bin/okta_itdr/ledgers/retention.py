"""Retention of the add-on's collections: documents that are too old are deleted, in place.

The KV store has no expiry of its own, and `outputlookup` without append empties a collection for a moment and races
with the searches that write it. One DELETE with a query leaves every other document as it is (REST API Reference,
"KV store endpoint descriptions", storage/collections/data/{collection}). A document without the time, or with a text
in its place, is never older: the store compares numbers with numbers alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from logging import Logger
from typing import List, Mapping, Set

from okta_itdr.findings.register import COLLECTION as FINDINGS
from okta_itdr.findings.triage_state import COLLECTION as TRIAGE
from okta_itdr.findings.triage_state import DONE
from okta_itdr.splunk.alert import Alert, ResultRow
from okta_itdr.splunk.checkpoints import COLLECTION as CHECKPOINTS
from okta_itdr.splunk.log import report
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

PREFIX = "okta_itdr_"
MOST_HELD = 50  # their keys travel in the URL

Declared = Mapping[str, Mapping[str, str]]  # collection → field → type


class NotAnExpiry(Trouble):
    """A row of the search does not say what may be removed: a mistake in the search, or in its macro."""


@dataclass(frozen=True)
class Expiry:
    """The documents of `collection` whose `time_field` is before `before`, in epoch seconds, are to go."""

    collection: str
    time_field: str
    before: float

    @property
    def query(self) -> dict:
        return {self.time_field: {"$lt": self.before}}


def expire_alert(alert: Alert, splunk: Splunk, log: Logger) -> None:
    """The alert action: every good row is done, then each bad one is said. Raises the last Trouble there was.

    Results that cannot be read to the end remove nothing.
    """
    rows = list(alert.rows())
    now = alert.search_time() or splunk.now()
    declared = splunk.collections()
    troubles: List[Trouble] = []
    for number, row in enumerate(rows, start=1):
        try:
            wanted = expiry(row, declared, now)
            removed = expire(wanted, splunk)
        except NotAnExpiry as mistake:
            troubles.append(NotAnExpiry(f"Row {number} of {alert.search_name!r} removes nothing: {mistake}"))
        except Trouble as trouble:
            troubles.append(trouble)
        else:
            log.info(
                'search_name="%s" sid="%s" collection="%s" time_field="%s" before=%.0f removed=%d',
                alert.search_name,
                alert.sid,
                wanted.collection,
                wanted.time_field,
                wanted.before,
                removed,
            )
    if troubles:
        for trouble in troubles[:-1]:
            report(log, trouble)
        raise troubles[-1]


def expiry(row: ResultRow, declared: Declared, now: float) -> Expiry:
    """What the row (collection, time_field, before) asks for. Raises NotAnExpiry.

    `declared`: the add-on's collections. `now`: epoch seconds; what lies after it is no age.
    """
    for column in ("collection", "time_field", "before"):
        value = row.get(column)
        if not value:
            raise NotAnExpiry(
                f"it has no {column}. Mend the search, or the macro of its days, which must be a number (0: for ever)."
            )
        if isinstance(value, list):
            raise NotAnExpiry(f"{column} has {len(value)} values where one is meant. Mend the search.")
    collection, time_field = str(row["collection"]), str(row["time_field"])
    if collection == CHECKPOINTS:
        raise NotAnExpiry(f"{collection} holds the inputs' places in Okta's log, which never expire. Mend the search.")
    if not collection.startswith(PREFIX) or collection not in declared:
        raise NotAnExpiry(
            f"{collection!r} is no collection of this add-on, and it removes from no other. Mend the search."
        )
    if declared[collection].get(time_field) != "number":
        raise NotAnExpiry(f"{collection} declares no number {time_field!r} to tell the age by. Mend the search.")
    return Expiry(collection, time_field, _moment(str(row["before"]), now))


def expire(wanted: Expiry, splunk: Splunk) -> int:
    """Remove, and tell how many documents there were to remove. Raises Trouble.

    Those that are seen again between the counting and the deletion stay, and were counted. A finding that somebody has
    open stays, however old.
    """
    collection = splunk.collection(wanted.collection)
    keys = {document["_key"] for document in collection.documents(wanted.query, ("_key",))}
    held = sorted(keys & _open(splunk, wanted.before)) if wanted.collection == FINDINGS else []
    if len(held) > MOST_HELD:
        raise Trouble(
            f"{len(held)} findings are older than they are kept for and still open, more than {MOST_HELD}: none is "
            "removed. Resolve or close what is done (docs/triage.md)."
        )
    if len(keys) > len(held):
        spared = [{"_key": {"$ne": key}} for key in held]
        collection.delete_found({"$and": [wanted.query, *spared]} if spared else wanted.query)
    return len(keys) - len(held)


def _open(splunk: Splunk, before: float) -> Set[str]:
    """The findings registered before then that somebody has open: their state is not done."""
    old = splunk.collection(TRIAGE).documents({"registered": {"$lt": before}}, ("_key", "status"))
    return {state["_key"] for state in old if state.get("status") not in DONE}


def _moment(text: str, now: float) -> float:
    try:
        moment = float(text)
        if not math.isfinite(moment):
            raise ValueError
    except ValueError:
        raise NotAnExpiry(f"before is {text!r} and no time in epoch seconds. Mend the search.") from None
    if moment > now:
        raise NotAnExpiry(
            f"before is {text}, which is yet to come: that would remove everything. Mend the macro of its days, which "
            "must not be less than 0."
        )
    return moment
