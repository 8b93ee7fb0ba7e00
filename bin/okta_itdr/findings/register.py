"""Registering findings: each once in the KV store, then copied to the findings index.

A finding is saved as `pending`, copied, then marked `written`. Whatever fails between leaves it pending,
and any later call copies it. A finding that grows is copied again; readers take the copy with the latest
`updated` of each finding_id. Two calls may copy the same one, never lose one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from logging import Logger
from typing import Iterable, List

from okta_itdr.findings.finding import Document, NotAFinding, finding, merge
from okta_itdr.splunk.alert import Alert
from okta_itdr.splunk.collection import LARGEST_BATCH
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

COLLECTION = "okta_itdr_findings"
INDEX_MACRO = "okta_itdr_findings_index"
SOURCETYPE = "okta_itdr:finding"

_LONG = ("mitre_attack", "message", "reasons", "evidence")  # the longest last

KEYS_PER_QUERY = 50  # they travel in the URL
SWEPT_AFTER = 300.0  # seconds: an alert action that is still at work has its own findings pending for a moment

_INDEX = re.compile(r'(?:index\s*=\s*)?"?([a-z0-9_][a-z0-9_-]*)"?')


@dataclass(frozen=True)
class Registered:
    """What a call did: findings never seen before, known ones that grew, known ones as they were, copies swept."""

    new: int
    grown: int
    unchanged: int
    swept: int


def register_alert(alert: Alert, splunk: Splunk, log: Logger) -> None:
    """The alert action: every good row is registered; a row that is no finding makes the action fail at the end."""
    findings, mistakes = [], []
    for row in alert.rows():
        try:
            findings.append(finding(row))
        except NotAFinding as mistake:
            mistakes.append(str(mistake))
    now = alert.search_time() or splunk.now()
    done = register(findings, splunk, now)
    log.info(
        'search_name="%s" sid="%s" new=%d grown=%d unchanged=%d swept=%d',
        alert.search_name,
        alert.sid,
        done.new,
        done.grown,
        done.unchanged,
        done.swept,
    )
    if mistakes:
        raise NotAFinding(
            f"{len(mistakes)} of the {len(mistakes) + len(findings)} rows of {alert.search_name!r} are not findings; "
            f"the others are registered. The first: {mistakes[0]}. Mend the search: it must end with the "
            "okta_itdr_finding macro."
        )


def register(findings: Iterable[Document], splunk: Splunk, now: float) -> Registered:
    """Save, copy and mark `findings`, then copy those that earlier calls left pending. Raises Trouble.

    `now`: epoch seconds, kept as `registered` (first), `updated` (last), `raised` (since when it is as grave as it is).
    """
    collection = splunk.collection(COLLECTION)
    index = findings_index(splunk.macro(INDEX_MACRO))
    new = grown = unchanged = 0
    by_key: dict[str, Document] = {}
    for document in findings:
        by_key[document["_key"]] = merge(by_key.get(document["_key"]), document)
    for keys in _batches(list(by_key), LARGEST_BATCH):
        known = _known(collection, keys)
        pending = []
        for key in keys:
            before = known.get(key)
            after = merge(before, by_key[key])
            if before is None:
                new += 1
                pending.append({**after, "state": "pending", "registered": now, "updated": now, "raised": now})
            elif _said(after) != _said(before):
                grown += 1
                raised = now if after["severity"] != before["severity"] else before.get("raised", before["registered"])
                updated = max(now, before["updated"] + 0.001)
                pending.append({**after, "state": "pending", "updated": updated, "raised": raised})
            elif before["state"] == "pending":
                pending.append(before)
            else:
                unchanged += 1
        if pending:
            collection.save(pending)
            _copy(pending, splunk, index)
    swept = _sweep(splunk, index, now)
    return Registered(new, grown, unchanged, swept)


def findings_index(definition: str) -> str:
    """The index that the macro names: `summary` or `index=summary`. Raises Trouble for anything else."""
    found = _INDEX.fullmatch(definition.strip())
    if not found:
        raise Trouble(
            f"Macro {INDEX_MACRO} is {definition!r}, which names no single index: set it to index=NAME, the index that "
            "findings are copied to."
        )
    return found.group(1)


def _known(collection, keys: List[str]) -> dict[str, Document]:
    known = {}
    for some in _batches(keys, KEYS_PER_QUERY):
        for document in collection.find({"$or": [{"_key": key} for key in some]}):
            known[document["_key"]] = document
    return known


def _sweep(splunk: Splunk, index: str, now: float) -> int:
    """Copy what calls that failed left behind, each once however late a cluster shows it as written."""
    collection = splunk.collection(COLLECTION)
    swept: set[str] = set()
    while True:
        found = collection.find({"$and": [{"state": "pending"}, {"updated": {"$lt": now - SWEPT_AFTER}}]})
        left = [document for document in found if document["_key"] not in swept]
        if not left:
            return len(swept)
        _copy(left, splunk, index)
        swept.update(document["_key"] for document in left)


def _copy(pending: List[Document], splunk: Splunk, index: str) -> None:
    """Index them, `source` being the detection, and mark those that arrived, even if a later one does not."""
    collection = splunk.collection(COLLECTION)
    arrived: dict[str, Document] = {}
    try:
        for document in pending:
            splunk.send_event(_event(document), index, SOURCETYPE, source=document["detection_id"])
            arrived[document["_key"]] = document
    finally:
        # A finding that grew meanwhile by another call keeps its newer, still pending version.
        now_known = _known(collection, list(arrived))
        collection.save(
            [
                {**document, "state": "written"}
                for key, document in now_known.items()
                if document["updated"] == arrived[key]["updated"] and _said(document) == _said(arrived[key])
            ]
        )


def _event(document: Document) -> str:
    """The copy in the index: `last_time` first and with milliseconds, so that props.conf finds the time there.

    What may be long comes last: Splunk's automatic extraction stops after 5,000 bytes.
    """
    told = {
        column: document[column]
        for column in sorted(document, key=lambda column: _LONG.index(column) if column in _LONG else -1)
        if column not in ("_key", "_user", "state", "last_time")
    }
    return f'{{"last_time":{document["last_time"]:.3f},{json.dumps(told, separators=(",", ":"))[1:]}'


def _said(document: Document) -> Document:
    """A finding without its book-keeping, to see whether it grew."""
    return {
        column: value
        for column, value in document.items()
        if column not in ("_user", "state", "registered", "updated", "raised") and value not in (None, [])
    }


def _batches(keys: List[str], size: int) -> Iterable[List[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
