"""All that set-up looks at, in the order in which an admin goes about it."""

from __future__ import annotations

from typing import Callable, List, Tuple

from okta_itdr.setup import content_checks, data_checks, store_checks
from okta_itdr.setup.changes import Changes
from okta_itdr.setup.state import ATTENTION, OK, Check
from okta_itdr.setup.surroundings import Surroundings
from okta_itdr.trouble import Trouble

_CHECKS: Tuple[Tuple[str, str, Callable[[Surroundings], Check]], ...] = (
    ("data", "Okta's log is in the index", data_checks.data),
    ("inputs", "The inputs are well", data_checks.inputs),
    ("findings_index", "Findings can be written", store_checks.findings_index),
    ("gen_searches", "Gen searches are on: they learn what is usual", content_checks.gen_searches),
    ("ledgers", "The ledgers are filled", store_checks.ledgers),
    ("detections", "Detections are on", content_checks.watching),
    ("alerts", "Alerts are on: they tell you", content_checks.alerts),
    ("ip_data", "IP data is there and fresh", content_checks.ip_data),
    ("lists", "Your own lists", store_checks.lists),
    ("enterprise_security", "Enterprise Security", content_checks.enterprise_security),
    ("official_addon", "Okta's official add-on", content_checks.official_addon),
)
_ON_KV_STORE = ("findings_index", "ledgers", "lists")  # which fail with it, for a reason said once


def checks(around: Surroundings, changes: Changes) -> List[Check]:
    """Every check; what cannot be looked at needs attention and says why, and hinders no other."""
    kv_store = _looked_at("kv_store", "The KV store works", lambda: store_checks.kv_store(around), True)
    works = kv_store.state == OK
    found = [
        _looked_at(name, title, lambda check=check: check(around), works or name not in _ON_KV_STORE)
        for name, title, check in _CHECKS
    ]
    undo = _looked_at("undo", "What this page has changed", lambda: content_checks.undoable(changes), works)
    return [kv_store, *found, undo]


def _looked_at(name: str, title: str, check: Callable[[], Check], works: bool) -> Check:
    try:
        return check()
    except Trouble as trouble:
        if not works:
            return Check(name, title, ATTENTION, "Unknown while the KV store does not work.")
        return Check(name, title, ATTENTION, f"It cannot be looked at: {trouble}", "Mend that, then check again.")
