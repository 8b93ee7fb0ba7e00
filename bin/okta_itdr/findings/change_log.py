"""Who changed what: each change a document of its own in the KV store, then an event in the findings index.

A change is saved as `pending` before it has its effect, so that two people's changes of one finding are both kept,
whoever's state is the last; copied when it had; then marked `written`. Whatever fails between leaves it pending: any
later call copies it, or the search Okta ITDR - Triage Audit - Copy, for people whose role may not write to an index
(receivers/simple asks for edit_tcp: REST API Reference, "Input endpoint descriptions"). The same change asked for again
after a failure has the same `change_id`; readers take each change_id once.
"""

from __future__ import annotations

import hashlib
import json
from typing import List, Mapping, Sequence

from okta_itdr.findings.register import INDEX_MACRO, SWEPT_AFTER, findings_index
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

COLLECTION = "okta_itdr_triage_changes"
SOURCETYPE = "okta_itdr:triage"
SOURCE = "oktatriage"
COPIER = "Okta ITDR - Triage Audit - Copy"
SETTLED_AFTER = 10.0  # seconds: by then a call has had its effect, or has withdrawn its change
LARGEST_POST = 100  # events, at most some 4,000 bytes each

_FORBIDDEN = 403
_BOOKKEEPING = ("_key", "_user", "state", "time")


def change(action: str, who: str, now: float, about: Mapping[str, object], since: object) -> dict:
    """The document of a change. `about`: what is told of it. `since`: what the state before is known by."""
    identity = json.dumps([action, who, about, since], sort_keys=True)
    change_id = hashlib.sha256(identity.encode("utf-8")).hexdigest()
    told = {name: value for name, value in about.items() if value not in (None, "")}
    return {
        "_key": change_id,
        "change_id": change_id,
        "time": now,
        "action": action,
        "changed_by": who,
        "state": "pending",
        **told,
    }


class ChangeLog:
    """The changes by `who`. Every method raises Trouble."""

    def __init__(self, splunk: Splunk, who: str, now: float) -> None:
        self._splunk, self._who, self._now = splunk, who, now
        self._collection = splunk.collection(COLLECTION)

    def save(self, changes: Sequence[dict]) -> None:
        """Keep them, before they have their effect."""
        self._collection.save(changes)

    def withdraw(self, changes: Sequence[dict]) -> None:
        """Forget changes that had no effect, as far as that can be done now."""
        try:
            for one in changes:
                self._collection.delete(one["_key"])
        except Trouble:
            pass  # then they are told as asked for: the same is what a repetition would tell

    def copy(self, others_after: float = SWEPT_AFTER) -> int:
        """Copy what this person's calls have left pending, and others' that are so many seconds old.

        Gives how many there were; 0 where this person may not write to an index: then the scheduled search does it.
        """
        left = [
            {"changed_by": self._who},
            {"time": {"$lt": self._now - others_after}},
        ]
        pending = [*self._collection.documents({"$and": [{"state": "pending"}, {"$or": left}]})]
        if not pending:
            return 0
        try:
            index = findings_index(self._splunk.macro(INDEX_MACRO))
            for start in range(0, len(pending), LARGEST_POST):
                some = pending[start : start + LARGEST_POST]
                self._splunk.send_event("\n".join(map(_event, some)), index, SOURCETYPE, SOURCE)
                self._collection.save([{**_own(one), "state": "written"} for one in some])
        except Trouble as trouble:
            if getattr(trouble, "status", 0) == _FORBIDDEN:
                return 0
            raise Trouble(
                f"The change is saved, but its event is not in the index yet: {trouble} Run the same again when "
                f"that is mended, or leave it to the search {COPIER}."
            ) from None
        return len(pending)


def _event(one: Mapping) -> str:
    """`time` first and with milliseconds, so that props.conf finds it there."""
    told = {name: value for name, value in one.items() if name not in _BOOKKEEPING}
    return f'{{"time":{one["time"]:.3f},{json.dumps(told, separators=(",", ":"))[1:]}'


def _own(document: Mapping) -> dict:
    return {name: value for name, value in document.items() if name != "_user"}


def difference(before: Mapping[str, str], after: Mapping[str, str], names: Sequence[str]) -> dict:
    """Both sides of these columns, the one before as `<name>_before`."""
    told: dict = {}
    for name in names:
        told[name], told[f"{name}_before"] = after.get(name, ""), before.get(name, "")
    return told


def rows_of(documents: Sequence[Mapping], columns: Sequence[str]) -> List[dict]:
    """Documents as rows of a search: these columns, times as numbers, nothing for what is not there."""
    return [{column: document.get(column, "") for column in columns} for document in documents]
