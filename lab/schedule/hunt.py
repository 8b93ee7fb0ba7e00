"""Hunt: every detection of an app, once, over all events, whatever its cron, window or `disabled`.

The Gen searches come first (they fill the ledgers the detections read), then the detections of rank
1 (events, ledgers), then those of rank 2 (findings too). All of them are planned together, so that
the store's events are extracted once for the union of the fields they need.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from lab.schedule.dispatch import Act, Job, dispatch
from lab.schedule.saved_search import SavedSearch
from lab.schedule.search_head import SearchHead
from lab.schedule.window import hunt_window
from lab.spl.context import Context
from lab.spl.errors import SearchError

PREFIX = "Okta ITDR - "
REGISTER = "okta_itdr_register"  # the action that every detection starts
DETECTIONS_TABLE = "okta_itdr_detections.csv"


class HuntError(Exception):
    """The app's searches cannot be put in order."""


def hunt(
    searches: Iterable[SavedSearch],
    head: SearchHead,
    last_event: float,
    act: Act,
    each_job: Callable[[Job], None] = lambda job: None,
) -> list[Job]:
    """Run the Gen searches and detections among one app's `searches`; `each_job` is told of each as it ends.

    `last_event` is the newest event's time: the hunt's *now* is a day later.
    """
    window = hunt_window(last_event)
    searches = list(searches)
    generators = sorted((saved for saved in searches if is_generator(saved)), key=lambda saved: saved.title)
    detections = [saved for saved in searches if is_detection(saved)]
    if detections:
        ranks = detection_ranks(head.context(window, detections[0].app, lambda message: None))
        detections.sort(key=lambda saved: (_rank(saved, ranks), saved.title))
    ordered = generators + detections
    for app in {saved.app for saved in ordered}:
        head.knowledge.plan([saved.search for saved in ordered if saved.app == app], app)
    jobs = []
    for saved in ordered:
        job = dispatch(saved, window, head, act)
        each_job(job)
        jobs.append(job)
    return jobs


def is_generator(saved: SavedSearch) -> bool:
    """Whether it fills a ledger; one that starts an action (retention) empties it, which a hunt does not want."""
    return saved.title.startswith(PREFIX) and saved.title.endswith(" - Gen") and not saved.actions


def is_detection(saved: SavedSearch) -> bool:
    return saved.title.startswith(PREFIX) and saved.title.endswith(" - Rule")


def detection_ranks(context: Context) -> dict[str, int]:
    """Stanza name → rank, from the app's table of detections (columns `search` and `rank`)."""
    try:
        return {str(row["search"]): int(row["rank"]) for row in context.read_table(DETECTIONS_TABLE)}
    except SearchError as error:
        raise HuntError(f"the app's detections cannot be put in order: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise HuntError(f"{DETECTIONS_TABLE} needs a name in `search` and a number in `rank`: {error!r}") from error


def _rank(saved: SavedSearch, ranks: dict[str, int]) -> int:
    if REGISTER not in saved.actions:
        raise HuntError(f"the detection [{saved.title}] does not enable action.{REGISTER}: its findings would be lost")
    try:
        return ranks[saved.title]
    except KeyError:
        raise HuntError(f"the detection [{saved.title}] is missing in {DETECTIONS_TABLE}") from None
