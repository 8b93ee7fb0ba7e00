"""How splunkd runs a search command that adds columns to records (protocol "chunked", version 2), by the SDK.

Whatever is wrong is a message beside the results, once a search, and the records pass as they are: a search of many
steps must not fail for a word it could do without.

The SDK takes each record apart and writes it again, which costs more than any look-up. So its private step for one
chunk is replaced here (`_execute_chunk_v2`; the output goes to its writer's buffer) where the SDK is the very version
that this was written for; otherwise, and for unusual chunks, everything goes its public way, `stream`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Optional, Tuple

import splunklib
from splunklib.searchcommands import Configuration, StreamingCommand

from okta_itdr.splunk.call import Call, GivenOptions
from okta_itdr.splunk.enrichment import Enricher, Enrichment, Record, whole
from okta_itdr.trouble import Trouble

APP_FOLDER = Path(__file__).resolve().parents[3]  # on a search peer: within the bundle, wherever that is
_REPLACEABLE = splunklib.__version_info__ == (2, 1, 1)
_LONGEST_CELL = 2**31 - 1


# Raises Trouble where nothing can be added: what is wrong and what to do. That the rows pass is said here.
Command = Callable[[Call], Enrichment]


def run(name: str, command: Command, distributed: bool = True) -> None:
    """Be the search command `name` for splunkd on stdin and stdout. `distributed`: also on search peers."""
    csv.field_size_limit(_LONGEST_CELL)  # a cell may hold a whole event
    _EnrichingCommand(name, command, distributed).process(sys.argv[:1], sys.stdin, sys.stdout)


@Configuration()
class _EnrichingCommand(StreamingCommand):
    """What the SDK runs: from getinfo to the last chunk."""

    def __init__(self, name: str, command: Command, distributed: bool) -> None:
        super().__init__()
        self._name = name
        self._command = command
        self._distributed = distributed
        self._given = GivenOptions()
        self._call: Optional[Call] = None
        self._enricher: Optional[Enricher] = None  # None: records pass as they are

    @property
    def options(self) -> GivenOptions:
        """Any option at all: the SDK would end the search for one it does not know, and has some that no user of a
        search should reach (one of them reads a file)."""
        return self._given

    def prepare(self) -> None:
        self.configuration.distributed = self._distributed

    def stream(self, records: Iterable[Record]) -> Iterator[Record]:
        """One chunk, the public way."""
        found = whole(records)
        added = self._attempt(lambda enricher: enricher.enriched(found))
        yield from found if added is None else added
        self._speak(getattr(self.metadata, "finished", False))

    def _execute_chunk_v2(self, process: Any, chunk: Tuple[Any, str]) -> None:
        """One chunk by its text. `process`: what the SDK would do, stream."""
        if not _REPLACEABLE:
            super()._execute_chunk_v2(process, chunk)
            return
        metadata, body = chunk
        writer = self._record_writer
        if isinstance(writer._buffer, _Written):
            writer._buffer = self._sdk_buffer
        self._open()
        text = self._attempt(lambda enricher: enricher.spliced(body))
        if text is None and self._enricher is not None:
            try:
                super()._execute_chunk_v2(process, chunk)
                return
            except csv.Error as error:
                self._call.warn(
                    f"{self._name} left some rows as they are: their table cannot be read ({error}). Take the fields "
                    f"it needs first, with | fields or | table."
                )
        self._sdk_buffer, writer._buffer = writer._buffer, _Written(body if text is None else text)
        self._speak(getattr(metadata, "finished", False))

    # ---- for one chunk

    def _attempt(self, enrich: Callable[[Enricher], Any]) -> Any:
        """What `enrich` gives; None where there is nothing to add, from the first trouble on."""
        self._open()
        if self._enricher is None:
            return None
        try:
            return enrich(self._enricher)
        except csv.Error:
            raise
        except Exception as error:
            self._give_up(error)
            return None

    def _open(self) -> None:
        """Start the command with the first chunk: a search that is only parsed reads no data."""
        if self._call is not None:
            return
        self._call = Call.of_search(self._name, self.metadata.searchinfo, self.fieldnames, self._given)
        try:
            self._enricher = Enricher(self._command(self._call))
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Say what happened, once, and let the records pass from now on."""
        self._enricher = None
        if isinstance(error, Trouble):
            self._call.warn(f"{error} The rows are passed on as they are.")
            return
        from okta_itdr.splunk.log import open_log  # what it needs is slow to load, and nobody else needs it

        open_log(self._name).error('exc_l="Unexpected Error" This is a mistake of the add-on:', exc_info=error)
        self._call.warn(
            f"{self._name} ran into a mistake of its own ({type(error).__name__}) and passes the rows on as they are. "
            "Its log in index _internal (source=*ta_okta_itdr*) says more: please report it."
        )

    def _speak(self, finished: bool) -> None:
        """Hand over the messages, at the end also that a field was nowhere."""
        if finished and self._enricher is not None:
            for name in self._enricher.missing():
                self._call.warn(
                    f"{self._name} found no field {name} in the results: check its spelling and its case, and that "
                    "the search has it at this point. Rows without it are passed on as they are."
                )
        for level, text in self._call.messages:
            (self.write_warning if level == "WARN" else self.write_info)("{}", text)
        self._call.messages.clear()


class _Written:
    """In the place of the SDK writer's buffer for one chunk: that one would copy the text again and again."""

    def __init__(self, text: str) -> None:
        self._text = text

    def getvalue(self) -> str:
        return self._text

    def seek(self, _: int) -> None:
        """To clear it, which comes before the next chunk."""

    def truncate(self) -> None:
        self._text = ""
