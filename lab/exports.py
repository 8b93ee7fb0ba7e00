"""Exported Okta logs as people have them: every form in, raw events out, and one line for what is bad.

Forms: a JSON array, JSON lines, `{"event": {…}}`, Splunk's `{"result": {"_raw": "…"}}` and CSV with `_raw`,
the CSV that Okta's System Log page downloads, each plain or gzipped, from a file or standard input. A bad
event never stops the good ones: it comes out as a `BadLine`.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Dict, Iterable, Iterator, Optional, Union

import orjson

_BLOCK = 1 << 20
_PUBLISHED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of bytes that are no UTF-8
_NEXT_OBJECT = re.compile(r"\}\s*,?\s*\{")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class ExportedEvent:
    """One event: its raw JSON on a single line, when it was published (epoch seconds) and, where the
    export tells it, the tenant's host."""

    raw: str
    time: float
    host: Optional[str]


@dataclass(frozen=True)
class BadLine:
    """What could not be read: the file, the line (1 is the first; None for the whole file), the reason."""

    file: str
    line: Optional[int]
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


Exported = Union[ExportedEvent, BadLine]


def read_exports(files: Iterable[str]) -> Iterator[Exported]:
    """Events and bad lines of all `files` in order; `-` is standard input."""
    for file in files:
        name = "stdin" if file == "-" else file
        try:
            with _open(file) as stream:
                yield from _read_stream(name, stream)
        except zlib.error as error:
            yield BadLine(name, None, f"damaged gzip: {error}")
        except EOFError:
            yield BadLine(name, None, "truncated gzip: the events up to the break were read")
        except OSError as error:
            yield BadLine(name, None, f"cannot be read: {error.strerror or error}")


def _open(file: str) -> Any:
    raw = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115  closed by the caller
    return io.BufferedReader(_Gunzip(raw), _BLOCK) if raw.peek(2)[:2] == b"\x1f\x8b" else raw


class _Gunzip(io.RawIOBase):
    """Decompresses as far as the data goes: of a cut-off file the standard reader gives nothing."""

    def __init__(self, compressed: BinaryIO) -> None:
        self._compressed = compressed
        self._inflate = zlib.decompressobj(wbits=31)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._inflate.eof and self._inflate.unused_data:  # the next member of the file
                unused, self._inflate = self._inflate.unused_data, zlib.decompressobj(wbits=31)
                data = self._inflate.decompress(unused, len(buffer))
            elif self._inflate.unconsumed_tail:
                data = self._inflate.decompress(self._inflate.unconsumed_tail, len(buffer))
            else:
                block = self._compressed.read(_BLOCK)
                if not block:
                    if self._inflate.eof:
                        return 0
                    raise EOFError
                data = self._inflate.decompress(block, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)


def _read_stream(name: str, stream: BinaryIO) -> Iterator[Exported]:
    head = stream.peek(_BLOCK)[:4096] if hasattr(stream, "peek") else b""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
        yield BadLine(name, None, "not UTF-8 text (UTF-16, or no text at all): export it again as UTF-8")
        return
    if head.startswith(b"\xef\xbb\xbf"):
        stream.read(3)
        head = head[3:]
    first = head.lstrip()[:1]
    if not first:
        yield BadLine(name, None, "empty file")
    elif first == b"[" or head.lstrip().split(b"\n", 1)[0].strip() == b"{":
        yield from _read_array(name, stream)
    elif first == b"{":
        yield from _read_lines(name, stream)
    else:
        yield from _read_csv(name, stream)


def _read_lines(name: str, stream: BinaryIO) -> Iterator[Exported]:
    """JSON lines: each line stands alone, so a bad one costs itself only."""
    for number, line in enumerate(stream, start=1):
        text = line.decode("utf-8", "surrogateescape").strip()
        if not text:
            continue
        document = _loads(text)
        if document is None:
            yield BadLine(name, number, _why(text))
        else:
            yield _event(name, number, document, text)


def _read_array(name: str, stream: BinaryIO) -> Iterator[Exported]:
    """A JSON array, or objects one after the other, read block by block: a file larger than memory is no
    trouble. After a malformed object reading goes on at the next one."""
    reader = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
    text = reader.read(_BLOCK).lstrip()
    is_array = text.startswith("[")
    text, line, complete, recovering = text[is_array:], 1, False, False
    while True:
        position = 0
        while True:
            here = len(text) - len(text[position:].lstrip(" \t\r\n,"))
            line += text.count("\n", position, here)
            position = here
            if is_array and not recovering and text[position : position + 1] == "]":
                return
            try:
                document, end = _DECODER.raw_decode(text, position)
            except ValueError as error:
                again = (
                    _NEXT_OBJECT.search(text, max(error.pos, position + 1))
                    if _is_malformed(error, text) or complete
                    else None
                )
                if again is None:
                    break
                if not recovering:
                    yield BadLine(name, line + text.count("\n", position, error.pos), _reason(error, text))
                recovering = True
                line += text.count("\n", position, again.end() - 1)
                position = again.end() - 1
            else:
                # behind a malformed object the next ones may be parts of it: events alone count again
                if not recovering or (isinstance(document, dict) and "eventType" in document):
                    recovering = False
                    yield _event(name, line, document, text[position:end])
                line += text.count("\n", position, end)
                position = end
        if complete:
            if (text[position:].strip() or is_array) and not recovering:
                yield BadLine(name, line, "truncated JSON")
            return
        block = reader.read(_BLOCK)
        complete = not block
        text = text[position:] + block


