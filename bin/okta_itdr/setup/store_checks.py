"""What the add-on writes to: the KV store, the findings index, the ledgers, the admin's own lists."""

from __future__ import annotations

import re
from typing import Dict, List

from okta_itdr.findings.register import COLLECTION as FINDINGS
from okta_itdr.findings.register import INDEX_MACRO as FINDINGS_MACRO
from okta_itdr.setup.indexes import findings_name, usable
from okta_itdr.setup.searches import of_kind
from okta_itdr.setup.state import ATTENTION, NOT_YET, OK, Check, counted, day
from okta_itdr.setup.surroundings import Surroundings
from okta_itdr.trouble import Trouble

_MARKS = "okta_itdr_high_water"
_LEDGER = re.compile(r"`okta_itdr_advance\((\w+)\)`")  # how a Gen search ends, with the name of its ledger
_MANY = 10_000  # rows of a ledger that are counted: more are "10,000 or more"
_STALE = 86400  # seconds by which all ledgers are behind the newest event: a mark moves with sign-ins and their like
_WAITS = 900  # seconds for which a finding may wait to be copied to the index
_LISTS = {
    "okta_itdr_trusted_networks": "trusted networks",
    "okta_itdr_allowed_clients": "allowed clients",
    "okta_itdr_watchlist": "watched addresses",
}


def kv_store(around: Surroundings) -> Check:
    title = "The KV store works"
    state = around.splunk.server().get("kvStoreStatus") or "unknown"
    if state != "ready":
        return Check(
            "kv_store",
            title,
            ATTENTION,
            f"Splunk says that its KV store is {state}.",
            "Wait if it is starting; else see Splunk's manual, Troubleshoot the KV store. Without it nothing is found.",
        )
    try:
        around.rest.collection(_MARKS).count_to(1)
    except Trouble as trouble:
        todo = "See Splunk's manual, Troubleshoot the KV store. Without it nothing is found."
        return Check("kv_store", title, ATTENTION, str(trouble), todo)
    return Check("kv_store", title, OK, "It is ready, and the add-on's collections can be read.")


def findings_index(around: Surroundings) -> Check:
    title = "Findings can be written"
    definition = around.splunk.macro(FINDINGS_MACRO)
    try:
        name = findings_name(definition)
        usable(name, around.splunk)
    except Trouble as trouble:
        return Check("findings_index", title, ATTENTION, str(trouble), "Choose the findings index below.")
    waiting = {"$and": [{"state": "pending"}, {"updated": {"$lt": around.now - _WAITS}}]}
    pending = around.rest.collection(FINDINGS).count_to(_MANY, waiting)
    if pending:
        return Check(
            "findings_index",
            title,
            ATTENTION,
            f"{_some(pending, 'finding')} could not be copied to index {name}: they wait in the KV store.",
            "Search index=_internal source=*okta_itdr_register* for the reason; what waits is copied with the next.",
            name,
        )
    return Check("findings_index", title, OK, f"They go to index {name}, which is there.", "", name)


def ledgers(around: Surroundings) -> Check:
    title = "The ledgers are filled"
    marks = {mark["_key"]: mark for mark in around.rest.collection(_MARKS).documents()}
    names = ledger_searches(around)
    rows = {ledger: around.rest.collection(f"okta_itdr_{ledger}").count_to(_MANY) for ledger in names}
    said = ", ".join(f"{_words(ledger)} {_number(rows[ledger])}" for ledger in names)
    read = max((float(marks[ledger]["high_water"]) for ledger in names if ledger in marks), default=None)
    newest = max(around.newest_events.values(), default=0.0)
    if read is None and not any(rows.values()):
        return Check(
            "ledgers",
            title,
            NOT_YET,
            "They are empty: nobody has been seen to sign in yet.",
            "When the Gen searches are on, run each Backfill search (Settings > Searches, reports, and alerts) once "
            "over the last 30 days: else the detections know nothing of what was before today.",
        )
    if read is None or newest - read > _STALE:
        last = "never" if read is None else day(read)
        return Check(
            "ledgers",
            title,
            ATTENTION,
            f"The Gen searches have read up to: {last}, and there are newer events. Rows: {said}.",
            "Look whether the Gen searches are on and what their last runs say (Activity > Jobs).",
        )
    return Check("ledgers", title, OK, f"Rows: {said}. Read up to {day(read)}.")


def lists(around: Surroundings) -> Check:
    title = "Your own lists"
    counts = {words: around.rest.collection(name).count_to(_MANY) for name, words in _LISTS.items()}
    said = ", ".join(f"{words} {_number(count)}" for words, count in counts.items())
    if not counts[_LISTS["okta_itdr_trusted_networks"]]:
        return Check(
            "lists",
            title,
            NOT_YET,
            f"Entries: {said}.",
            "Enter the networks of your VPN, proxies and virtual desktops into okta_itdr_trusted_networks "
            "(docs/tuning.md): people there look like strangers otherwise.",
        )
    return Check("lists", title, OK, f"Entries: {said}.")


def ledger_searches(around: Surroundings) -> Dict[str, str]:
    """The ledgers by name, each with the Gen search that keeps it."""
    saved = around.saved_searches
    found: List[tuple] = [(name, _LEDGER.search(str(saved[name].get("search")))) for name in of_kind(saved, "Gen")]
    return {match.group(1): name for name, match in found if match}


def _words(ledger: str) -> str:
    return ledger.replace("_", " ")


def _number(count: int) -> str:
    return f"{count:,} or more" if count >= _MANY else f"{count:,}"


def _some(count: int, noun: str) -> str:
    return f"{count:,} {noun}s or more" if count >= _MANY else counted(count, noun)
