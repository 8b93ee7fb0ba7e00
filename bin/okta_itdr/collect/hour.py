"""One hour of Okta's log, read by a range from its beginning to its end."""

from __future__ import annotations

from array import array
from hashlib import sha256
from typing import TYPE_CHECKING, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from okta_itdr.collect.delivery import Closed
from okta_itdr.collect.log_page import PATH, SIZE, LogPage, name_odd_events
from okta_itdr.collect.moments import iso
from okta_itdr.collect.page import LogEvent
from okta_itdr.okta.answer import Answer

if TYPE_CHECKING:
    from okta_itdr.collect.run import Run

SECONDS = 3600


def hour_pages(
    run: Run, read: Callable[[Answer], LogPage], hour: int, link: Optional[str] = None
) -> Iterator[Tuple[List[LogEvent], str]]:
    """Page by page: events published in an hour (hours since 1970), and the link that goes on, empty after the last.

    `link`: an earlier one, to go on with. Events without a uuid or time belong to no hour. A millisecond more on both
    sides is asked for: whether bounds are inclusive is then all the same. Raises Closed when asked to stop, and what
    `run.fetch` raises.
    """
    since, until = hour * SECONDS, (hour + 1) * SECONDS
    if link is None:
        link = run.client.url(
            PATH,
            since=iso(since - 0.001),
            until=iso(until + 0.001),
            limit=SIZE,
            sortOrder="ASCENDING",
            filter=run.filter,
        )
    while link:
        page = run.fetch(link, read, backfill=True)
        if page is None:
            raise Closed
        name_odd_events(page, run.log)
        link = (page.next or "") if page.events else ""
        yield (
            [event for event in page.events if event.uuid and event.time is not None and since <= event.time < until],
            link,
        )


class HourCount:
    """How many distinct uuids an hour has, and their digest: in 8 bytes each, however many there are."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def add(self, events: Iterable[LogEvent]) -> None:
        hashes = (sha256(event.uuid.encode("utf-8", "surrogatepass")).digest()[:8] for event in events)
        self._hashes.extend(int.from_bytes(each, "big") for each in hashes)

    def told(self) -> Dict[str, int]:
        """`count` and `digest`; in SPL sum(tonumber(substr(sha256(uuid), 1, 8), 16)), exact up to 2 million uuids."""
        count = digest = 0
        last = -1
        for each in sorted(self._hashes):
            if each != last:
                count, digest, last = count + 1, digest + (each >> 32), each
        return {"count": count, "digest": digest}
