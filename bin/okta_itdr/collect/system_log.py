"""The System Log, by Okta's polling cursor.

`since` once, then every answer's next link for ever; never `until`. Asked so, Okta goes by the time it
*stored* an event and gives each one, the late ones too, and a next link even with an empty page
(System Log query guide, "Transferring data to a separate system").
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Mapping, NamedTuple, Optional

from okta_itdr.collect.checkpoint import Checkpoint
from okta_itdr.collect.page import LogEvent, PageError, epoch, read_page
from okta_itdr.collect.recent import RecentUuids
from okta_itdr.collect.run import Argument, Collector, Run
from okta_itdr.okta.client import Answer
from okta_itdr.okta.errors import CursorRefused, plain, unusable
from okta_itdr.okta.fetch import fetch
from okta_itdr.okta.links import next_link
from okta_itdr.okta.rate_limit import RateLimit
from okta_itdr.trouble import Trouble

PATH = "/api/v1/logs"
PAGE_SIZE = 1000  # the most Okta gives

_START = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?")


class Page(NamedTuple):
    """An answer, read: its events and the URL that goes on after them, if it names one."""

    events: list[LogEvent]
    next: Optional[str]
    request_id: str


def collect(run: Run) -> None:
    """Write everything new since the checkpoint; returns at the first empty page or when asked to stop."""
    saved = run.checkpoint.load()
    # Shows before anything is written that the place after it can be kept: a page written again
    # every minute because the disk is full would cost more than one that waits.
    run.checkpoint.save(saved)
    limit = RateLimit()
    url = saved.next or _first_url(run, limit)
    recent = RecentUuids(saved.uuids)
    while url and not run.stop.requested:
        page = _page(run, url, limit, saved.hw)
        if page is None:
            return
        _name_odd_ones(run, page)
        fresh = recent.fresh(page.events)
        if fresh:
            run.output.write(fresh)
        if len(fresh) < len(page.events):
            run.log.info("Left out %d events that had been written before.", len(page.events) - len(fresh))
        now = Checkpoint(page.next or url, _high_water(saved.hw, page.events), str(recent))
        if now != saved:
            run.checkpoint.save(now)
        if fresh:
            run.ingested(len(fresh))
        if not page.events or now.next == url:
            return  # read to the end; a page with events but no way on is asked again next time
        saved, url = now, now.next


def _first_url(run: Run, limit: RateLimit) -> Optional[str]:
    """Where an input without a checkpoint begins: at its start date, else now; None when asked to stop."""
    start = run.settings.get("start")
    if start:
        return _since(run, _moment(start))
    # "Now" is Okta's: any answer tells it. Kept at once, or a failing first poll would move it.
    url = run.client.url(PATH, limit=1)
    now = fetch(run.client, url, _date, limit, run.stop.sleep, run.log)
    if now is None:
        return None
    first = _since(run, now)
    run.checkpoint.save(Checkpoint(next=first))
    return first


def _since(run: Run, moment: str) -> str:
    return run.client.url(PATH, since=moment, limit=PAGE_SIZE, sortOrder="ASCENDING")


def _date(answer: Answer) -> str:
    try:
        moment = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, TypeError, ValueError):
        raise unusable(answer, "it has no Date header") from None
    return _iso(moment)


def _page(run: Run, url: str, limit: RateLimit, high_water: str) -> Optional[Page]:
    def read(answer: Answer) -> Page:
        try:
            events = read_page(answer.body)
        except PageError as error:
            raise unusable(answer, str(error)) from None
        link = next_link(answer.headers.getlist("Link"), run.client.origin)
        return Page(events, link, plain(answer.headers.get("X-Okta-Request-Id")))

    try:
        return fetch(run.client, url, read, limit, run.stop.sleep, run.log)
    except CursorRefused as refused:
        since = f"start date {high_water}" if high_water else "a start date"
        raise CursorRefused(
            f"{refused}. Create a new input for this account with {since}, then delete this one; what both bring has "
            "one uuid."
        ) from None


def _name_odd_ones(run: Run, page: Page) -> None:
    """An event that is not as Okta describes it is written like any other, and named here."""
    for position, event in enumerate(page.events, 1):
        if event.odd:
            run.log.warning(
                "Event %d of the page of request %s (uuid %s) is odd: %s. It was written as Okta sent it.",
                position,
                page.request_id or "unknown",
                plain(event.uuid) or "none",
                event.odd,
            )


def _high_water(before: str, events: list[LogEvent]) -> str:
    """The latest `published` so far: late events come after younger ones."""
    latest = max((event for event in events if event.time is not None), key=lambda event: event.time, default=None)
    return latest.published if latest and latest.time > (epoch(before) or 0.0) else before


def _moment(start: str) -> str:
    """A start date as Okta wants it. Raises Trouble when it is none."""
    text = start.strip()
    try:
        if not _START.fullmatch(text):
            raise ValueError
        seconds, _, fraction = text.rstrip("Z").partition(".")
        moment = datetime.fromisoformat(seconds).replace(tzinfo=timezone.utc)
    except ValueError:
        raise Trouble(
            f"The start date {start!r} is none: give a day (2026-10-01) or a moment in UTC (2026-10-01T08:00:00Z)."
        ) from None
    return _iso(moment.replace(microsecond=int(fraction.ljust(6, "0")) if fraction else 0))


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def validate(settings: Mapping[str, str]) -> None:
    """Refuse, when the input is saved, what could never be collected."""
    if not settings.get("account"):
        raise Trouble("The input has no account: choose one that is saved on the Account page.")
    if settings.get("start"):
        _moment(settings["start"])


SYSTEM_LOG = Collector(
    scheme="okta_system_log",
    title="Okta System Log",
    description="Every event of an Okta tenant's System Log, late ones included, as Okta sent it.",
    sourcetype="OktaIM2:log",
    arguments=(
        Argument("account", "Account", "The account to collect with, as saved on the Account page.", required=True),
        Argument(
            "start",
            "Start date",
            "Where the first run begins, in UTC (2026-10-01 or 2026-10-01T08:00:00Z). Empty: at that moment.",
            required=False,
        ),
    ),
    validate=validate,
    collect=collect,
)
