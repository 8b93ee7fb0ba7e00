"""An instance of the emulated splunkd: a SPLUNK_HOME of its own, its REST on the loopback, what it starts.

splunk = Instance(home, clock)
splunk.install(tarball)
splunk.configure("TA_x", "inputs", "scheme://name", {"index": "main"})
splunk.start()
replay(splunk.scheduler(), clock, until, inputs=splunk.inputs)
splunk.stop()
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

from lab import http
from lab.clock import Clock
from lab.knowledge import Knowledge
from lab.schedule.dispatch import Job, dispatch_scheduled
from lab.schedule.saved_search import SavedSearch, saved_search
from lab.schedule.scheduler import Scheduler
from lab.schedule.search_head import SearchHead
from lab.schedule.throttle import Throttle
from lab.splunkd import (
    packages,
    rest_conf,
    rest_kvstore,
    rest_passwords,
    rest_receivers,
    rest_server,
)
from lab.splunkd.alert_actions import AlertActions
from lab.splunkd.indexes import Arrival, Indexes
from lab.splunkd.inputs import Inputs
from lab.splunkd.log import SplunkdLog
from lab.splunkd.passwords import Passwords
from lab.splunkd.processes import Processes
from lab.splunkd.rest import Rest
from lab.splunkd.search_commands import SearchCommands
from lab.splunkd.sessions import Sessions
from lab.store.events import EventStore
from lab.store.kvstore import KVStore

SERVER_NAME = "splunk.lab.example.com"
_FOLDERS = (
    "etc/apps",
    "etc/auth",
    "etc/system/local",
    "var/lib/splunk/modinputs",
    "var/log/splunk",
    "var/run/splunk/dispatch",
)
_ENCRYPTED = "******"  # what UCC's pages leave in the conf in place of a secret


class Instance:
    """Everything of one Splunk that the add-on meets. `python` starts the shipped scripts."""

    def __init__(self, home: Path, clock: Clock, python: str | None = None) -> None:
        self.home = Path(home).resolve()
        self.clock = clock
        for folder in _FOLDERS:
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self.knowledge = Knowledge(self.home / "etc" / "apps")
        self.apps = self.knowledge.apps
        self.store = EventStore(self.home / "var" / "lib" / "splunk" / "events")
        self.kvstore = KVStore(self.home / "var" / "lib" / "splunk" / "kvstore")
        self.log = SplunkdLog(self.home / "var" / "log" / "splunk" / "splunkd.log", clock.now)
        self.sessions = Sessions()
        self.session_key = self.sessions.open()
        self._passwords = Passwords(self.home / "etc" / "auth")
        self._processes = Processes(self.home, python)
        self._indexes = Indexes(self.apps, self.store, clock.now)
        self._throttle = Throttle()
        self._started = clock.now()
        self.act = AlertActions(self.apps, self._processes, self.sessions, self.log, SERVER_NAME)
        self.commands = SearchCommands(self.apps, self._processes, self.sessions, self.log, self.listen, clock.now)
        self.inputs = Inputs(
            self.apps, self._processes, self.sessions, self._indexes, self.log, SERVER_NAME, lambda: self._started
        )
        self._rest = Rest(
            [
                *rest_server.endpoints(SERVER_NAME),
                *rest_conf.endpoints(self.apps, self.reload),
                *rest_passwords.endpoints(self._passwords),
                *rest_kvstore.endpoints(self.kvstore),
                *rest_receivers.endpoints(self._indexes, SERVER_NAME),
            ],
            self.sessions,
            clock.now,
        )
        self._server: http.Server | None = None
        self.reload()

    # ---- set up

    def install(self, tarball: Path) -> str:
        """Unpack an app package; returns the app's name."""
        app = packages.install(Path(tarball), self.apps.folder)
        self.reload()
        return app

    def configure(
        self, app: str, conf: str, stanza: str, settings: Mapping[str, str], secrets: Mapping[str, str] | None = None
    ) -> None:
        """Write a stanza to the app's local folder; `secrets` go to storage/passwords as a UCC page puts them."""
        hidden = dict.fromkeys(secrets or {}, _ENCRYPTED)
        rest_conf.write_local(self._app_folder(app), conf, stanza, {**settings, **hidden})
        if secrets:
            self._passwords.save_encrypted_fields(app, conf, stanza, dict(secrets))
        self.reload()

    def reload(self) -> None:
        """Read the apps' conf files anew: after an installation or a change of conf."""
        self.knowledge.reload()
        self.commands.reload()
        self._indexes.reload()
        self.knowledge.define_collections(self.kvstore)

    def _app_folder(self, app: str) -> Path:
        if app == "system":
            return self.home / "etc" / "system"
        if app not in self.apps.names:
            raise packages.PackageError(f"the app {app} is not installed")
        return self.apps.folder / app

    # ---- run

    def index(self, arrivals: Iterable[Arrival]) -> int:
        """Index data as if it had come in, now; returns how many events it became."""
        return self._indexes.add(arrivals)

    def listen(self, ssl_context: ssl.SSLContext | None = None) -> str:
        """Serve REST on the loopback, unless that is so already; returns the address."""
        if self._server is None:
            self._server = http.serve(self._rest, "127.0.0.1", 0, ssl_context)
            scheme = "http" if ssl_context is None else "https"
            address = f"127.0.0.1:{self._server.port}"
            self._processes.splunkd_uri = f"{scheme}://{address}"
            system = self._app_folder("system")
            rest_conf.write_local(system, "web", "settings", {"mgmtHostPort": address})
            enabled = {"enableSplunkdSSL": "true" if ssl_context else "false"}
            rest_conf.write_local(system, "server", "sslConfig", enabled)
            rest_conf.write_local(system, "server", "general", {"serverName": SERVER_NAME})
            self.apps.reload()  # clients ask for these settings; what searches stand on has not changed
        return self.uri

    def start(self, ssl_context: ssl.SSLContext | None = None) -> str:
        """Serve REST on the loopback; returns the address. Inputs are due from now on."""
        self.listen(ssl_context)
        self.reload()
        self._started = self.clock.now()
        return self.uri

    @property
    def uri(self) -> str:
        return self._processes.splunkd_uri

    def stop(self) -> None:
        self.inputs.stop()
        self.commands.stop()
        if self._server is not None:
            self._server.stop()
            self._server = None
        self.store.close()

    @property
    def refused(self) -> list[str]:
        """Requests for an endpoint, method or argument that is not emulated: a test fails on any."""
        return self._rest.refused

    # ---- search

    @property
    def head(self) -> SearchHead:
        return SearchHead(self.knowledge, self.store, self.kvstore, self.commands.of)

    def saved_searches(self, app: str | None = None) -> list[SavedSearch]:
        """The saved searches of one app, or of all."""
        found = []
        for owner in self.apps.names if app is None else [app]:
            conf = self.apps.own_conf("savedsearches", owner)
            found += [saved_search(owner, title, conf.stanza(title)) for title in conf]
        return found

    def run(self, saved: SavedSearch, moment: float) -> Job:
        """Dispatch a saved search as the scheduler does at `moment`."""
        return dispatch_scheduled(saved, moment, self.head, self.act, self._throttle)

    def scheduler(self) -> Scheduler:
        """A scheduler of all enabled searches, from now on."""
        return Scheduler(self.saved_searches(), self.run, since=self.clock.now())
