"""An emulated Splunk with the packaged add-on, findings that its own action registered, and people who see to them."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from lab.clock import Clock
from lab.knowledge.conf import read_conf
from lab.schedule.dispatch import Alert
from lab.schedule.saved_search import saved_search
from lab.schedule.window import Window
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance
from lab.splunkd.jobs import SearchJob

APP = "TA_okta_itdr"
NOW = 1_772_400_000.0
DAY = 86400.0
TRIAGE, CHANGES, SUPPRESSIONS = "okta_itdr_triage", "okta_itdr_triage_changes", "okta_itdr_suppressions"
COPIER = "Okta ITDR - Triage Audit - Copy"
ANN, BOB, CARL, ADMIN = "ann", "bob", "carl", "admin"  # two analysts, somebody who may only read, an admin
ROLES = {ANN: "power", BOB: "power", CARL: "user", ADMIN: "admin"}


def signed_in(uuid: str, login: str, as_number: int, zone: Optional[str], time: float) -> dict:
    """An event of Okta's log: a sign-in from a network."""
    published = datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "uuid": uuid,
        "published": published,
        "eventType": "user.session.start",
        "outcome": {"result": "SUCCESS"},
        "actor": {"id": "00u1", "type": "User", "alternateId": login},
        "client": {"ipAddress": "192.0.2.7", "zone": zone},
        "securityContext": {"asNumber": as_number, "asOrg": "Example"},
        "target": [],
    }


class Found(NamedTuple):
    """What a search gave: rows, messages beside them, and why it failed."""

    rows: List[dict]
    said: List[str]
    error: str


class TriageSplunk:
    def __init__(self, folder: Path, tarball: Path, python: str) -> None:
        self.instance = Instance(folder / "splunk", Clock(folder / "clock", NOW), python)
        self.instance.install(tarball)
        self.instance.start()
        self._searches = 0
        for name, role in ROLES.items():
            self.instance.add_user(name, f"password of {name}", role)

    def stop(self) -> None:
        self.instance.stop()

    # ---- findings

    def row(self, number: int, **changed: object) -> dict:
        """A row as a detection ends; `number` tells findings apart."""
        return {
            "finding_id": f"{number:064x}",
            "incident_key": f"{number % 2:032x}",
            "detection_id": "session_hijack",
            "title": "Session used where its user never signed in",
            "severity": "high",
            "risk_score": "75",
            "tenant": "acme.okta.com",
            "user": "jo@acme.com",
            "src_ip": "192.0.2.7",
            "session_id": "102session",
            "first_time": str(NOW - 1200),
            "last_time": str(NOW - 600),
            "message": "Somebody is in jo's session",
            "evidence": ["e1", "e2"],
            **changed,
        }

    def register(self, *rows: dict) -> None:
        """As a scheduled detection does, by the add-on's own action."""
        saved = saved_search(
            APP, "Okta ITDR - Session Hijack - Rule", {"search": "| makeresults", "action.okta_itdr_register": "1"}
        )
        sid = f"scheduler__nobody__{APP}__RMD5abc_at_{int(self.now)}_12"
        columns = list(rows[0])
        self.instance.act("okta_itdr_register", Alert(saved, sid, Window(self.now), list(rows), columns))

    def index(self, *events: dict) -> None:
        """Events of Okta's log."""
        self.instance.index(
            Arrival(json.dumps(event), host="acme.okta.com", source="okta", sourcetype="OktaIM2:log", index="main")
            for event in events
        )

    def documents(self, collection: str) -> List[dict]:
        found = self.instance.kvstore.collection(APP, collection).documents()
        return sorted(({k: v for k, v in one.items() if k != "_user"} for one in found), key=lambda one: one["_key"])

    def state(self, number: int = 1) -> Optional[dict]:
        return next((one for one in self.documents(TRIAGE) if one["_key"] == f"{number:064x}"), None)

    # ---- searches

    @property
    def now(self) -> float:
        return self.instance.clock.now()

    def later(self, seconds: float) -> None:
        self.instance.clock.set(self.now + seconds)

    def search(self, text: str, who: str = ANN, earliest: float = 0.0) -> Found:
        """As somebody's search of the search bar; `text` begins with a bar."""
        self._searches += 1
        sid = f"{int(self.now)}.{self._searches:03d}"
        job = SearchJob(sid, who, APP, text, Window(self.now, earliest=earliest), self.now)
        self.instance.jobs.start(job).wait(120)
        assert job.done
        return Found(job.rows, [f"{kind}: {said}" for kind, said in job.messages], job.error)

    def parse(self, text: str, who: str = ANN) -> None:
        """As the search bar does while somebody types."""
        context = self.instance.head.context(Window(self.now), APP, lambda message: None, owner=who)
        self.instance.head.parsed(text, context, APP, who)

    def triage(self, options: str, who: str = ANN) -> Found:
        return self.search(f"| oktatriage {options}", who)

    def run_saved(self, title: str, who: str = ADMIN, earliest: float = 0.0) -> List[dict]:
        """A report by hand, over other times than its own."""
        (saved,) = [saved for saved in self.instance.saved_searches(APP) if saved.title == title]
        self.later(1)
        found = self.search(saved.search, who, earliest)
        assert found.error == "", found
        return found.rows

    def copy(self) -> None:
        """The scheduled search that copies what analysts may not."""
        (saved,) = [saved for saved in self.instance.saved_searches(APP) if saved.title == COPIER]
        self.later(60)
        job = self.instance.run(saved, self.now)
        assert job.done, job.error

    def audited(self, once: bool = True) -> List[dict]:
        """The changes in the index, the oldest first; `once`: as readers take them, each change_id once."""
        self.later(1)  # a search sees what was before it
        dedup = "| dedup change_id" if once else ""
        found = self.search(f'| search index=summary sourcetype="okta_itdr:triage" {dedup} | sort 0 _time', ADMIN)
        assert found.error == "", found
        return found.rows

    def linked(self, action: str, event: Dict[str, str]) -> str:
        """The search that a workflow action opens for an event."""
        conf = read_conf(self.instance.apps.folder / APP / "default" / "workflow_actions.conf")
        text = conf.stanzas[action]["search.search_string"].value
        return re.sub(r"\$(\w+)\$", lambda token: event[token.group(1)], text)
