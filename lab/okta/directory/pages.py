"""Okta's two paginations: Link headers, and `_links.next` in the body (facts/okta-api 3).

An `after` names the last one given and how many were, not a place: what is deleted or added behind it moves
nothing before it. Both links keep every parameter of the request.
"""

from __future__ import annotations

import base64
import binascii
import json
from itertools import islice
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import urlencode

from lab.okta.directory.call import Call, Json, invalid
from lab.okta.exchange import Refusal

Key = Tuple[Any, ...]


class Page(NamedTuple):
    items: List[Json]
    after: Optional[str]  # None on the last page


def by_id(item: Json) -> Key:
    return (item["id"],)


def linked(call: Call, items: Sequence[Json], default: int, most: int, key: Callable[[Json], Key] = by_id) -> list:
    """The page asked for, as a list; its links go into the answer's headers. `items` in any order."""
    page = cut(sorted(items, key=key), Cursor.of(call), limit(call, default, most), key)
    link(call, page.after)
    return page.items


def embedded(call: Call, name: str, items: Sequence[Json], default: int, most: int) -> Json:
    """The page asked for, under `name`, with its next link beside it."""
    page = cut(sorted(items, key=by_id), Cursor.of(call), limit(call, default, most), by_id)
    links = {"next": {"href": _next(call, page.after)}} if page.after else {}
    return {name: page.items, "_links": links}


class Cursor(NamedTuple):
    key: Optional[Key] = None
    given: int = 0

    def token(self) -> str:
        text = json.dumps([self.key, self.given], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, call: Call) -> Cursor:
        after = call.query.get("after")
        if after is None:
            return cls()
        try:
            key, given = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
            if not isinstance(given, int):
                raise ValueError(given)
            return cls(tuple(key), given)
        except (ValueError, TypeError, binascii.Error) as error:
            raise Refusal(400, "E0000029", "Invalid paging request.") from error


def cut(items: Sequence[Json], cursor: Cursor, most: int, key: Callable[[Json], Key]) -> Page:
    """Those of `items`, sorted by `key`, that follow the cursor."""
    return matching(items, cursor, most, key, lambda item: True)


def matching(
    items: Sequence[Json],
    cursor: Cursor,
    most: int,
    key: Callable[[Json], Key],
    matches: Callable[[Json], bool],
    *,
    descending: bool = False,
    last: bool = False,
) -> Page:
    """As `cut`, of those that match alone; `last`: nothing follows, whatever there is."""
    at = 0 if cursor.key is None else first_after(items, cursor.key, key, descending)
    found = list(islice(filter(matches, islice(items, at, None)), most + 1))
    page = found[:most]
    if last or len(found) <= most:
        return Page(page, None)
    return Page(page, Cursor(key(page[-1]), cursor.given + len(page)).token())


def first_after(items: Sequence[Json], wanted: Key, key: Callable[[Json], Key], descending: bool = False) -> int:
    """bisect_right with a key, which Python 3.9 has not."""
    low, high = 0, len(items)
    try:
        while low < high:
            middle = (low + high) // 2
            here = key(items[middle])
            if here < wanted if descending else wanted < here:
                high = middle
            else:
                low = middle + 1
    except TypeError as error:  # a cursor of another list
        raise Refusal(400, "E0000029", "Invalid paging request.") from error
    return low


def limit(call: Call, default: int, most: int) -> int:
    text = call.query.get("limit")
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid("limit")
    return int(text)


def link(call: Call, after: Optional[str]) -> None:
    query = call.request.query
    call.headers.append(("Link", f'<{call.request.url}{"?" if query else ""}{query}>; rel="self"'))
    if after:
        call.headers.append(("Link", f'<{_next(call, after)}>; rel="next"'))


def _next(call: Call, after: Optional[str]) -> str:
    kept = {name: value for name, value in call.query.items() if name != "after"}
    return f"{call.request.url}?{urlencode({'after': after, **kept})}"
