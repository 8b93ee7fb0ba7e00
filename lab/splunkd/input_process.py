"""A running modular input: events from its stdout into the indexes as they come, its stderr to splunkd.log."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from lab.spl.errors import Unsupported
from lab.splunkd.event_stream import EventStream, StreamedEvent, StreamError
from lab.splunkd.indexes import Arrival, Indexes, UnknownIndex
from lab.splunkd.log import SplunkdLog
from lab.splunkd.modular_input import Stanza, definition
from lab.splunkd.processes import Processes, last_line
from lab.splunkd.sessions import Sessions

_READ_BYTES = 1 << 16


@dataclass
class Run:
    """One run of an input that has ended."""

    stanza: str
    exit_code: int
    events: int
    problems: list[str]  # what went wrong, a line each; empty when all went well


class InputProcess:
    """An input from its start to its end. `terminate` is how splunkd stops it, `kill` what a power cut does."""

    def __init__(
        self,
        name: str,
        stanzas: Sequence[Stanza],
        processes: Processes,
        sessions: Sessions,
        indexes: Indexes,
        log: SplunkdLog,
        server_name: str,
    ) -> None:
        self.name = name  # of the stanza, or with use_single_instance of the scheme
        self._stanzas = {stanza.name: stanza for stanza in stanzas}
        self._script = stanzas[0].scheme.script
        self.events = 0  # delivered so far
        self._sessions = sessions
        self._indexes = indexes
        self._log = log
        self._server_name = server_name
        self._problems: list[str] = []
        self._defect: Exception | None = None  # of the lab, met while indexing: whoever waits gets it
        self._stderr: list[str] = []
        self._session_key = sessions.open()
        self._process = processes.start(self._script, [])
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_events, self._read_stderr)]
        for reader in self._readers:
            reader.start()
        try:
            self._process.stdin.write(definition(stanzas, processes, self._session_key, server_name))
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it read its settings: its exit code and stderr say why

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self, timeout: float | None = None) -> Run:
        """How it ended; raises subprocess.TimeoutExpired when that does not come in time."""
        exit_code = self._process.wait(timeout)
        for reader in self._readers:
            reader.join()
        self._sessions.close(self._session_key)
        if self._defect is not None:
            raise self._defect
        problems = list(self._problems)
        if exit_code:
            said = last_line("".join(self._stderr))
            problems.append(f"[{self.name}] ended with exit code {exit_code}: {said}")
        return Run(self.name, exit_code, self.events, problems)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def _read_events(self) -> None:
        stream = EventStream()
        with self._process.stdout as stdout:
            try:
                data = stdout.read1(_READ_BYTES)
                while data:
                    self._index(stream.feed(data))
                    data = stdout.read1(_READ_BYTES)
                self._index(stream.close())
            except (StreamError, UnknownIndex, Unsupported) as error:
                self._problems.append(f"[{self.name}] {error}")
                self._log.write("ERROR", "ModularInputs", self._problems[-1])
                # What follows cannot be placed. Splunk drops it and says so in its log; the lab also stops the input.
                self._stop_listening(stdout)
            except Exception as defect:
                self._defect = defect
                self._stop_listening(stdout)

    def _stop_listening(self, stdout: IO[bytes]) -> None:
        self._process.terminate()
        while stdout.read1(_READ_BYTES):  # a full pipe would keep it from ending
            continue

    def _index(self, events: list[StreamedEvent]) -> None:
        if events:
            self.events += self._indexes.add(self._arrival(event) for event in events)

    def _arrival(self, event: StreamedEvent) -> Arrival:
        stanza = self._stanza_of(event)
        settings = stanza.settings
        return Arrival(
            data=event.data,
            index=event.index or stanza.index,
            sourcetype=event.sourcetype or settings.get("sourcetype") or stanza.scheme.name,
            source=event.source or settings.get("source") or event.stanza or stanza.name,
            host=event.host or settings.get("host") or self._server_name,
            time=event.time,
            broken=event.broken,
        )

    def _stanza_of(self, event: StreamedEvent) -> Stanza:
        """The stanza that the event names; where several share the process it must name one."""
        known = self._stanzas.get(event.stanza or "")
        if known is None and len(self._stanzas) > 1:
            raise StreamError(f"an event names no stanza of this process (stanza = {event.stanza!r})")
        return known or next(iter(self._stanzas.values()))

    def _read_stderr(self) -> None:
        with self._process.stderr as stderr:
            for data in stderr:
                line = data.decode("utf-8", "replace")
                self._stderr.append(line)
                self._log.write("ERROR", "ExecProcessor", f'message from "{self._script}" {line.rstrip()}')
