"""Custom search commands: an app's script, started as splunkd starts it (commands.conf.spec, `chunked = true`).

What is said to the process once it runs is in `command_run.py`.
"""

from __future__ import annotations

import itertools
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

from lab.knowledge.apps import Apps
from lab.knowledge.conf import Setting, boolean, integer
from lab.knowledge.context import SearchContext
from lab.spl.context import ExternalCall, ExternalDescription, Rows
from lab.spl.errors import SearchError, Unsupported
from lab.spl.values import as_text
from lab.splunkd.chunked import Conversation, Limits
from lab.splunkd.command_run import CommandRun
from lab.splunkd.log import SplunkdLog
from lab.splunkd.processes import Processes
from lab.splunkd.rest import VERSION
from lab.splunkd.sessions import SYSTEM_USER, Sessions

_PLATFORM = f"{platform.system().lower()}_{platform.machine().lower().replace('amd64', 'x86_64')}"


@dataclass(frozen=True)
class Job:
    """Whose search it is."""

    sid: str
    owner: str


class SearchCommands:
    """The commands of an instance's apps. `listen` gives the address of its REST, which serves from then on."""

    def __init__(
        self,
        apps: Apps,
        processes: Processes,
        sessions: Sessions,
        log: SplunkdLog,
        listen: Callable[[], str],
        now: Callable[[], float],
        patience: float = 600.0,
    ) -> None:
        self.apps = apps
        self.processes = processes
        self.sessions = sessions
        self.log = log
        self.listen = listen
        self.patience = patience
        self._now = now
        self._numbers = itertools.count(1)
        self._described: dict[tuple[Any, ...], ExternalDescription] = {}
        self._running: set[Conversation] = set()

    def of(self, sid: str | None = None, owner: str = "admin") -> Callable[..., SearchCommand]:
        """What starts the commands of one search: given a command's name, its stanza and the search's context."""
        job = Job(sid or f"{int(self._now())}.{next(self._numbers)}", owner)
        return lambda name, settings, context: SearchCommand(self, name, settings, context, job)

    def reload(self) -> None:
        """Forget what commands said of themselves: apps have changed."""
        self._described.clear()

    def stop(self) -> None:
        """End whatever still runs."""
        for conversation in list(self._running):
            conversation.end()
        self._running.clear()

    # ---- for the commands

    def started(self, conversation: Conversation) -> None:
        self._running.add(conversation)

    def ended(self, conversation: Conversation) -> None:
        self._running.discard(conversation)

    def described(self, key: tuple[Any, ...], ask: Callable[[], ExternalDescription]) -> ExternalDescription:
        """One call of an unchanged script is asked once: searches are parsed again and again."""
        if key not in self._described:
            self._described[key] = ask()
        return self._described[key]


