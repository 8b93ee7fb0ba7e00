"""`search` and `filter` of the directory: the System Log's SCIM, over the attributes that an endpoint knows."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import FrozenSet, Iterable, List, Optional

from lab.okta import filter as scim
from lab.okta.directory.call import Json
from lab.okta.event import published
from lab.okta.exchange import Refusal

TIMES = frozenset({"created", "activated", "statusChanged", "lastLogin", "lastUpdated", "passwordChanged"})
USER = TIMES | {"id", "status", "type.id", "profile."}  # a dot at the end: whatever follows

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMED = re.compile(r"([A-Za-z][\w.]*)\s+(?:eq|ne|sw|ew|co|gt|ge|lt|le|pr)\b", re.IGNORECASE)
_TIMED = re.compile(rf'\b({"|".join(sorted(TIMES))})(\s+\w\w\s+)"([^"]*)"')


def chosen(items: Iterable[Json], text: Optional[str], attributes: FrozenSet[str]) -> List[Json]:
    """Those that a request's `filter` lets through; all where it has none."""
    if text is None:
        return list(items)
    matches = predicate(text, attributes)
    return [item for item in items if matches(item)]


def predicate(text: str, attributes: FrozenSet[str]) -> scim.Predicate:
    for name in _NAMED.findall(_TEXT.sub('""', text)):
        if name not in attributes and name.split(".")[0] + "." not in attributes:
            raise Refusal(400, "E0000031", f"Invalid search criteria: {name}")
    try:
        return scim.parse(_TIMED.sub(_as_answered, text))
    except scim.BadOperator as error:
        raise Refusal(400, "E0000031", f"Invalid search criteria: {error}") from error
    except scim.BadFilter as error:
        raise Refusal(400, "E0000053", f"Invalid filter: {error}") from error


def _as_answered(match: re.Match) -> str:
    """The time as users carry it, so that the texts compare as the times do."""
    name, operator, text = match.groups()
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refusal(400, "E0000030", f"Invalid date: {text}") from error
    return f'{name}{operator}"{published((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp())}"'
