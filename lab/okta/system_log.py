"""`GET /api/v1/logs` with Okta's polling and range semantics.

Facts: facts/okta-api.md sections 2 and 2.4. Without `until` and ascending, a request polls: events in
the order of persistence, and a `next` link for ever. Otherwise it reads a range: by `published`, and
the last page has no `next`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import parse_qsl, urlencode

import orjson

from lab.okta import filter as log_filter
from lab.okta.exchange import Headers, Refusal, Request
from lab.okta.log import EventLog

LOGS = "/api/v1/logs"
_DAY = 86400.0
_PARAMETERS = {"since", "until", "after", "limit", "sortOrder", "filter", "q"}
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$")


class Cursor(NamedTuple):
    """What an `after` holds. Polling: the next position. A range: its bounds and the last event given."""

    polling: bool
    position: int
    published: float = 0.0
    since: float = 0.0
    until: float = 0.0
    descending: bool = False
    filter: str = ""
    q: str = ""
    generation: int = 0  # cursors of an earlier one have expired

    def token(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(self), separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> Cursor:
        try:
            values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            cursor = cls(*values)
            if not isinstance(cursor.position, int) or cursor.position < 0:
                raise ValueError(token)
            return cursor
        except (ValueError, TypeError, binascii.Error) as error:
            raise Refusal(400, "E0000029", "Invalid paging request.") from error


class SystemLog:
    """Answers from `log`."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._generation = 0

    def expire_cursors(self) -> None:
        """Refuse every cursor given until now, from now on."""
        self._generation += 1

    def page(self, request: Request, now: float) -> Tuple[bytes, Headers]:
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        unknown = set(given) - _PARAMETERS
        if unknown:
            raise Refusal(400, "E0000001", f"Api validation failed: {', '.join(sorted(unknown))}")
        limit = _limit(given.get("limit"))
        visible = self.log.visible(now)
        cursor = self._cursor(given, now)
        wanted = _wanted(cursor)
        page, following = (_poll if cursor.polling else _range)(self.log, cursor, limit, visible, wanted)
        links = [("Link", f'<{request.url}{"?" if request.query else ""}{request.query}>; rel="self"')]
        if following:
            query = urlencode({"after": following.token(), "limit": limit})
            links.append(("Link", f'<{request.url}?{query}>; rel="next"'))
        return b"[" + b",".join(page) + b"]", links

    def _cursor(self, given: Dict[str, str], now: float) -> Cursor:
        if "after" in given:
            if "since" in given:
                raise Refusal(400, "E0000001", "Api validation failed: since and after exclude each other")
            cursor = Cursor.read(given["after"])
            if cursor.generation != self._generation:
                raise Refusal(400, "E0000029", "Invalid paging request.")
            return cursor
        order = given.get("sortOrder", "ASCENDING")
        if order not in ("ASCENDING", "DESCENDING"):
            raise Refusal(400, "E0000001", "Api validation failed: sortOrder")
        until = _time(given, "until", now)
        since = _time(given, "since", until - 7 * _DAY)
        if since < now - 180 * _DAY:
            raise Refusal(400, "E0000053", "Invalid filter: The since parameter is over 180 days prior.")
        if since > until:
            raise Refusal(400, "E0000053", "Invalid filter: since is after until.")
        more = {"filter": given.get("filter", ""), "q": given.get("q", ""), "generation": self._generation}
        if "until" in given or order == "DESCENDING":
            descending = order == "DESCENDING"
            return Cursor(False, 0, since=since, until=until, descending=descending, **more)
        return Cursor(True, self.log.since(since), **more)


Wanted = Optional[Callable[[bytes], bool]]


def _poll(log: EventLog, cursor: Cursor, limit: int, visible: int, wanted: Wanted) -> Tuple[List[bytes], Cursor]:
    page: List[bytes] = []
    position = cursor.position
    while position < visible and len(page) < limit:
        raw = log.raw(position)
        if wanted is None or wanted(raw):
            page.append(raw)
        position += 1
    return page, cursor._replace(position=position)


def _range(
    log: EventLog, cursor: Cursor, limit: int, visible: int, wanted: Wanted
) -> Tuple[List[bytes], Optional[Cursor]]:
    moments = log.range(cursor.since, cursor.until, visible)
    if cursor.descending:
        moments.reverse()
    if cursor.published:
        last = (cursor.published, cursor.position)
        moments = [moment for moment in moments if (moment < last if cursor.descending else moment > last)]
    page: List[bytes] = []
    given: Optional[Tuple[float, int]] = None
    for moment in moments:
        raw = log.raw(moment[1])
        if wanted is not None and not wanted(raw):
            continue
        if len(page) == limit:
            assert given is not None or limit == 0
            return page, cursor._replace(published=given[0], position=given[1]) if given else cursor
        page.append(raw)
        given = moment
    return page, None


def _wanted(cursor: Cursor) -> Wanted:
    """`filter` and `q` as one test of a raw event; None where neither is given."""
    if not cursor.filter and not cursor.q:
        return None
    try:
        predicate = log_filter.parse(cursor.filter) if cursor.filter else None
    except log_filter.BadOperator as error:
        raise Refusal(400, "E0000031", f"Invalid search criteria: unsupported operator {error}.") from error
    except log_filter.BadFilter as error:
        raise Refusal(400, "E0000053", f"Invalid filter: {error}.") from error
    words = [word.lower().encode() for word in cursor.q.split()]

    def wanted(raw: bytes) -> bool:
        if words and not all(word in raw.lower() for word in words):
            return False
        return predicate is None or predicate(orjson.loads(raw))

    return wanted


def _limit(text: Optional[str]) -> int:
    if text is None:
        return 100
    if not text.isdigit() or int(text) > 1000:
        raise Refusal(400, "E0000001", "Api validation failed: limit must be between 0 and 1000")
    return int(text)


def _time(given: Dict[str, str], name: str, default: float) -> float:
    """Epoch seconds of a parameter in ISO 8601 with an offset."""
    if name not in given:
        return default
    match = _TIME.match(given[name].replace(" ", "+"))  # a plus that the client did not encode
    try:
        if not match:
            raise ValueError(given[name])
        seconds, fraction, zone = match.groups()
        zone = "+0000" if zone == "Z" else zone.replace(":", "")
        whole = datetime.strptime(seconds + zone, "%Y-%m-%dT%H:%M:%S%z").timestamp()
    except ValueError as error:
        raise Refusal(
            400, "E0000030", "Bad request. Invalid date. Dates must be of the form yyyy-MM-dd'T'HH:mm:ss.SSSZZ."
        ) from error
    return whole + float(fraction or 0)
