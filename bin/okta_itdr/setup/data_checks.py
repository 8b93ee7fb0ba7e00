"""Is data coming in: the log itself, and what the inputs say of themselves."""

from __future__ import annotations

from typing import Dict, List

from okta_itdr.setup.indexes import data_names
from okta_itdr.setup.state import ATTENTION, NOT_YET, OK, Check, ago, counted
from okta_itdr.setup.surroundings import DAYS, Surroundings

_OLD = 86400  # seconds without an event of a tenant: a small one may be silent for a night
_SILENT = 1800  # seconds without a word of an input that tells of itself every minute
_SHOWN = 3  # tenants or inputs that are named in a sentence


def data(around: Surroundings) -> Check:
    title = "Okta's log is in the index"
    names = data_names(around.data_definition)
    value = around.data_definition if names is None else ", ".join(names)
    where = "the indexes that your role searches by default" if names == [] else around.data_definition
    if not around.newest_events:
        return Check(
            "data",
            title,
            NOT_YET,
            f"No event of Okta's log in the last {DAYS} days in {where}.",
            "Create an account (tab Accounts), then an input (page Inputs). If the data is there already, name its "
            "index below.",
            value,
        )
    ages = {tenant: max(0.0, around.now - newest) for tenant, newest in around.newest_events.items()}
    said = _some([f"{host} {ago(age)} ago" for host, age in sorted(ages.items())])
    late = [host for host, age in sorted(ages.items()) if age > _OLD]
    if late:
        todo = f"Look whether the input of {_some(late)} runs and what it says (page Inputs, and the next line)."
        return Check("data", title, ATTENTION, f"Newest event by tenant: {said}.", todo, value)
    return Check("data", title, OK, f"Newest event by tenant: {said}.", "", value)


def inputs(around: Surroundings) -> Check:
    title = "The inputs are well"
    search = (
        "search `okta_itdr_health` | stats max(_time) AS told latest(status) AS status latest(error) AS error "
        "BY scheme input"
    )
    rows = around.splunk.search(search, "-24h")
    if not rows:
        return Check(
            "inputs",
            title,
            NOT_YET,
            "No input of this add-on has told of itself in the last day.",
            "Create an input on one host (page Inputs). Nothing to do where another add-on collects the log.",
        )
    for row in sorted(rows, key=lambda row: (row["scheme"], row["input"])):
        name, silent = f"{row['scheme']} {row['input']}", around.now - float(row["told"])
        if row.get("status") == "error":
            return Check("inputs", title, ATTENTION, f"{name}: {row.get('error')}", "Do what the message says.")
        if row["scheme"] == "okta_system_log" and silent > _SILENT:
            return Check(
                "inputs",
                title,
                ATTENTION,
                f"{name} has told nothing of itself for {ago(silent)}.",
                "Look whether its host and Splunk run there, and whether the input is enabled.",
            )
    return Check("inputs", title, OK, f"{_some(_names(rows))}: no error, last told {_told(rows, around.now)} ago.")


def _names(rows: List[Dict[str, str]]) -> List[str]:
    return sorted(f"{row['scheme']} {row['input']}" for row in rows)


def _told(rows: List[Dict[str, str]], now: float) -> str:
    return ago(max(0.0, now - max(float(row["told"]) for row in rows)))


def _some(names: List[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {counted(more, 'other')}" if more > 0 else "")
