"""Search command oktasuppress: put what a finding was about into one of the admin's lists, until a day.

`| oktasuppress finding_id=<id> by="user,src_ip" reason="…" [days=30]`       this detection, for these values alone
`| oktasuppress finding_id=<id> network=<AS or zone> reason="…" [days=30]`   the network is ours, for every detection
`| oktasuppress finding_id=<id> client=<client> network=<…> reason="…"`      this client may come from this network
`| oktasuppress end=<entry> reason="…"`                                      an entry ends now
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from okta_itdr.findings.change_log import ChangeLog, change, rows_of
from okta_itdr.findings.known import known_findings
from okta_itdr.findings.list_entry import CLIENTS, LISTS, NETWORKS, SUPPRESSIONS, allowed_client, suppression
from okta_itdr.findings.list_entry import trusted_network as trusted
from okta_itdr.findings.person_words import LONGEST_NAME, LONGEST_NOTE, one_line
from okta_itdr.splunk.acting_command import ResultRow
from okta_itdr.splunk.asking import SplunkdTrouble
from okta_itdr.splunk.call import Call
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

DAYS, MOST_DAYS = 30, 365
_DAY = 86400

_COLUMNS = ("list", "entry", "detection_id", "tenant", "user", "src_ip", "session_id", "client", "network")
_COLUMNS += ("owner", "reason", "expires")


def suppress(call: Call) -> List[ResultRow]:
    """The entry as it is afterwards, one row. Raises Trouble."""
    call.check_options("finding_id", "by", "network", "client", "days", "reason", "end")
    reason = one_line(call.options.get("reason", ""), "reason", LONGEST_NOTE)
    if not reason:
        raise Trouble(f'{call.command} needs reason="…": say in a sentence why this is in order.')
    splunk = Splunk(call.splunkd_uri, call.session_key)
    if "end" in call.options:
        collection, before, finding = *_existing(call, splunk), {}
        entry = {**before, "expires": call.now}
    else:
        if not call.options.get("finding_id"):
            raise Trouble(f"{call.command} needs finding_id=<id>: copy it from the finding's columns.")
        (finding,) = known_findings({"finding_id": call.options["finding_id"]}, splunk, call.command)
        collection, entry = _entry(call, finding)
        before = splunk.collection(collection).get(entry["_key"])
        entry.update(owner=call.user, expires=call.now + _days(call) * _DAY)
    entry["reason"] = reason
    log = ChangeLog(splunk, call.user, call.now)
    made = change(
        "end" if "end" in call.options else "suppress", call.user, call.now, _about(collection, entry, finding), before
    )
    try:
        log.save([made])
        splunk.collection(collection).save([_without_blanks(entry)])
    except SplunkdTrouble as trouble:
        log.withdraw([made])
        if trouble.status == 403:
            raise Trouble(
                f"You may not change the list {collection}: ask an admin to run this search (docs/triage.md says how "
                "a role is given that right)."
            ) from None
        raise Trouble(f"Nothing was changed: {trouble} Run the same again when that is mended.") from None
    log.copy()
    return rows_of([{**entry, "list": collection, "entry": entry["_key"]}], _COLUMNS)


def _entry(call: Call, finding: dict) -> Tuple[str, dict]:
    """The list and the entry that the options ask for."""
    network = one_line(call.options.get("network", ""), "network", LONGEST_NAME)
    client = one_line(call.options.get("client", ""), "client", LONGEST_NAME)
    by = [name for name in call.options.get("by", "").replace(",", " ").split() if name]
    if "by" in call.options and not network and not client:
        return SUPPRESSIONS, suppression(finding, by)
    if "by" in call.options or not network:
        raise Trouble(
            f'{call.command} needs by="user,src_ip" (values of the finding, for its detection), or network= (yours '
            "for every detection), or client= and network= together."
        )
    if client:
        return CLIENTS, allowed_client(client, network)
    return NETWORKS, trusted(network)


def _existing(call: Call, splunk: Splunk) -> Tuple[str, dict]:
    """The list and the entry of `end`. Raises Trouble where there is none."""
    others = [name for name in call.options if name not in ("end", "reason")]
    if others:
        raise Trouble(f"{call.command} end= takes a reason alone: remove {', '.join(others)}.")
    key = call.options["end"]
    if key.isalnum():
        for name in LISTS:
            found = splunk.collection(name).get(key)
            if found is not None:
                return name, {column: value for column, value in found.items() if column != "_user"}
    raise Trouble(f"There is no entry {key}: copy it from the report Okta ITDR - Suppressions - Report.")


def _days(call: Call) -> int:
    given = call.options.get("days", str(DAYS))
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given) <= MOST_DAYS:
        raise Trouble(f"{call.command} cannot do days={given}: give a whole number from 1 to {MOST_DAYS}.")
    return int(given)


def _about(collection: str, entry: dict, finding: Optional[dict]) -> Dict[str, object]:
    about: Dict[str, object] = {"list": collection, "entry": entry["_key"]}
    about["finding_id"] = (finding or {}).get("finding_id")
    for name in ("detection_id", "tenant", "user", "src_ip", "session_id", "client", "network", "reason", "expires"):
        about[name] = entry.get(name)
    return about


def _without_blanks(entry: dict) -> dict:
    return {name: value for name, value in entry.items() if value not in (None, "")}