class SearchCommand:
    """One command of commands.conf within one search; fulfils `lab.spl.context.ExternalCommand`."""

    def __init__(
        self, commands: SearchCommands, name: str, settings: Mapping[str, Setting], context: SearchContext, job: Job
    ) -> None:
        self.name = name
        self._commands = commands
        self._settings = settings
        self._context = context
        self._job = job
        if "chunked" not in settings or not boolean(settings["chunked"], "chunked"):
            raise Unsupported(
                f"the lab does not run the command '{name}' by protocol version 1: chunked is not true in commands.conf"
            )
        python = settings.get("python.version")
        if python is not None and python.value == "python2":
            raise Unsupported(f"{python.place}: the lab does not run python.version = python2")
        self._script = self._find_script()
        self._limits = Limits(
            maxwait=integer(settings["maxwait"], "maxwait") if "maxwait" in settings else 0,
            maxchunksize=integer(settings["maxchunksize"], "maxchunksize") if "maxchunksize" in settings else 0,
            patience=commands.patience,
        )

    def describe(self, call: ExternalCall) -> ExternalDescription:
        key = (self._context.app, self.name, self._script, self._script.stat().st_mtime_ns, call.raw_arguments)

        def ask() -> ExternalDescription:
            with CommandRun(self, call) as process:
                return process.description

        return self._commands.described(key, ask)

    def run(self, call: ExternalCall, rows: Rows) -> Rows:
        rows = iter(rows)
        first = list(itertools.islice(rows, 1))
        if not first and self._works_row_by_row(call):
            return
        with CommandRun(self, call) as process:
            yield from process.run(itertools.chain(first, rows))

    def _works_row_by_row(self, call: ExternalCall) -> bool:
        """Whether no rows can only give no rows. Splunk starts such a command all the same; the lab does not, since a
        scheduled search mostly has none and a process costs more than all the rest (docs/lab.md)."""
        description = self.describe(call)
        return description.kind == "streaming" and not description.generating

    # ---- how its process is started

    def start(self) -> Conversation:
        self._commands.listen()  # before it starts: the address is in its environment
        process = self._commands.processes.start(self._script, self._arguments())
        write = self._commands.log.write
        conversation = Conversation(
            self.name, process, self._limits, lambda line: write("ERROR", "ChunkedExternProcessor", f"stderr: {line}")
        )
        self._commands.started(conversation)
        return conversation

    def open_session(self) -> str:
        """A key of its own: commands of this protocol always get one (commands.conf.spec, passauth)."""
        return self._commands.sessions.open(self._user)

    def close(self, conversation: Conversation, session_key: str) -> None:
        conversation.end()
        self._commands.ended(conversation)
        self._commands.sessions.close(session_key)

    def getinfo(self, call: ExternalCall, session_key: str) -> dict[str, Any]:
        dispatch_dir = self._commands.processes.home / "var" / "run" / "splunk" / "dispatch" / self._job.sid
        dispatch_dir.mkdir(parents=True, exist_ok=True)
        return {
            "action": "getinfo",
            "preview": False,
            "streaming_command_will_restart": False,
            "searchinfo": {
                "args": list(call.arguments),
                "raw_args": list(call.raw_arguments),
                "dispatch_dir": str(dispatch_dir),
                "sid": self._job.sid,
                "app": self._context.app,
                "owner": self._job.owner,
                "username": self._user,
                "session_key": session_key,
                "splunkd_uri": self._commands.listen(),
                "splunk_version": VERSION,
                "search": quote(call.search, safe=""),
                "command": self.name,
                "maxresultrows": self.rows_a_chunk,
                "earliest_time": _time(self._context.earliest),
                "latest_time": _time(self._context.latest),
            },
        }

    @property
    def rows_a_chunk(self) -> int:
        return self._context.limit("searchresults", "maxresultrows")

    @property
    def error_fails(self) -> bool:
        return self._context.reading("error message of a command") == "fail"

    def show(self, level: str, text: str) -> None:
        """A message of the command, beside the results; DEBUG goes to the log alone."""
        if level == "DEBUG":
            self._commands.log.write(level, "ChunkedExternProcessor", text)
        else:
            self._context.warn(f"{level}: {text}")

    @property
    def _user(self) -> str:
        """Searches that belong to nobody run as the system's own user."""
        return SYSTEM_USER if self._job.owner == "nobody" else self._job.owner

    def _arguments(self) -> list[str]:
        """command.arg.N in the order of N, with variables such as $SPLUNK_HOME filled in."""
        numbered = {}
        for key, setting in self._settings.items():
            match = re.fullmatch(r"command\.arg\.(\d+)", key)
            if match:
                numbered[int(match.group(1))] = setting.value
        environment = self._commands.processes.environment()

        def filled(text: str) -> str:
            return re.sub(r"\$(\w+)", lambda name: environment.get(name.group(1), name.group()), text)

        return [filled(numbered[number]) for number in sorted(numbered)]

    def _find_script(self) -> Path:
        """`filename`, else the command's name, in the app's folder for this platform or in its bin."""
        setting = self._settings.get("filename")
        filename = f"{self.name}.py" if setting is None else setting.value
        if not filename.endswith(".py"):
            raise Unsupported(f"the lab starts Python scripts only, not {filename} (command '{self.name}')")
        stanza = self._settings["chunked"] if setting is None else setting
        app = stanza.path.parent.parent
        if os.path.isabs(filename) or ".." in Path(filename).parts:
            raise SearchError(f"{stanza.place}: filename = {filename} is outside the app's bin")
        for folder in (app / _PLATFORM / "bin", app / "bin"):
            if (folder / filename).is_file():
                return folder / filename
        missing = f"Cannot find program '{self.name}' or script '{filename}' in {app.name}/bin."
        raise SearchError(missing).of(self.name)


def _time(moment: float) -> str:
    """A bound of the time range; no bound is 0 on either side, as splunkd sends it."""
    return as_text(moment) if 0 < moment < float("inf") else "0"
