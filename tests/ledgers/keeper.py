"""okta_itdr_expire, started by an emulated splunkd or by hand, and the collections it may touch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List

from shipped import Done, Splunk

from lab.schedule.dispatch import ActionError, Alert, Job
from lab.schedule.saved_search import saved_search
from lab.schedule.window import Window
from lab.splunkd.instance import Instance
from lab.splunkd.results_csv import write_results

APP = "TA_okta_itdr"
SEARCH = "Okta ITDR - Retention - Gen"
SESSIONS = "okta_itdr_session_ledger"
CHECKPOINTS = "okta_itdr_checkpoints"
NOW = 1772400000
DAY = 86400
COLUMNS = ["collection", "time_field", "before"]


def row(before: object = NOW - 90 * DAY, collection: object = SESSIONS, time_field: object = "last_seen") -> dict:
    """A row of the search; None leaves the column empty."""
    return dict(zip(COLUMNS, (collection, time_field, before)))


@dataclass(frozen=True)
class Ran:
    """`said`: the errors an admin reads, one a line."""

    failed: bool
    said: List[str]


class Keeper:
    """`instance` and what its collections hold."""

    def __init__(self, instance: Instance, python: Path) -> None:
        self.instance = instance
        self._python = python

    def put(self, collection: str, *documents: dict) -> None:
        self.instance.kvstore.collection(APP, collection).batch_save(documents)

    def left(self, collection: str = SESSIONS) -> List[str]:
        """The keys of its documents."""
        return sorted(document["_key"] for document in self.instance.kvstore.collection(APP, collection).documents())

    def everything(self) -> Dict[str, List[dict]]:
        """Every collection of every app."""
        apps = self.instance.apps.names
        store = self.instance.kvstore
        return {f"{app}/{name}": store.collection(app, name).documents() for app in apps for name in store.names(app)}

    def search(self) -> Job:
        """The saved search with its action, as the scheduler runs it."""
        (saved,) = [saved for saved in self.instance.saved_searches(APP) if saved.title == SEARCH]
        return self.instance.run(saved, self.instance.clock.now())

    def act(self, *rows: dict) -> Ran:
        """The action for rows of any search, as splunkd runs it."""
        saved = saved_search(APP, SEARCH, {"search": "| makeresults", "action.okta_itdr_expire": "1"})
        log = self.instance.log.file
        before = len(log.read_text()) if log.exists() else 0
        alert = Alert(saved, f"scheduler__nobody__{APP}__RMD5abc_at_{NOW}_12", Window(NOW), list(rows), COLUMNS)
        failed = False
        try:
            self.instance.act("okta_itdr_expire", alert)
        except ActionError:
            failed = True
        written = log.read_text()[before:] if log.exists() else ""
        return Ran(failed, [line.split("STDERR - ", 1)[1] for line in written.splitlines() if "STDERR - " in line])

    def start(self, home: Path, *rows: dict, cut: bool = False, **payload: str) -> Done:
        """The action started by hand, with another payload than splunkd's."""
        results = home / "results.csv.gz"
        write_results(results, rows, COLUMNS)
        if cut:  # as a full disk leaves them
            whole = results.read_bytes()
            results.write_bytes(whole[: len(whole) // 2])
        payload = {
            "results_file": str(results),
            "server_uri": self.instance.uri,
            "session_key": self.instance.session_key,
            "sid": f"scheduler__nobody__{APP}__RMD5abc_at_{NOW}_12",
            "search_name": SEARCH,
            **payload,
        }
        splunk = Splunk(home / "apart", self.instance.apps.folder / APP, self._python)
        return splunk.run("okta_itdr_expire.py", "--execute", stdin=json.dumps(payload))

    def logged(self) -> List[str]:
        """What the action told of its work."""
        lines = (self.instance.home / "var/log/splunk/ta_okta_itdr_okta_itdr_expire.log").read_text().splitlines()
        return [line[line.index("search_name=") :] for line in lines if "removed=" in line]
