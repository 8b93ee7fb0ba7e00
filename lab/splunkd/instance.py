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
from dataclasses import replace
from pathlib import Path

from lab import http
from lab.clock import Clock
from lab.knowledge import Knowledge
from lab.schedule.dispatch import Job
from lab.schedule.saved_search import SavedSearch, saved_search
from lab.schedule.scheduler import Scheduler
from lab.schedule.search_head import SearchHead
from lab.splunkd import packages
from lab.splunkd.access import Access, User
from lab.splunkd.alert_actions import AlertActions
from lab.splunkd.dispatcher import Dispatcher
from lab.splunkd.hec import EventCollector
from lab.splunkd.indexes import Arrival, Indexes
from lab.splunkd.inputs import Inputs
from lab.splunkd.jobs import Jobs
from lab.splunkd.log import SplunkdLog
from lab.splunkd.lookup_scripts import LookupScripts
from lab.splunkd.passwords import Passwords
from lab.splunkd.processes import Processes
from lab.splunkd.rest.app import Rest
from lab.splunkd.rest.endpoints import all_endpoints
from lab.splunkd.rest.objects import Objects, write_local
from lab.splunkd.rest_handlers import RestHandlers
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
    "var/run/splunk/lookup_tmp",
)
# What comes with every Splunk: where searches run that name no app, where splunkweb opens, and HEC's tokens.
_APPS = {"search": "Search & Reporting", "launcher": "Home", "splunk_httpinput": "splunk_httpinput"}
_METADATA = {"access": "read : [ * ], write : [ admin, power ]", "export": "system"}
_ENCRYPTED = "******"  # what UCC's pages leave in the conf in place of a secret


