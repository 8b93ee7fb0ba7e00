"""What splunkd says to a custom search command's process, in which order, and what becomes of the answers.

First the process describes itself (getinfo), then it gets the rows in chunks (execute) and gives one reply for each.
A streaming or stateful command gets its rows as they come, then an empty chunk with `finished`; an events or
reporting command gets all of them first, and its output counts once it is whole; a generating one gets an
empty chunk until it says that it has finished. Read off splunkd's own messages as recorded
(NDietrich/Splunk-CustomSearchProtocol-v2, example_messages, Splunk 8.2.1; splunk-sdk, tests/searchcommands/recordings).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lab.spl.context import ExternalCall, ExternalDescription, Row, Rows
from lab.spl.errors import Unsupported
from lab.spl.values import as_text, copied
from lab.splunkd.chunk_rows import INDEX, ChunkError, columns_of, decoded, encoded
from lab.splunkd.chunked import Frame, Limits

if TYPE_CHECKING:
    from lab.splunkd.search_commands import SearchCommand

_KINDS = ("streaming", "stateful", "events", "reporting")
_SELECTING = ("streaming", "stateful", "reporting")  # those sent their required fields only
# What a reply to getinfo may hold: Splunk support's list (community.splunk.com, "metadata fields of the custom search
# command") and the two more that splunk-sdk 2.1.1 sends. splunkd refuses others (the SDK's note on requires_preop).
_GETINFO_KEYS = {"type", "generating", "required_fields", "maxwait", "streaming_preop", "finished", "error"}
_GETINFO_KEYS |= {"inspector", "maxinputs", "run_in_preview"}
_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_MOST_EMPTY = 1_000  # replies without rows and without an end, after the last row was sent
_GRACE_SECONDS = 2.0  # for a command that has refused its arguments to end


class CommandRun:
    """A command's process from its start, through its description, to its sure end."""

    def __init__(self, command: SearchCommand, call: ExternalCall) -> None:
        self._command = command
        self._call = call
        self._empty = 0  # replies with nothing in them, of late

    def __enter__(self) -> CommandRun:
        self._talk = self._command.start()
        self._session_key = self._command.open_session()
        try:
            getinfo = self._command.getinfo(self._call, self._session_key)
            self.description = self._described(self._talk.exchange(getinfo))
        except BaseException:
            self._command.close(self._talk, self._session_key)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._command.close(self._talk, self._session_key)

    def run(self, rows: Rows) -> Rows:
        """Its results; an error at the end where the process says that it failed."""
        for level, text in self._messages:
            self._command.show(level, text)
        if self.description.generating:
            yield from self._finish(b"")
        elif self.description.kind in ("streaming", "stateful"):
            yield from self._stream(iter(rows))
        else:
            yield from self._gathered(iter(rows))
        code = self._talk.farewell()
        if code and self._talk.said and self._command.error_fails:
            raise self._talk.error(f"External search command ended with error code {code}.")

    # ---- description

    def _described(self, reply: Frame) -> ExternalDescription:
        found = reply.metadata
        self._messages = list(self._inspected(found))
        self._check_error(found)
        refused = any(level in ("ERROR", "FATAL") for level, _ in self._messages)
        code = self._talk.exit_code(_GRACE_SECONDS) if refused or reply.finished else None
        if code or reply.finished:
            with_code = f" with non-zero error code {code}" if code else ""
            raise self._talk.error(f"External search command exited unexpectedly{with_code}.")
        unknown = sorted(set(found) - _GETINFO_KEYS)
        if unknown:
            raise self._talk.error(f"its description has the unknown key {', '.join(unknown)}")
        kind = found.get("type", "streaming")
        if kind not in _KINDS:
            raise self._talk.error(f"Invalid custom search command type: {kind}")
        self._set_limits(found)
        return ExternalDescription(
            kind=kind,
            generating=self._typed(found, "generating", bool, False),
            required_fields=self._required(found),
            streaming_preop=self._typed(found, "streaming_preop", str, ""),
        )

    def _required(self, found: Mapping[str, Any]) -> frozenset[str] | None:
        names = self._typed(found, "required_fields", list, None)
        self._columns: list[str] = []
        if names is None or "*" in names:
            return None
        if not all(isinstance(name, str) for name in names):
            raise self._talk.error("required_fields in its description is a list of field names")
        if any("*" in name for name in names):
            raise Unsupported(f"the lab does not do wildcards in required_fields (command '{self._command.name}')")
        self._columns = list(dict.fromkeys(names))
        return frozenset(names)

    def _set_limits(self, found: Mapping[str, Any]) -> None:
        limits = self._talk.limits
        wait = self._typed(found, "maxwait", (int, float), None)
        if wait is not None:
            self._talk.limits = Limits(wait, limits.maxchunksize, limits.patience)
        most = self._typed(found, "maxinputs", int, 0)
        size = self._command.rows_a_chunk
        self._size = min(most, size) if most else size

    def _typed(self, found: Mapping[str, Any], key: str, kind: Any, default: Any) -> Any:
        value = found.get(key, default)
        if value is not default and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise self._talk.error(f"{key} in its description cannot be {value!r}")
        return value

    # ---- execution

    def _stream(self, rows: Iterator[Row]) -> Rows:
        selecting = self.description.required_fields is not None
        columns = self._columns
        while True:
            sent = list(itertools.islice(rows, self._size))
            if not sent:
                break
            if not selecting:
                columns = columns_of(sent)
            reply = self._talk.exchange(_execute(False), encoded(sent, columns, numbered=selecting))
            found = self._rows(reply)
            yield from self._merged(found, sent) if selecting else found
            if reply.finished:
                return
        yield from self._finish(encoded((), columns, numbered=selecting))

    def _gathered(self, rows: Iterator[Row]) -> list[Row]:
        selecting = self.description.required_fields is not None and self.description.kind in _SELECTING
        found: list[Row] = []
        sent = list(itertools.islice(rows, self._size))
        while True:
            following = list(itertools.islice(rows, self._size))
            body = encoded(sent, self._columns if selecting else columns_of(sent))
            reply = self._talk.exchange(_execute(not following), body)
            found += self._rows(reply)
            if reply.finished:
                return found
            if not following:
                found += self._finish(b"")
                return found
            sent = following

    def _finish(self, body: bytes) -> Rows:
        """What it gives for empty chunks after the last row, until it says that it has finished."""
        finished = False
        while not finished:
            reply = self._talk.exchange(_execute(True), body)
            yield from self._rows(reply)
            finished = reply.finished
            self._empty = 0 if reply.body else self._empty + 1
            if self._empty > _MOST_EMPTY:
                raise self._talk.error(f"{_MOST_EMPTY} chunks without a row, and it never said that it had finished")

    def _rows(self, reply: Frame) -> Rows:
        for level, text in self._inspected(reply.metadata):
            self._command.show(level, text)
            if level == "FATAL":
                raise self._talk.error("External search command failed.")
        self._check_error(reply.metadata)
        if reply.metadata.get("partial") is True:
            raise Unsupported(f"the command '{self._command.name}' sends partial chunks: Splunk has no such thing yet")
        try:
            yield from decoded(reply.body)
        except ChunkError as error:
            raise self._talk.error(str(error)) from None

    def _merged(self, found: Rows, sent: list[Row]) -> Rows:
        """The rows it gave, each with the fields of its row that were not sent; one without a number has only its
        own."""
        merged = bytearray(len(sent))
        for row in found:
            number = row.pop(INDEX, None)
            if number is None:
                yield row
                continue
            if not (str(number).isdecimal() and int(number) < len(sent)):
                raise self._talk.error(f"a result has {INDEX} = {number}, and {len(sent)} rows were sent")
            at = int(number)
            whole = dict(sent[at])
            if merged[at]:  # one row became several: they must not share a multivalue
                whole = copied(whole)
            merged[at] = 1
            for name in self._columns:
                if name not in row:
                    whole.pop(name, None)
            whole.update(row)
            yield whole

    # ---- what it says of itself

    def _inspected(self, metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Its messages; metrics have no place to be shown. splunkd drops those of a level it does not know."""
        inspector = metadata.get("inspector")
        messages = inspector.get("messages") if isinstance(inspector, dict) else None
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, list) and len(message) == 2 and message[0] in _LEVELS:
                level, text = message[0], as_text(message[1])
                if level in ("ERROR", "FATAL"):
                    self._talk.said.append(text)
                yield level, text
            else:
                self._command.show("DEBUG", f"Error adding inspector message: invalid level in {message!r}")

    def _check_error(self, metadata: Mapping[str, Any]) -> None:
        if metadata.get("error"):
            self._talk.said.clear()
            raise self._talk.error(as_text(metadata["error"]))


def _execute(finished: bool) -> dict[str, Any]:
    return {"action": "execute", "finished": finished}
