"""The System Log input: the live log first and always; beside it its past, and the audit of what is behind it."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Mapping, Optional

from okta_itdr.collect import backfill
from okta_itdr.collect.argument import Argument
from okta_itdr.collect.asked_hours import AskedHours
from okta_itdr.collect.audit import AUDIT, Audit
from okta_itdr.collect.backfill import BACKFILL, Backfill
from okta_itdr.collect.live import Live, Place, first_url, read_place
from okta_itdr.collect.log_page import PATH
from okta_itdr.collect.moments import iso
from okta_itdr.collect.run import ACCOUNT, CHECKPOINT, GENERATION, Collector, Run
from okta_itdr.collect.supervisor import supervise, tell_health
from okta_itdr.trouble import Trouble

LIVE = "live"
RUN_SECONDS = 50 * 60  # at most; the next run reads the settings anew

_START = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?")


def collect(run: Run) -> None:
    """Write everything new since the checkpoint, and what is left of the past.

    Returns when the live log is read to its end and neither backfill nor audit has work, when asked to stop, or
    after RUN_SECONDS; with an access token in hand it goes on polling until then, or each poll would cost a token.
    """
    try:
        place = _begin(run)
        if place is not None:
            _Collection(run, place).run()
    except Trouble as trouble:
        _report(run, trouble)
        raise
    _report(run)


class _Collection:
    """Live log, backfill and audit, each in a thread of its own."""

    def __init__(self, run: Run, place: Place) -> None:
        self._run = run
        self._ends = time.monotonic() + RUN_SECONDS
        self._live = Live(run, run.checkpoint(LIVE), place)
        self._beside = (Backfill(run, run.checkpoint(BACKFILL)), Audit(run, run.checkpoint(AUDIT)))

    def run(self) -> None:
        supervise(self._run, self._poll, lambda: _report(self._run), self._beside)

    def _poll(self) -> None:
        while self._live.collect() and self._stays():
            self._start_beside()
            if not self._rest():
                return

    def _start_beside(self) -> None:
        for work in self._beside:
            work.start()

    def _stays(self) -> bool:
        worth_it = any(work.due for work in self._beside) or self._run.client.authentication.renewed_by_itself
        return worth_it and time.monotonic() < self._ends

    def _rest(self) -> bool:
        """Until the next poll is due, or earlier when only other work had kept us; False when asked to stop."""
        until = time.monotonic() + self._run.interval
        while time.monotonic() < until:
            if not self._run.stop.sleep(min(0.2, max(until - time.monotonic(), 0))):
                return False
            self._start_beside()
            if not self._stays():
                return True
        return True


def _begin(run: Run) -> Optional[Place]:
    """Where the live log stands; an input without a checkpoint begins at Okta's now, its past at the start date.

    None when asked to stop before Okta has told its time.
    """
    place = read_place(run.checkpoint(LIVE))
    if place is not None and place.generation == run.generation:
        return place
    # "Now" is Okta's. Kept at once, or a failing first poll would move it.
    now = run.ask_the_time(run.client.url(PATH, limit=1))
    if now is None:
        return None
    if place is not None:
        run.log.warning("The input was told to begin again: its place in the log is given up.")
        run.delivery.hours.delete()
    since = iso(now)
    start = run.settings.get("start")
    # The backfill's record first: killed between the two, the next run plans it anew.
    backfill.plan(run, run.checkpoint(BACKFILL), start_moment(start) if start else now, now)
    place = Place(
        since=since,
        next=first_url(run, since),
        seam=iso(now + backfill.SEAM_SECONDS) if start else "",
        filter=run.filter,
        generation=run.generation,
    )
    run.checkpoint(LIVE).save(asdict(place))
    return place


def _report(run: Run, trouble: Optional[Trouble] = None) -> None:
    with suppress(Trouble):  # the same that ends the run, if any
        minute = run.fetch.limits.of(PATH).read()
        run.health.state(
            rate_limit=round(minute.limit) if minute.limit >= 0 else None,
            rate_remaining=round(minute.remaining) if minute.remaining >= 0 else None,
            waited_seconds=round(run.fetch.waited),
        )
    tell_health(run, trouble)


def start_moment(start: str) -> float:
    """Epoch seconds of a start date. Raises Trouble when it is none."""
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
    return moment.timestamp() + (float(f"0.{fraction}") if fraction else 0)


def validate(settings: Mapping[str, str]) -> None:
    """Raises Trouble for a start date, a filter or hours that cannot be."""
    if settings.get("start"):
        start_moment(settings["start"])
    AskedHours().request(settings.get("collect_again") or "")
    if re.search(r"\bpublished\b", settings.get("filter") or ""):
        raise Trouble("The filter names `published`, which Okta does not filter by: use the start date instead.")


SYSTEM_LOG = Collector(
    scheme="okta_system_log",
    title="Okta System Log",
    description="Every event of an Okta tenant's System Log, late ones included, as Okta sent it.",
    parts=(LIVE, BACKFILL, AUDIT),
    scopes=("okta.logs.read",),
    every_scope=True,
    arguments=(
        ACCOUNT,
        Argument(
            "start",
            "Start date",
            "From when on the past is collected too, in UTC (2026-10-01 or 2026-10-01T08:00:00Z). Empty: none of it.",
            required=False,
        ),
        Argument("filter", "Filter", "An Okta filter expression: only matching events are collected.", required=False),
        CHECKPOINT,
        Argument(
            "audit",
            "Compare with Okta",
            "1 or 0: whether each hour is read once more three hours after its end, and what is missing collected.",
            required=False,
        ),
        Argument(
            "collect_again",
            "Hours to collect again",
            "Set by the Inputs page: a request's id and hours in UTC.",
            required=False,
        ),
        GENERATION,
    ),
    validate=validate,
    collect=collect,
)
