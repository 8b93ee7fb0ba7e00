"""Search command oktatriage: what became of a finding, said by whoever runs it.

`| oktatriage finding_id=<id>|incident_key=<key> [status=…] [owner=<user>|me|unassigned] [verdict=…] [note="…"]`
`| oktatriage audit=copy` (the search Okta ITDR - Triage Audit - Copy)

The state is one document a finding (collection okta_itdr_triage), replaced whole; the finding itself stays as it is. Of
two people at once the later one's state stands, and both changes are kept (okta_itdr.findings.change_log).
"""

from __future__ import annotations

from typing import Dict, List

from okta_itdr.findings.change_log import SETTLED_AFTER, ChangeLog, change, difference, rows_of
from okta_itdr.findings.known import known_findings
from okta_itdr.findings.person_words import LONGEST_NAME, LONGEST_NOTE, one_line
from okta_itdr.findings.register import KEYS_PER_QUERY
from okta_itdr.findings.triage_state import COLLECTION, SAID, STATUSES, VERDICTS, changed, said
from okta_itdr.splunk.acting_command import ResultRow
from okta_itdr.splunk.asking import SplunkdTrouble
from okta_itdr.splunk.call import Call
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

_TOLD = ("finding_id", "incident_key", "detection_id", "severity", "tenant")
_COLUMNS = ("finding_id", "detection_id", "title", "user", "changed", *SAID, "changed_by", "changed_time")


def triage(call: Call) -> List[ResultRow]:
    """The findings as they are afterwards, a row each; column `changed` says whether this call changed it."""
    call.check_options("finding_id", "incident_key", *SAID, "audit")
    splunk = Splunk(call.splunkd_uri, call.session_key)
    log = ChangeLog(splunk, call.user, call.now)
    if "audit" in call.options:
        return _copy(call, log)
    wanted = _wanted(call)
    findings = known_findings(call.options, splunk, call.command)
    collection = splunk.collection(COLLECTION)
    known: Dict[str, dict] = {}
    keys = [finding["finding_id"] for finding in findings]
    for start in range(0, len(keys), KEYS_PER_QUERY):
        some = keys[start : start + KEYS_PER_QUERY]
        for state in collection.documents({"$or": [{"_key": key} for key in some]}):
            known[state["_key"]] = state
    changes, states = [], []
    for finding in findings:
        before = known.get(finding["finding_id"])
        after = changed(finding, before, wanted, call.user, call.now)
        if said(after) == said(before):
            continue
        about = {name: finding.get(name) for name in _TOLD}
        about.update(difference(said(before), said(after), SAID))
        changes.append(change("triage", call.user, call.now, about, (before or {}).get("changed")))
        states.append(after)
    if states:
        _save(log, changes, splunk, states)
        known.update({state["_key"]: state for state in states})
    log.copy()
    touched = {state["_key"] for state in states}
    rows = []
    for finding in findings:
        state = known.get(finding["finding_id"], {})
        shown = {**finding, **said(state), "changed_by": state.get("changed_by", "")}
        shown["changed"] = "yes" if finding["finding_id"] in touched else "no"
        shown["changed_time"] = state.get("changed", "")
        rows.append(shown)
    return rows_of(rows, _COLUMNS)


def _copy(call: Call, log: ChangeLog) -> List[ResultRow]:
    if call.options != {"audit": "copy"}:
        raise Trouble(f"{call.command} audit=copy stands alone: remove the other options.")
    return [{"copied": log.copy(others_after=SETTLED_AFTER)}]


def _wanted(call: Call) -> Dict[str, str]:
    """Which of SAID the call changes, and to what."""
    wanted = {name: call.options[name] for name in SAID if name in call.options}
    if not wanted:
        raise Trouble(f"{call.command} was told nothing new: say status=, owner=, verdict= or note=.")
    for name, words in (("status", STATUSES), ("verdict", VERDICTS)):
        if name in wanted:
            call.choice(name, *words)
    if "owner" in wanted:
        owner = one_line(wanted["owner"], "owner", LONGEST_NAME)
        wanted["owner"] = {"me": call.user, "unassigned": ""}.get(owner, owner)
    if "note" in wanted:
        wanted["note"] = one_line(wanted["note"], "note", LONGEST_NOTE)
    return wanted


def _save(log: ChangeLog, changes: List[dict], splunk: Splunk, states: List[dict]) -> None:
    """The changes first, so that none is ever lost, then the states."""
    try:
        log.save(changes)
        splunk.collection(COLLECTION).save(states)
    except SplunkdTrouble as trouble:
        log.withdraw(changes)
        if trouble.status == 403:
            raise Trouble(
                "You may not change what became of a finding. An admin can give your role write permission to the "
                "collections okta_itdr_triage and okta_itdr_triage_changes (docs/triage.md)."
            ) from None
        raise Trouble(f"Nothing was changed: {trouble} Run the same again when that is mended.") from None
