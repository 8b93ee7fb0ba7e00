"""A page of the System Log: a JSON array, cut into its events' original text.

The text of an event is a slice of what Okta sent: parsing and writing it again would change spaces,
escapes and numbers, cost licence volume, and make evidence something Okta never said.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import NamedTuple, Optional

from okta_itdr.collect.moments import epoch


class PageError(Exception):
    """The body is no JSON array; the text says where it stops being one."""


BYTES = 8  # of a digest: two of a million uuids share one once in forty million times


class LogEvent(NamedTuple):
    """One element of the page. `odd` says what is wrong with it, be it a control character; it is kept all the same.

    `digest`: `BYTES` bytes that stand for its uuid wherever it is remembered.
    """

    raw: str
    uuid: Optional[str]
    digest: Optional[bytes]
    published: Optional[str]
    time: Optional[float]
    odd: Optional[str]


_scan = json.JSONDecoder().scan_once
_scan_loosely = json.JSONDecoder(strict=False).scan_once
_skip = re.compile(r"[ \t\r\n]*").match


def read_page(body: bytes) -> list[LogEvent]:
    """The events of a page in Okta's order. Raises PageError when the body is not a whole JSON array."""
    # An invalid byte becomes U+FFFD: one spoilt letter instead of a collector that never gets past it.
    text = body.decode("utf-8", "replace")
    spoilt = "\ufffd" in text
    at = _skip(text, 0).end()
    if text[at : at + 1] != "[":
        raise PageError(f"it does not begin as a list but as {text[at : at + 40]!r}")
    events: list[LogEvent] = []
    at = _skip(text, at + 1).end()
    if text[at : at + 1] == "]":
        return _whole(text, at, events)
    while True:
        wrong = None
        try:
            element, end = _scan(text, at)
        except (StopIteration, ValueError, RecursionError):
            element, end = _loosely(text, at, len(events))
            wrong = "it holds a control character"
        events.append(_event(text[at:end], element, spoilt, wrong))
        if text.startswith(",{", end):  # as Okta writes: nothing to skip
            at = end + 1
            continue
        at = _skip(text, end).end()
        mark = text[at : at + 1]
        if mark == "]":
            return _whole(text, at, events)
        if mark != ",":
            raise PageError(f"it breaks off after {len(events)} events, at character {at} of {len(text)}")
        at = _skip(text, at + 1).end()


def _loosely(text: str, at: int, before: int) -> tuple[object, int]:
    """A control character in a string is no reason to refuse a page for ever."""
    try:
        return _scan_loosely(text, at)
    except (StopIteration, ValueError, RecursionError):
        raise PageError(f"element {before + 1} at character {at} of {len(text)} is no JSON") from None


def _whole(text: str, end: int, events: list[LogEvent]) -> list[LogEvent]:
    if text[end + 1 :].strip():
        raise PageError(f"something follows the list at character {end + 1}")
    return events


def _event(raw: str, element: object, spoilt: bool, odd: Optional[str]) -> LogEvent:
    if not isinstance(element, dict):
        return LogEvent(raw, None, None, None, None, "it is no object")
    uuid, published = element.get("uuid"), element.get("published")
    if not isinstance(uuid, str) or not uuid:
        uuid, odd = None, odd or "it has no uuid"
    time = epoch(published)
    if time is None:
        published, odd = None, odd or "its published is no time"
    if spoilt and "\ufffd" in raw:
        odd = odd or "it holds a byte that is no UTF-8, or the sign that stands for one"
    digest = None if uuid is None else blake2b(uuid.encode("utf-8", "surrogatepass"), digest_size=BYTES).digest()
    return LogEvent(raw, uuid, digest, published, time, odd)