class Instance:
    """Everything of one Splunk that the add-on meets. `python` starts the shipped scripts."""

    def __init__(self, home: Path, clock: Clock, python: str | None = None) -> None:
        self.home = Path(home).resolve()
        self.clock = clock
        self.server_name = SERVER_NAME
        for folder in _FOLDERS:
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        for app, label in _APPS.items():
            (self.home / "etc" / "apps" / app).mkdir(exist_ok=True)
            write_local(self.home / "etc" / "apps" / app, "app", "ui", {"label": label}, folder="default")
            write_local(self.home / "etc" / "apps" / app, "default", "", _METADATA, folder="metadata", suffix="meta")
        self.knowledge = Knowledge(self.home / "etc" / "apps")
        self.apps = self.knowledge.apps
        self.store = EventStore(self.home / "var" / "lib" / "splunk" / "events")
        self.kvstore = KVStore(self.home / "var" / "lib" / "splunk" / "kvstore")
        self.log = SplunkdLog(self.home / "var" / "log" / "splunk" / "splunkd.log", clock.now)
        self.sessions = Sessions()
        self.session_key = self.sessions.open()
        self.passwords = Passwords(self.home / "etc" / "auth")
        self._processes = Processes(self.home, python)
        self.indexes = Indexes(self.apps, self.store, clock.now)
        self._started = clock.now()
        self.act = AlertActions(self.apps, self._processes, self.sessions, self.log, SERVER_NAME)
        self.commands = SearchCommands(self.apps, self._processes, self.sessions, self.log, self.listen, clock.now)
        self._scripts = self.knowledge.run_script = LookupScripts(self._processes, self.log)
        self.inputs = Inputs(
            self.apps, self._processes, self.sessions, self.indexes, self.log, SERVER_NAME, lambda: self._started
        )
        self.access = Access(self.apps, self.home / "etc")
        self.jobs = Jobs(lambda: self.head, clock.now)
        memory = self.home / "var" / "run" / "splunk" / "scheduler" / "memory.json"
        self.dispatcher = Dispatcher(lambda: self.head, self.act, self.jobs, memory, clock.now)
        self.hec = EventCollector(self.apps, self.indexes, SERVER_NAME, clock.now)
        self.handlers = RestHandlers(self.apps, self._processes, self.sessions, self.log, SERVER_NAME, self.listen)
        self._rest = Rest(
            all_endpoints(self, Objects(self.apps, self.reload)),
            self.sessions,
            self.access,
            clock.now,
            self.handlers.find,
        )
        self._server: http.Server | None = None
        self._hec_server: http.Server | None = None
        self.reload()

    # ---- set up

    def install(self, tarball: Path) -> str:
        """Unpack an app package; returns the app's name."""
        app = packages.install(Path(tarball), self.apps.folder)
        self.handlers.stop()  # they run what was installed before
        self.reload()
        return app

    def configure(
        self, app: str, conf: str, stanza: str, settings: Mapping[str, str], secrets: Mapping[str, str] | None = None
    ) -> None:
        """Write a stanza to the app's local folder; `secrets` go to storage/passwords as a UCC page puts them."""
        hidden = dict.fromkeys(secrets or {}, _ENCRYPTED)
        write_local(self._app_folder(app), conf, stanza, {**settings, **hidden})
        if secrets:
            self.passwords.save_encrypted_fields(app, conf, stanza, dict(secrets))
        self.reload()

    def reload(self) -> None:
        """Read the apps' conf files anew: after an installation or a change of conf."""
        self.knowledge.reload()
        self.commands.reload()
        self.indexes.reload()
        self.knowledge.define_collections(self.kvstore)
        self._serve_hec()

    def add_user(self, name: str, password: str, *roles: str) -> None:
        """Somebody who may log in over REST."""
        self.access.save_user(User(name, roles), password)

    def _app_folder(self, app: str) -> Path:
        if app == "system":
            return self.home / "etc" / "system"
        if app not in self.apps.names:
            raise packages.PackageError(f"the app {app} is not installed")
        return self.apps.folder / app

    # ---- run

    def index(self, arrivals: Iterable[Arrival]) -> int:
        """Index data as if it had come in, now; returns how many events it became."""
        return self.indexes.add(arrivals)

    def listen(self, ssl_context: ssl.SSLContext | None = None) -> str:
        """Serve REST on the loopback, unless that is so already; returns the address."""
        if self._server is None:
            self._server = http.serve(self._rest, "127.0.0.1", 0, ssl_context)
            scheme = "http" if ssl_context is None else "https"
            address = f"127.0.0.1:{self._server.port}"
            self._processes.splunkd_uri = f"{scheme}://{address}"
            system = self._app_folder("system")
            write_local(system, "web", "settings", {"mgmtHostPort": address})
            enabled = {"enableSplunkdSSL": "true" if ssl_context else "false"}
            write_local(system, "server", "sslConfig", enabled)
            write_local(system, "server", "general", {"serverName": SERVER_NAME})
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
        self.jobs.stop()
        self.commands.stop()
        self.handlers.stop()
        for server in filter(None, (self._server, self._hec_server)):
            server.stop()
        self._server = self._hec_server = None
        self.store.close()

    @property
    def hec_port(self) -> int:
        """Where HEC listens, once it is enabled and splunkd has started; 0 before."""
        return self._hec_server.port if self._hec_server else 0

    def _serve_hec(self) -> None:
        if self.hec.enabled and self._server is not None and self._hec_server is None:
            self._hec_server = http.serve(self.hec, "127.0.0.1", 0)
        elif not self.hec.enabled and self._hec_server is not None:
            self._hec_server.stop()
            self._hec_server = None

    @property
    def refused(self) -> list[str]:
        """Requests for an endpoint, method or argument that is not emulated: a test fails on any."""
        return self._rest.refused + self.hec.refused

    # ---- search

    @property
    def head(self) -> SearchHead:
        return SearchHead(
            self.knowledge, self.store, self.kvstore, self.commands.of, self.access.searchable, self._scripts
        )

    def saved_searches(self, app: str | None = None) -> list[SavedSearch]:
        """The saved searches of one app, or of all, private ones among them."""
        found = []
        for home in self.apps.names if app is None else [app]:
            conf = self.apps.own_conf("savedsearches", home)
            found += [saved_search(home, title, conf.stanza(title)) for title in conf]
            for user in self.apps.users_of(home):
                private = self.apps.private_conf("savedsearches", home, user)
                found += [replace(saved_search(home, title, private.stanza(title)), owner=user) for title in private]
        return found

    def run(self, saved: SavedSearch, moment: float) -> Job:
        """Dispatch a saved search as the scheduler does at `moment`."""
        return self.dispatcher.run(saved, moment)

    def scheduler(self) -> Scheduler:
        """A scheduler of all enabled searches: from now on, or from where it stood before a restart."""
        return self.dispatcher.scheduler(self.saved_searches())

    def restart(self) -> None:
        """As far as clients see it: conf is read anew and who was logged in must log in again."""
        self.sessions.close_all()
        self.handlers.stop()
        self.reload()
