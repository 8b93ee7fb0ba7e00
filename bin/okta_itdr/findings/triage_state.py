"""What became of a finding, as a document: its status, owner, verdict and note, and when it got there.

Statuses are those of Splunk Enterprise Security (Administer Splunk Enterprise Security, "Managing analyst workflows"),
verdicts its dispositions (…, "Create and manage dispositions") in one word each. A finding without a document is new.
"""

from __future__ import annotations

from typing import Mapping, Optional

COLLECTION = "okta_itdr_triage"

STATUSES = ("new", "in_progress", "pending", "resolved", "closed")
DONE = ("resolved", "closed")
VERDICTS = ("undetermined", "true_positive", "benign_true_positive", "false_positive")

# What people say of a finding; all else follows from it.
SAID = ("status", "owner", "verdict", "note")
_OF_FINDING = ("finding_id", "incident_key", "detection_id", "severity", "tenant", "registered")


def said(state: Optional[Mapping]) -> dict:
    """The four of a state, or of a finding that nobody has touched."""
    state = state or {}
    return {
        "status": state.get("status") or STATUSES[0],
        "owner": state.get("owner") or "",
        "verdict": state.get("verdict") or VERDICTS[0],
        "note": state.get("note") or "",
    }


def changed(finding: Mapping, before: Optional[Mapping], wanted: Mapping[str, str], who: str, now: float) -> dict:
    """The document after `who` said `wanted` (some of SAID) at `now`, epoch seconds.

    `acknowledged`: when the status first left new. `resolved`: since when it is done; absent while it is not, so that
    what is still open never becomes too old to be kept.
    """
    words = {**said(before), **wanted}
    state = {name: finding[name] for name in _OF_FINDING if finding.get(name) not in (None, "")}
    state.update({name: value for name, value in words.items() if value})
    state["_key"] = finding["finding_id"]
    state["changed"], state["changed_by"] = now, who
    if words["status"] != STATUSES[0]:
        state["acknowledged"] = (before or {}).get("acknowledged") or now
    elif (before or {}).get("acknowledged"):
        state["acknowledged"] = before["acknowledged"]
    if words["status"] in DONE:
        was_done = (before or {}).get("status") in DONE
        state["resolved"] = (before["resolved"] if was_done else None) or now
    return state
