"""All modular inputs of the installed apps: which are enabled, when each is due, starting and stopping them.

A stanza `[scheme://name]` of inputs.conf runs `bin/<scheme>.py` of the app that has that script.
"""

from __future__ import annotations

import re
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Callable

from lab.knowledge.apps import Apps
from lab.splunkd.indexes import Indexes, UnknownIndex
from lab.splunkd.input_process import InputProcess, Run
from lab.splunkd.log import SplunkdLog
from lab.splunkd.modular_input import InputError, Interval, Scheme, Stanza, introspect, validate
from lab.splunkd.processes import Processes
from lab.splunkd.sessions import Sessions

_SECONDS_TO_STOP = 30  # splunkd's patience after SIGTERM, before it kills


class Inputs:
    """Enabled inputs start when splunkd does (`since()`), and again at their intervals."""

    def __init__(
        self,
        apps: Apps,
        processes: Processes,
        sessions: Sessions,
        indexes: Indexes,
        log: SplunkdLog,
        server_name: str,
        since: Callable[[], float],
    ) -> None:
        self._apps = apps
        self._processes = processes
        self._sessions = sessions
        self._indexes = indexes
        self._log = log
        self._server_name = server_name
        self._since = since
        self._schemes: dict[str, Scheme] = {}
        self._due: dict[str, float | None] = {}  # by stanza; None: never again
        self._running: list[InputProcess] = []
        self.problems: list[str] = []  # of the runs that `run_due` made or `stop` ended, a line each

    def enabled(self) -> list[str]:
        """Names of the stanzas that splunkd starts."""
        conf = self._apps.conf("inputs")
        return [
            name
            for name in conf
            if "://" in name
            and conf.stanza(name).get("disabled", "0").lower() in ("0", "false", "f", "no", "n")
            and self._script(_scheme_name(name)) is not None
        ]

    def next_due(self) -> float | None:
        """The next moment at which an input starts."""
        dues = [self._due_of(name) for name in self._processes_wanted()]
        return min((due for due in dues if due is not None), default=None)

    def run_due(self, now: float) -> list[Run]:
        """Run each input that is due to its end, one after the other; one that still runs is left alone."""
        runs = []
        for name in self._processes_wanted():
            due = self._due_of(name)
            if due is None or due > now:
                continue
            self._due[name] = self._interval(name).next(now)
            if any(process.name == name and process.running for process in self._running):
                self._log.write("WARN", "ExecProcessor", f"[{name}] still runs: it is not started again")
                continue
            runs.append(self.start(name).wait())
            self.problems += runs[-1].problems
        return runs

    def _processes_wanted(self) -> dict[str, list[str]]:
        """The processes that run, each with its enabled stanzas: named by the stanza, or by the scheme where all of
        a scheme share one (use_single_instance)."""
        wanted: dict[str, list[str]] = {}
        for name in self.enabled():
            scheme = self.scheme(_scheme_name(name))
            wanted.setdefault(scheme.name if scheme.single_instance else name, []).append(name)
        return wanted

    def _due_of(self, name: str) -> float | None:
        return self._due[name] if name in self._due else self._interval(name).first(self._since())

    def _interval(self, name: str) -> Interval:
        conf = self._apps.conf("inputs")
        settings = self.stanza(name).settings if "://" in name else conf.stanza(name) if name in conf else {}
        return Interval.of(settings.get("interval", ""), name)

    def start(self, name: str) -> InputProcess:
        """Start `scheme://name`, or all enabled stanzas of a single-instance `scheme`, and return at once."""
        stanzas = [self.stanza(one) for one in self._processes_wanted().get(name, [name])]
        for stanza in stanzas:
            stanza.check()
            try:
                self._indexes.check(stanza.index, f"[{stanza.name}]")
            except UnknownIndex as error:
                raise InputError(str(error)) from None
        process = InputProcess(
            name, stanzas, self._processes, self._sessions, self._indexes, self._log, self._server_name
        )
        self._running = [other for other in self._running if other.running] + [process]
        return process

    def validate(self, name: str) -> str:
        """What the input itself says against the settings of `scheme://name`; nothing where they will do."""
        session_key = self._sessions.open()
        try:
            return validate(self._processes, self.stanza(name), session_key, self._server_name)
        finally:
            self._sessions.close(session_key)

    def kinds(self) -> list[str]:
        """The schemes there are: what README/inputs.conf.spec or inputs.conf of an app names and its bin has."""
        named = {_scheme_name(name) for name in self._apps.conf("inputs")}
        for app in self._apps.names:
            spec = self._apps.folder / app / "README" / "inputs.conf.spec"
            if spec.is_file():
                named.update(re.findall(r"^\[(\w+)://", spec.read_text(encoding="utf-8"), re.MULTILINE))
        return sorted(name for name in named if self._script(name) is not None)

    def objection(self, name: str, settings: dict[str, str]) -> str:
        """What the input itself says against these settings for `scheme://name`; nothing where they will do."""
        session_key = self._sessions.open()
        try:
            stanza = Stanza(name, self.scheme(_scheme_name(name)), {"host": self._server_name, **settings})
            return validate(self._processes, stanza, session_key, self._server_name)
        finally:
            self._sessions.close(session_key)

    def stop(self) -> None:
        """SIGTERM to what runs, and after a while SIGKILL."""
        running = [process for process in self._running if process.running]
        for process in running:
            process.terminate()
        for process in running:
            try:
                run = process.wait(_SECONDS_TO_STOP)
            except TimeoutExpired:
                self._log.write("WARN", "ExecProcessor", f"[{process.name}] does not stop on SIGTERM: killed")
                process.kill()
                run = process.wait()
            self.problems += run.problems

    def stanza(self, name: str) -> Stanza:
        """`scheme://name` with its settings; those of `[scheme]` are its defaults."""
        conf = self._apps.conf("inputs")
        if name not in conf:
            raise InputError(f"there is no input [{name}] in inputs.conf")
        scheme = self.scheme(_scheme_name(name))
        defaults = {key: setting.value for key, setting in conf.own(scheme.name).items()} if scheme.name in conf else {}
        return Stanza(name, scheme, {"host": self._server_name, "index": "default", **defaults, **conf.stanza(name)})

    def scheme(self, name: str) -> Scheme:
        """What `bin/<name>.py` says of itself; asked once."""
        if name not in self._schemes:
            script = self._script(name)
            if script is None:
                raise InputError(f"no app has bin/{name}.py for inputs [{name}://…]")
            self._schemes[name] = introspect(self._processes, script)
        return self._schemes[name]

    def _script(self, scheme: str) -> Path | None:
        for app in self._apps.names:
            script = self._apps.folder / app / "bin" / f"{scheme}.py"
            if script.is_file():
                return script
        return None


def _scheme_name(stanza: str) -> str:
    return stanza.split("://", 1)[0]
