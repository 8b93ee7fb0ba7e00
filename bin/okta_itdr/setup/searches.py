"""Which of the add-on's searches are switched on, and in which order.

Gen searches come first, for detections ask the ledgers that they fill; then detections of rank 1; those of rank 2,
which read what rank 1 found; then what copies the audit of people's work; then the alerts, those for Enterprise
Security among them, which tell of it all. Which detections belong to the starting set follows from the table of
detections: those whose usual severity is above informational. Nothing less would do, for rank 2 adds up every finding
above informational, however low.
"""

from __future__ import annotations

import csv
import io
from typing import Dict, List, Mapping, NamedTuple

from okta_itdr.trouble import Trouble

TABLE = "okta_itdr_detections.csv"
STARTING, ALL = "starting", "all"  # the sets of detections there are
SETS = (STARTING, ALL)

_OURS = "Okta ITDR - "
_ES_ACTIONS = ("action.notable", "action.risk")


class Wanted(NamedTuple):
    """A saved search, and the switches that it needs: 1 or 0 by the name of the setting (saved/searches)."""

    name: str
    settings: Dict[str, str]


class Detection(NamedTuple):
    search: str
    rank: int
    severity: str

    @property
    def starts(self) -> bool:
        return self.severity != "informational"


def detections(table: str) -> List[Detection]:
    """Those of the table (CSV), rank 1 first. Raises Trouble where it is not as shipped."""
    try:
        rows = csv.DictReader(io.StringIO(table, newline=""))
        found = [Detection(row["search"], int(row["rank"]), row["severity"]) for row in rows]
    except (KeyError, TypeError, ValueError, csv.Error):
        raise Trouble(f"The table of detections, {TABLE}, cannot be read: install the add-on again.") from None
    return sorted(found, key=lambda detection: detection.rank)


def of_kind(saved: Mapping[str, dict], kind: str) -> List[str]:
    """The add-on's saved searches of a kind: Gen, Copy, Alert."""
    return sorted(name for name in saved if name.startswith(_OURS) and name.endswith(f" - {kind}"))


def wanted(saved: Mapping[str, dict], table: str, which: str, with_es: bool) -> List[Wanted]:
    """What is to be on, in order. `with_es`: Enterprise Security is there to take notables and risk."""
    chosen = [one.search for one in detections(table) if which == ALL or one.starts]
    missing = [name for name in chosen if name not in saved]
    if missing:
        raise Trouble(
            f"There is no saved search {missing[0]}, which the table of detections names: somebody renamed or removed "
            "it, or you may not see it. Nothing was changed."
        )
    names = [*of_kind(saved, "Gen"), *chosen, *of_kind(saved, "Copy"), *alerts(saved, with_es)]
    return [Wanted(name, _switches(saved[name], with_es)) for name in names]


def alerts(saved: Mapping[str, dict], with_es: bool) -> List[str]:
    """The alerts that tell somebody: one that Splunk keeps no track of, and that is for Enterprise Security, tells
    nobody without it."""
    return [
        name
        for name in of_kind(saved, "Alert")
        if with_es or is_true(saved[name].get("alert.track")) or not es_actions(saved[name])
    ]


def bridges(saved: Mapping[str, dict]) -> List[str]:
    """The alerts that hand findings to Enterprise Security."""
    return [name for name in of_kind(saved, "Alert") if es_actions(saved[name])]


def is_true(value: object) -> bool:
    """A boolean as splunkd's JSON has it, which may be text."""
    return str(value).strip().lower() in ("1", "true")


def _switches(settings: Mapping[str, object], with_es: bool) -> Dict[str, str]:
    handed = dict.fromkeys(es_actions(settings), "1") if with_es else {}
    return {"disabled": "0", "is_scheduled": "1", **handed}


def es_actions(settings: Mapping[str, object]) -> List[str]:
    """The actions of Enterprise Security that a search is prepared for: those it has parameters of."""
    return [action for action in _ES_ACTIONS if any(key.startswith(f"{action}.param.") for key in settings)]
