"""The chunked protocol, version 2, on splunkd's side: frames to a custom search command's process and back.

A frame is `chunked 1.0,<metadata bytes>,<body bytes>`, a line end, metadata in JSON, and a body in CSV; to each
frame of splunkd the command answers with one of its own (splunk-sdk 2.1.1, searchcommands/internals.py and
search_command.py; its pull request 301 on one reply for each chunk). Reading and writing are done
together, so that a command which answers before it has read, or writes to stderr without end, blocks nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Callable

from lab.spl.errors import SearchError

_HEADER = re.compile(rb"chunked\s+1\.0\s*,\s*(\d+)\s*,\s*(\d+)\s*\n")
_LONGEST_HEADER = 200
_PIPE_BYTES = 1 << 16
_MOST_UNREAD = 1 << 26  # bytes of replies nobody asked for
_SHOWN = 80  # characters of what was no header
_FAREWELL_SECONDS = 10.0  # to end after the last chunk


@dataclass(frozen=True)
class Limits:
    """How long a command may be silent and how large a chunk it may send (commands.conf.spec: maxwait,
    maxchunksize; 0: no bound). Where maxwait is 0 Splunk waits for ever; the lab gives up after `patience`."""

    maxwait: float = 0.0
    maxchunksize: int = 0
    patience: float = 600.0


@dataclass(frozen=True)
class Frame:
    metadata: dict[str, Any]
    body: bytes

    @property
    def finished(self) -> bool:
        return self.metadata.get("finished") is True


class Conversation:
    """With one process. Every trouble is a `SearchError` in Splunk's words, with what the process said."""

    def __init__(
        self, command: str, process: subprocess.Popen[bytes], limits: Limits, log_stderr: Callable[[str], None]
    ) -> None:
        self.limits = limits
        self.said: list[str] = []  # its messages of level ERROR and FATAL, for the error that may follow
        self._command = command
        self._process = process
        self._log_stderr = log_stderr
        self._phase = "setup"
        self._quiet_since = 0.0  # since when it has neither read nor written
        self._received = bytearray()
        self._stderr = bytearray()
        self._last_stderr = ""
        self._ended = False
        self._selector = selectors.DefaultSelector()
        for pipe in (process.stdin, process.stdout, process.stderr):
            os.set_blocking(pipe.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, self._read_stdout)
        self._selector.register(process.stderr, selectors.EVENT_READ, self._read_stderr)

    def exchange(self, metadata: dict[str, Any], body: bytes = b"") -> Frame:
        """Send a frame and wait for the reply. A reply that ends the command may come before all was sent."""
        self._phase = "setup" if metadata["action"] == "getinfo" else "search"
        self._quiet_since = time.monotonic()
        head = json.dumps(metadata, separators=(",", ":")).encode()
        unsent = memoryview(b"chunked 1.0,%d,%d\n%b%b" % (len(head), len(body), head, body))
        reply: Frame | None = None
        while True:
            if reply is None:
                reply = self._taken()
            elif len(self._received) > _MOST_UNREAD:
                raise self.error(f"it wrote more than {_MOST_UNREAD >> 20} MB that were not asked for")
            if reply is not None and (not unsent or reply.finished):
                return reply
            if reply is None and self._process.stdout.closed:
                raise self._exited()
            unsent = self._pump(unsent)

    def farewell(self) -> int:
        """Close its stdin, let it end by itself, and give its exit code. What it still writes is not read as
        results."""
        self._close(self._process.stdin)
        deadline = time.monotonic() + _FAREWELL_SECONDS
        while self._selector.get_map() and time.monotonic() < deadline:
            for key, _ in self._selector.select(0.1):
                key.data()
            self._received.clear()
        try:
            return self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._log_stderr(f"it did not end within {_FAREWELL_SECONDS:g} s of its last chunk and was killed")
            self._process.kill()
            return self._process.wait()

    def exit_code(self, seconds: float) -> int | None:
        """Its exit code if it ends within `seconds` by itself; None while it runs."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End it for sure, whatever it is doing; harmless when it has ended."""
        if self._ended:
            return
        self._ended = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._rest_of_stderr()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            self._close(pipe)
        self._selector.close()

    def error(self, message: str) -> SearchError:
        said = "".join(f" It said: {text}" for text in self.said)
        return SearchError(f"{message}{said}").of(self._command)

    # ---- inside

    def _pump(self, unsent: memoryview) -> memoryview:
        """Move what can be moved, in both directions; waits for at most the silence that is allowed."""
        stdin = self._process.stdin
        if unsent and not stdin.closed and stdin not in self._selector.get_map():
            self._selector.register(stdin, selectors.EVENT_WRITE)
        left = (self.limits.maxwait or self.limits.patience) - (time.monotonic() - self._quiet_since)
        ready = self._selector.select(left) if left > 0 else []
        if not ready:
            raise self._silent()
        for key, _ in ready:
            if key.data is not None:
                key.data()
                continue
            try:
                unsent = unsent[os.write(stdin.fileno(), unsent[:_PIPE_BYTES]) :]
                self._quiet_since = time.monotonic()
            except BlockingIOError:
                pass
            except BrokenPipeError:  # it reads no more: its reply or its exit code will say why
                unsent = unsent[:0]
                self._close(stdin)
        if not unsent and not stdin.closed and stdin in self._selector.get_map():
            self._selector.unregister(stdin)
        return unsent

    def _silent(self) -> SearchError:
        if self.limits.maxwait:
            return self.error(f"it produced no output within maxwait = {self.limits.maxwait:g} s and was terminated")
        return self.error(
            f"it produced no output within {self.limits.patience:g} s; Splunk would wait for ever (maxwait = 0)"
        )

    def _read_stdout(self) -> None:
        data = self._read(self._process.stdout)
        if data:
            self._received += data
            self._quiet_since = time.monotonic()

    def _read_stderr(self) -> bool:
        """Whether there was something to read."""
        data = self._read(self._process.stderr)
        *lines, rest = (self._stderr + (data or b"")).split(b"\n")
        self._stderr = bytearray(rest)
        for line in lines:
            self._log_line(bytes(line))
        return bool(data)

    def _rest_of_stderr(self) -> None:
        """What a process that has ended left there."""
        while not self._process.stderr.closed and self._read_stderr():
            continue
        self._log_line(bytes(self._stderr))
        self._stderr.clear()

    def _log_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            self._last_stderr = text
            self._log_stderr(text)

    def _read(self, pipe: Any) -> bytes | None:
        """What is there to be read; at its end the pipe is closed."""
        try:
            data = os.read(pipe.fileno(), _PIPE_BYTES)
        except BlockingIOError:
            return None
        if not data:
            self._close(pipe)
        return data

    def _close(self, pipe: Any) -> None:
        if pipe.closed:
            return
        if pipe in self._selector.get_map():
            self._selector.unregister(pipe)
        with contextlib.suppress(BrokenPipeError):
            pipe.close()

    def _taken(self) -> Frame | None:
        """The first whole frame received so far."""
        if not self._received:
            return None
        header = _HEADER.match(self._received)
        if header is None:
            if b"\n" in self._received[:_LONGEST_HEADER] or len(self._received) >= _LONGEST_HEADER:
                raise self._invalid(f"no header but {self._received[:_SHOWN].decode('utf-8', 'replace')!r}")
            return None
        metadata_bytes, body_bytes = (int(size) for size in header.groups())
        if 0 < self.limits.maxchunksize < metadata_bytes + body_bytes:
            raise self.error(
                f"it tried to send a chunk of {metadata_bytes + body_bytes} bytes, more than "
                f"maxchunksize = {self.limits.maxchunksize}, and was terminated"
            )
        start, middle, end = header.end(), header.end() + metadata_bytes, header.end() + metadata_bytes + body_bytes
        if len(self._received) < end:
            return None
        text = bytes(self._received[start:middle])
        body = bytes(self._received[middle:end])
        del self._received[:end]
        try:
            metadata = json.loads(text) if text else {}
        except ValueError:
            metadata = None
        if not isinstance(metadata, dict):
            raise self._invalid(f"metadata that is no JSON object: {text[:_SHOWN].decode('utf-8', 'replace')!r}")
        return Frame(metadata, body)

    def _invalid(self, what: str) -> SearchError:
        return self.error(f"Invalid message received from external search command during {self._phase}: {what}.")

    def _exited(self) -> SearchError:
        code = self.exit_code(_FAREWELL_SECONDS)
        self._rest_of_stderr()
        with_code = f" with non-zero error code {code}" if code else ""
        missing = " in the middle of a chunk" if self._received else ""
        last = f" The last line of its stderr: {self._last_stderr}" if self._last_stderr else ""
        return self.error(f"External search command exited unexpectedly{with_code}{missing}.{last}")
