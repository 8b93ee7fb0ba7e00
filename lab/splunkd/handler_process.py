"""The process behind a REST handler: started at its first request, kept, and asked one request at a time.

Its other side is `python/splunk/persistconn`. A process that dies or stays silent is one clear refusal, and the next
request starts another.
"""

from __future__ import annotations

import json
import select
import struct
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import IO, Any, Callable

from lab.splunkd.processes import last_line

_SECONDS_TO_READ = 2.0
_LENGTH = struct.Struct(">Q")


class HandlerError(Exception):
    """The process gave no answer; the message says why."""


class HandlerProcess:
    """`start` gives a new process; `log` gets each line that it writes to stderr."""

    def __init__(
        self, name: str, start: Callable[[], subprocess.Popen[bytes]], log: Callable[[str], None], patience: float
    ) -> None:
        self._name = name
        self._start = start
        self._log = log
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._said: list[str] = []
        self._lock = threading.Lock()

    def ask(self, packet: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one request; raises `HandlerError`."""
        body = json.dumps(packet).encode()
        with self._lock:
            process = self._running()
            try:
                process.stdin.write(_LENGTH.pack(len(body)) + body)
                process.stdin.flush()
                deadline = time.monotonic() + self._patience
                (length,) = _LENGTH.unpack(_read(process.stdout, _LENGTH.size, deadline))
                return json.loads(_read(process.stdout, length, deadline))
            except (OSError, EOFError):
                self._end()
                reason = f"its process ended: {last_line(''.join(self._said))}"
            except TimeoutError:
                self._end()
                reason = f"no answer in {self._patience:g} s"
        raise HandlerError(f"The REST handler {self._name} failed: {reason}")

    def stop(self) -> None:
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._said.clear()
            self._process = self._start()
            self._reader = threading.Thread(target=self._read_stderr, args=(self._process.stderr,), daemon=True)
            self._reader.start()
        return self._process

    def _end(self) -> None:
        """Close its input, which asks it to end, and kill it if it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join(_SECONDS_TO_READ)  # its last words are why it ended
        process.stdout.close()

    def _read_stderr(self, stderr: IO[bytes]) -> None:
        with stderr:
            for line in stderr:
                text = line.decode("utf-8", "replace")
                self._said.append(text)
                self._log(text.rstrip())


def _read(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    """Exactly `size` bytes; EOFError at the end, TimeoutError at the deadline."""
    found = b""
    while len(found) < size:
        ready, _, _ = select.select([pipe], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            raise TimeoutError
        part = pipe.raw.read(size - len(found)) if hasattr(pipe, "raw") else pipe.read(size - len(found))
        if not part:
            raise EOFError
        found += part
    return found
