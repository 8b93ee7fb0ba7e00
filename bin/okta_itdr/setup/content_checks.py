"""What is switched on, and what stands beside the add-on."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import List, Optional

from okta_itdr.setup.changes import Changes
from okta_itdr.setup.searches import STARTING, Detection, bridges, detections, es_actions, is_true, of_kind
from okta_itdr.setup.searches import alerts as alerting
from okta_itdr.setup.state import ATTENTION, NOT_YET, OK, Check, counted
from okta_itdr.setup.surroundings import OFFICIAL, Surroundings
from okta_itdr.trouble import Trouble

_LIST_INPUT = "okta_itdr_ip_list://"
_LOG_INPUT = "okta_system_log://"
_OLD_NETWORKS = 365  # days: cloud providers and Tor change much in a year
_SHOWN = 3
_SWITCH_ON = "Switch on below."


def gen_searches(around: Surroundings) -> Check:
    names = of_kind(around.saved_searches, "Gen")
    return _switched("gen_searches", "Gen searches are on: they learn what is usual", names, around, must=True)


def watching(around: Surroundings) -> Check:
    title = "Detections are on"
    known: List[Detection] = detections(around.table)
    on = [one.search for one in known if _is_on(around, one.search)]
    missing = [one.search for one in known if one.starts and one.search not in on]
    said = f"{len(on)} of {len(known)} are on"
    if not on:
        return Check("detections", title, NOT_YET, f"{said}: nothing is watched.", _SWITCH_ON)
    if any(not _is_on(around, name) for name in of_kind(around.saved_searches, "Gen")):
        todo = "Switch on below: it switches on the Gen searches first."
        return Check("detections", title, ATTENTION, f"{said}, but not all Gen searches: detections then err.", todo)
    if missing:
        todo = f"Switch on below (set: {STARTING}), unless that is what you want."
        return Check("detections", title, ATTENTION, f"{said}. Off, of the starting set: {_some(missing)}.", todo)
    return Check("detections", title, OK, f"{said}, the starting set among them.")


def alerts(around: Surroundings) -> Check:
    names = alerting(around.saved_searches, around.enterprise_security is not None)
    return _switched("alerts", "Alerts are on: they tell you", names, around)


def ip_data(around: Surroundings) -> Check:
    """The shipped data and each list that an input keeps fresh."""
    title = "IP data is there and fresh"
    today = datetime.fromtimestamp(around.now, timezone.utc).date()
    shipped = around.shipped_networks()
    said, stale = [f"shipped data of {shipped}"], []
    for stanza, settings in sorted(around.rest.stanzas("inputs").items()):
        if stanza.startswith(_LIST_INPUT) and settings.get("type") != "okta" and not is_true(settings.get("disabled")):
            name = stanza[len(_LIST_INPUT) :]
            dated = _list_dated(around, name)
            said.append(f"list {name} of {dated}" if dated else f"list {name}: nothing fetched")
            if dated is None or (today - dated).days > int(settings.get("keep_for") or 7):
                stale.append(name)
    if stale:
        todo = f"See what input {stale[0]} says of itself (page Inputs; sourcetype okta_itdr:health)."
        return Check("ip_data", title, ATTENTION, f"Too old: {_some(stale)}. There is: {_some(said)}.", todo)
    if (today - date.fromisoformat(shipped)).days > _OLD_NETWORKS and len(said) == 1:
        todo = "Update the add-on, or keep lists of your choice fresh (page Inputs, IP List)."
        return Check("ip_data", title, ATTENTION, f"There is {said[0]} alone, which is over a year old.", todo)
    return Check("ip_data", title, OK, f"There is: {_some(said)}.")


def enterprise_security(around: Surroundings) -> Check:
    title = "Enterprise Security"
    if around.enterprise_security is None:
        return Check("enterprise_security", title, OK, "It is not installed here: findings are told by alerts alone.")
    saved, names = around.saved_searches, bridges(around.saved_searches)
    handing = [
        name
        for name in names
        if _is_on(around, name) and all(is_true(saved[name].get(action)) for action in es_actions(saved[name]))
    ]
    if not handing:
        says = "It is installed, and no finding is handed to it."
        return Check("enterprise_security", title, NOT_YET, says, _SWITCH_ON)
    if len(handing) < len(names):
        says = f"Only {_some(handing)} hands it anything."
        return Check("enterprise_security", title, ATTENTION, says, _SWITCH_ON)
    return Check("enterprise_security", title, OK, f"It gets new findings by {_some(handing)}.")


def official_addon(around: Surroundings) -> Check:
    title = "Okta's official add-on"
    if around.splunk.app(OFFICIAL) is None:
        return Check("official_addon", title, OK, f"{OFFICIAL} is not installed here: nothing to mind.")
    collecting = [
        name
        for name, settings in around.rest.stanzas("inputs").items()
        if name.startswith(_LOG_INPUT) and not is_true(settings.get("disabled"))
    ]
    if collecting:
        says = f"{OFFICIAL} is installed here, and {_some(collecting)} collects too."
        todo = "Let one of them collect a tenant, not both: each event comes twice otherwise."
        return Check("official_addon", title, ATTENTION, says, todo)
    return Check("official_addon", title, OK, f"{OFFICIAL} is installed: the detections work on what it collects.")


def undoable(changes: Changes) -> Check:
    number = len(changes.remembered())
    if not number:
        return Check("undo", "What this page has changed", OK, "Nothing: there is nothing to undo.", "", "0")
    says = f"{counted(number, 'setting')} that Undo would put back as they were."
    return Check("undo", "What this page has changed", OK, says, "", str(number))


def _switched(name: str, title: str, names: List[str], around: Surroundings, must: bool = False) -> Check:
    off = [one for one in names if not _is_on(around, one)]
    said = f"{len(names) - len(off)} of {len(names)} are on"
    if not off:
        return Check(name, title, OK, f"{said}.")
    if len(off) == len(names):
        return Check(name, title, NOT_YET, f"{said}.", _SWITCH_ON)
    return Check(name, title, ATTENTION, f"{said}. Off: {_some(off)}.", _SWITCH_ON if must else "Switch on below, if "
                 "you do not leave them off on purpose.")  # fmt: skip


def _is_on(around: Surroundings, name: str) -> bool:
    found = around.saved_searches.get(name)
    return found is not None and not is_true(found.get("disabled")) and is_true(found.get("is_scheduled"))


def _list_dated(around: Surroundings, name: str) -> Optional[date]:
    """The day of a fetched list, from its lookup file: column dated."""
    lines = (around.rest.lookup_file(f"okta_itdr_ip_list_{name}.csv").read() or "").splitlines()
    if len(lines) < 2:
        return None
    try:
        return date.fromisoformat(lines[1].rpartition(",")[2].strip('"'))
    except ValueError:
        raise Trouble(f"The lookup file okta_itdr_ip_list_{name}.csv is not as its input writes it.") from None


def _some(names: List[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {counted(more, 'other')}" if more > 0 else "")
