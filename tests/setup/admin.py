"""An administrator before the Set-up page: what the page asks over HTTP, and what there is afterwards."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

APP = "TA_okta_itdr"
NAMESPACE = f"/servicesNS/nobody/{APP}"
NOW = 1_772_400_000  # 2026-03-01 21:20 UTC
DAY = 86400
TENANT = "acme.okta.com"
HIJACK = "Okta ITDR - Session Hijack - Rule"
LEDGER = "Okta ITDR - Session Ledger - Gen"


class Refused(Exception):
    """splunkd's refusal: its status and words."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Admin:
    """`user` of `splunk`, who has the session that the handler works with."""

    def __init__(self, splunk: Instance, user: str = "admin") -> None:
        self.splunk = splunk
        self._key = splunk.sessions.open(user)

    # ---- the page

    def checks(self) -> dict[str, dict]:
        return {entry["name"]: entry["content"] for entry in self.ask("okta_itdr_setup", count=0)}

    def states(self) -> dict[str, str]:
        return {name: check["state"] for name, check in self.checks().items()}

    def act(self, action: str, **form: str) -> tuple[dict, dict[str, dict]]:
        """(the result, the steps by name) of an action."""
        entries = self.ask(f"okta_itdr_setup/{action}", form)
        found = {entry["name"]: entry["content"] for entry in entries}
        return found.pop("result"), found

    # ---- the rest of Splunk

    def ask(self, path: str, form: dict | None = None, **query: Any) -> list[dict]:
        address = f"{self.splunk.uri}{NAMESPACE}/{path}?{urlencode({'output_mode': 'json', **query})}"
        body = None if form is None else urlencode(form).encode()
        try:
            with urlopen(Request(address, body, {"Authorization": f"Splunk {self._key}"}), timeout=120) as reply:
                return json.loads(reply.read())["entry"]
        except HTTPError as error:
            raise Refused(error.code, json.loads(error.read())["messages"][0]["text"]) from None

    def search(self, name: str) -> dict[str, bool]:
        """Whether a saved search is disabled, and scheduled."""
        (saved,) = [saved for saved in self.splunk.saved_searches(APP) if saved.title == name]
        return {"disabled": saved.disabled, "scheduled": saved.scheduled}

    def change_search(self, name: str, **settings: str) -> None:
        self.splunk.configure(APP, "savedsearches", name, settings)

    def macro(self, name: str) -> str:
        return self.splunk.apps.conf("macros").stanza(name)["definition"]

    def on(self) -> list[str]:
        """The saved searches that run by themselves, in the conf's order."""
        return [saved.title for saved in self.splunk.saved_searches(APP) if saved.scheduled and not saved.disabled]

    def remembered(self) -> list[dict]:
        return self.splunk.kvstore.collection(APP, "okta_itdr_setup_changes").documents()

    # ---- what comes in

    def log(self, age: float = 60, index: str = "main", host: str = TENANT) -> None:
        """An event of Okta's log, so many seconds old."""
        self._index({"eventType": "user.session.start", "uuid": f"u{age}"}, "OktaIM2:log", age, index, host)

    def health(self, age: float = 60, **said: Any) -> None:
        told = {"scheme": "okta_system_log", "input": "main", "account": "acme", "tenant": TENANT, "status": "ok"}
        self._index({**told, **said}, "okta_itdr:health", age, "main", TENANT)

    def _index(self, event: dict, sourcetype: str, age: float, index: str, host: str) -> None:
        moment = self.splunk.clock.now() - age
        self.splunk.index([Arrival(json.dumps(event), index, sourcetype, "test", host, moment)])

    def put(self, collection: str, *documents: dict) -> None:
        self.splunk.kvstore.collection(APP, collection).batch_save(documents)

    def install(self, app: str) -> None:
        """An app of which set-up knows the name alone."""
        folder = self.splunk.apps.folder / app / "default"
        folder.mkdir(parents=True)
        (folder / "app.conf").write_text(f"[ui]\nlabel = {app}\n")
        self.splunk.reload()
