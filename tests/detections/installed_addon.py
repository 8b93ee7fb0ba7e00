"""The packaged add-on in an emulated Splunk, with events that a test writes and saved searches that it runs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Iterable, Iterator, List

from lab.cli.installed import APP, installed
from lab.clock import Clock
from lab.schedule.dispatch import Job, dispatch
from lab.schedule.saved_search import SavedSearch
from lab.schedule.window import Window
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

ANY = "Okta ITDR - Log Completeness - Report"  # lends a search of the test's own its app and owner
TENANT = "acme.okta.com"
LOG = "OktaIM2:log"


def moment(text: str) -> float:
    """Epoch seconds of `2026-03-10T12:00:00Z`."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def iso(time: float) -> str:
    """Okta's time text."""
    return datetime.fromtimestamp(time, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


class Addon:
    """`instance`'s index, saved searches and collections."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    @property
    def clock(self) -> Clock:
        return self._instance.clock

    def index(self, sourcetype: str, events: List[dict], tenant: str = TENANT) -> None:
        """As they come from an input: JSON without spaces; the time is read from the event by our props."""
        raws = [json.dumps(event, separators=(",", ":"), ensure_ascii=False) for event in events]
        scheme = "okta_inventory" if sourcetype.startswith("okta_itdr:inventory:") else "okta_system_log"
        arrivals = [Arrival(raw, "main", sourcetype, f"{scheme}://main", tenant) for raw in raws]
        assert self._instance.index(arrivals) == len(events)

    def run(self, title: str, at: float) -> List[dict]:
        """The rows of a saved search as the scheduler runs it then; lists stay lists, the rest is text."""
        return _rows(self._instance.run(self._saved(title), at))

    def run_over(self, title: str, earliest: float, latest: float, at: float) -> List[dict]:
        """The same by hand, over a range of time of the person's own."""
        return self._dispatch(self._saved(title), Window(now=at, earliest=earliest, latest=latest))

    def written_again(self, backfill: str, date: str, at: float) -> int:
        """How many documents a Backfill search writes over stretches of a day that overlap and leave none of it out."""
        midnight, hour = moment(f"{date}T00:00:00Z"), 3600.0
        stretches = [(midnight + begin * hour, midnight + (begin + 5) * hour) for begin in range(0, 24, 3)]
        return sum(told["written"] for stretch in stretches for told in self.run_over(backfill, *stretch, at))

    def search(self, spl: str, at: float, earliest: float = 0.0) -> List[dict]:
        """The rows of a search in the add-on's app over all time until then; lists stay lists."""
        return self._dispatch(replace(self._saved(ANY), search=spl), Window(now=at, earliest=earliest, latest=at))

    def text(self, title: str) -> str:
        return self._saved(title).search

    def unschedule(self, title: str) -> None:
        """A saved search that can be run, and does nothing by itself."""
        self._instance.configure(APP, "savedsearches", title, {"disabled": "0", "enableSched": "0"})

    def _saved(self, title: str) -> SavedSearch:
        (saved,) = [saved for saved in self._instance.saved_searches(APP) if saved.title == title]
        return saved

    def _dispatch(self, saved: SavedSearch, window: Window) -> List[dict]:
        return _rows(dispatch(saved, window, self._instance.head, lambda *_: None))

    def write(self, collection: str, *documents: dict) -> None:
        """Into a collection of the add-on, as an admin or an action would; a known _key is replaced."""
        for document in documents:
            self._instance.kvstore.collection(APP, collection).upsert(document)

    def documents(self, collection: str) -> Dict[str, dict]:
        return {
            document["_key"]: document for document in self._instance.kvstore.collection(APP, collection).documents()
        }


def _rows(job: Job) -> List[dict]:
    assert job.error is None, job.error
    return [{name: value for name, value in row.items() if value is not None} for row in job.rows]


@contextmanager
def addon(now: float) -> Iterator[Addon]:
    with installed(start=now) as instance:
        yield Addon(instance)


def after_each(
    generator: str,
    parts: Iterable[Any],
    now: float,
    write: Callable[[Addon, Any], None] = lambda splunk, part: splunk.index(LOG, part),
) -> Iterator[Addon]:
    """The add-on after each part of the events has arrived (by `write`) and the Gen search has run, ten minutes from
    part to part."""
    with addon(now) as splunk:
        for number, part in enumerate(parts):
            splunk.clock.set(now + 600 * number)
            write(splunk, part)
            splunk.run(generator, now + 600 * number + 60)
            yield splunk