def _is_malformed(error: json.JSONDecodeError, text: str) -> bool:
    """Whether more text could not help: the trouble lies before the end of what was read."""
    return error.pos < len(text) - 16 and not error.msg.startswith("Unterminated string")


def _reason(error: json.JSONDecodeError, text: str) -> str:
    return f"malformed JSON: {error.msg}" if error.pos < len(text) - 1 else "truncated JSON"


def _read_csv(name: str, stream: BinaryIO) -> Iterator[Exported]:
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
    csv.field_size_limit(1 << 27)
    try:
        rows = csv.DictReader(text, strict=True)
        columns = rows.fieldnames or []
        if "_raw" not in columns and not {"eventType", "event_type"} & set(columns):
            yield BadLine(
                name, 1, "neither JSON nor a CSV with a column _raw or event_type: not an Okta System Log export"
            )
            return
        for row in rows:
            line = rows.line_num
            if "_raw" in columns:
                raw = row["_raw"] or ""
                document = _loads(raw)
                if document is None:
                    yield BadLine(name, line, f"_raw: {_why(raw)}")
                else:
                    yield _event(name, line, document, raw, row.get("host"))
            else:
                yield _event(name, line, _from_okta_csv(row), None)
    except csv.Error as error:
        yield BadLine(name, rows.line_num, f"malformed CSV: {error}")


def _from_okta_csv(row: Dict[str, Optional[str]]) -> Dict[str, Any]:
    """A row of Okta's CSV as the event it came from: `client.user_agent.os`, `target0.id` → nested JSON."""
    event: Dict[str, Any] = {}
    targets: Dict[int, Dict[str, Any]] = {}
    for column, value in row.items():
        if not column or not value or not isinstance(value, str):
            continue
        path = [re.sub(r"_(\w)", lambda m: m[1].upper(), step) for step in column.split(".")]
        if path == ["timestamp"]:
            path = ["published"]
        numbered = re.fullmatch(r"target(\d+)", path[0])
        place = targets.setdefault(int(numbered[1]), {}) if numbered else event
        steps = path[1:] if numbered else path
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = value
    if targets:
        event["target"] = [targets[n] for n in sorted(targets)]
    return event


def _event(name: str, line: int, document: Any, text: Optional[str], host: Optional[str] = None) -> Exported:
    """Unwraps and checks one document; `text` is how it stood in the file, kept where it can be."""
    if isinstance(document, dict):
        if isinstance(document.get("result"), dict) and "_raw" in document["result"]:
            result = document["result"]
            host, text = result.get("host", host), str(result["_raw"])
            document = _loads(text)
        elif isinstance(document.get("event"), dict):
            document, text, host = document["event"], None, document.get("host", host)
    problem = "not UTF-8" if text and _NOT_UTF8.search(text) else _problem(document)
    if problem:
        return BadLine(name, line, problem)
    published = _PUBLISHED.match(document["published"])
    written = f"{published[1]}T{published[2]}.{(published[3] or '0')[:3].ljust(3, '0')}Z"
    try:
        moment = datetime.fromisoformat(written[:-1] + "+00:00").timestamp()
    except ValueError:
        return BadLine(name, line, f"published is no time: {document['published'][:40]!r}")
    if written != document["published"]:
        document, text = {**document, "published": written}, None
    if text is None or "\n" in text or "\r" in text:
        text = json.dumps(document, ensure_ascii=bool(_NOT_UTF8.search(str(document))), separators=(",", ":"))
    return ExportedEvent(text, moment, host)


def _problem(document: Any) -> Optional[str]:
    """Why a document is no event of the Okta System Log, or None."""
    if not isinstance(document, dict):
        return "not a JSON object: not an event of the Okta System Log"
    for key in ("eventType", "uuid", "published"):
        if not isinstance(document.get(key), str) or not document[key]:
            return f"no {key}: not an event of the Okta System Log"
    if not _PUBLISHED.match(document["published"]):
        return f"published is no time: {document['published'][:40]!r}"
    for key in ("actor", "client", "outcome", "debugContext", "authenticationContext", "securityContext"):
        if not isinstance(document.get(key), (dict, type(None))):
            return f"{key} is no object: malformed event {document['uuid']}"
    return None


def _loads(text: str) -> Optional[Any]:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _why(text: str) -> str:
    """The reason why `text` is no JSON."""
    if _NOT_UTF8.search(text):
        return "not UTF-8"
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _reason(error, text) if not error.msg.startswith("Unterminated") else "truncated JSON"
    return "malformed JSON"
