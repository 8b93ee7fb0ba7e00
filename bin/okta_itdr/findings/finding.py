"""A finding as a document: made of a detection's row, merged with what was known."""

from __future__ import annotations

import math
import re
from typing import Dict, List, Mapping, Optional, Union

from okta_itdr.trouble import Trouble

SEVERITIES = ("informational", "low", "medium", "high", "critical")

TEXTS = ("incident_key", "title", "tenant", "user", "src_ip", "session_id", "message")
LISTS = ("evidence", "reasons", "mitre_attack")
# Without these a row is no finding.
NEEDED = ("finding_id", "detection_id", "severity", "risk_score", "first_time", "last_time")
NUMBERS = ("risk_score", "first_time", "last_time")

Document = Dict[str, Union[str, float, List[str]]]


class NotAFinding(Trouble):
    """A row of a detection lacks what makes it a finding: a mistake in the search."""


def finding(row: Mapping[str, Union[str, List[str]]]) -> Document:
    """The document of a row, `_key` = finding_id: numbers as numbers, lists as lists, no other columns.

    A text that the row does not have is left out (null), so that grouping by it drops the finding instead
    of throwing all such findings together. Raises NotAFinding.
    """
    missing = [column for column in NEEDED if not row.get(column)]
    if missing:
        raise NotAFinding(f"a row has no {', '.join(missing)}")
    document: Document = {}
    for column in ("finding_id", "detection_id", "severity", *TEXTS):
        value = row.get(column)
        if isinstance(value, list):
            raise NotAFinding(f"{column} has {len(value)} values where one is meant ({row['finding_id']})")
        if value:
            document[column] = value
    document["_key"] = document["finding_id"]
    if document["severity"] not in SEVERITIES:
        raise NotAFinding(f"severity {document['severity']!r} is none of {', '.join(SEVERITIES)}")
    for column in NUMBERS:
        document[column] = _number(column, row[column])
    for column in LISTS:
        value = row.get(column) or []
        document[column] = list(dict.fromkeys(value if isinstance(value, list) else [value]))
    # The lookup of detections has them in one text: T1539,T1550.004
    techniques = [
        technique for text in document["mitre_attack"] for technique in re.split(r"[,\s]+", text) if technique
    ]
    document["mitre_attack"] = list(dict.fromkeys(techniques))
    return document


def merge(known: Optional[Document], new: Document) -> Document:
    """What is known after `new`: evidence grows, severity and score never fall, the span of time widens.

    The words are those of `new` when it knows more than before (more evidence, worse, or worse by score),
    else what was said stays said: a window that has moved on sees less of the same thing.
    """
    if known is None:
        return new
    more = _knows_more(known, new)
    merged = {**known, **new} if more else {**new, **known}
    for column in LISTS:
        merged[column] = list(dict.fromkeys([*known.get(column, []), *new[column]]))
    merged["severity"] = max(known["severity"], new["severity"], key=SEVERITIES.index)
    merged["risk_score"] = max(known["risk_score"], new["risk_score"])
    merged["first_time"] = min(known["first_time"], new["first_time"])
    merged["last_time"] = max(known["last_time"], new["last_time"])
    return merged


def _knows_more(known: Document, new: Document) -> bool:
    return (
        not set(new["evidence"]) <= set(known.get("evidence", []))
        or SEVERITIES.index(new["severity"]) > SEVERITIES.index(known["severity"])
        or new["risk_score"] > known["risk_score"]
    )


def _number(column: str, value: Union[str, List[str]]) -> float:
    try:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
    except (TypeError, ValueError):
        raise NotAFinding(f"{column} is {value!r} and not a number") from None
    return number
