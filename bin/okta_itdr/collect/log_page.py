"""An answer of GET /api/v1/logs, read: its events and the way on."""

from __future__ import annotations

from logging import Logger
from typing import Callable, List, NamedTuple, Optional

from okta_itdr.collect.page import LogEvent, PageError, read_page
from okta_itdr.okta.answer import Answer
from okta_itdr.okta.errors import unusable
from okta_itdr.okta.links import next_link
from okta_itdr.trouble import plain

PATH = "/api/v1/logs"
SIZE = 1000  # the most Okta gives
KEPT_DAYS = 90  # then Okta forgets


class LogPage(NamedTuple):
    """`next`: the URL that goes on after these events, if the answer names one."""

    events: List[LogEvent]
    next: Optional[str]
    request_id: str


def reader(origin: str) -> Callable[[Answer], LogPage]:
    """Reads answers of the tenant at `origin`. Raises UnusableAnswer and ForeignLink."""

    def read(answer: Answer) -> LogPage:
        try:
            events = read_page(answer.body)
        except PageError as error:
            raise unusable(answer, str(error)) from None
        link = next_link(answer.headers.getlist("Link"), origin)
        return LogPage(events, link, plain(answer.headers.get("X-Okta-Request-Id")))

    return read


def name_odd_events(page: LogPage, log: Logger) -> None:
    """An event that is not as Okta describes it is written like any other, and named here."""
    for position, event in enumerate(page.events, 1):
        if event.odd:
            log.warning(
                "Event %d of the page of request %s (uuid %s) is odd: %s. It was written as Okta sent it.",
                position,
                page.request_id or "unknown",
                plain(event.uuid) or "none",
                event.odd,
            )
