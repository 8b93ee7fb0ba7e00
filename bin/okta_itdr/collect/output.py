"""Events to splunkd: a modular input's XML stream on stdout (Splunk: "Set up streaming", XML mode).

Without `unbroken` each <event> is one event and no line breaking touches it. The index is not named: it
is the input's own setting, which splunkd applies.
"""

from __future__ import annotations

import json
import re
from typing import BinaryIO, Collection, Mapping, Optional, Tuple
from xml.sax.saxutils import escape, quoteattr

# What XML reads differently or cannot hold at all, beside & < >: found by bytes first, being so rare.
_RARE = re.compile("[\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RARE_BYTES = [bytes([code]) for code in range(32) if chr(code) not in "\t\n"]


def compact(event: Mapping[str, object]) -> str:
    """An event of our own as JSON, in as few signs as Okta takes."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


class Output:
    """The stream of one input. Each `write` is one write and one flush; after it splunkd's pipe has it all."""

    def __init__(self, stream: BinaryIO, stanza: str, host: str) -> None:
        self._stream = stream
        self._stanza = stanza
        self._host = host
        self._open = False

    def write(self, sourcetype: str, events: Collection[Tuple[str, Optional[float]]], clean: bool = False) -> None:
        """Events as (text, epoch seconds); without a time splunkd reads it from the event itself (props.conf).

        `clean`: they are known to hold no control characters but blanks and line ends, as all proper JSON.
        """
        texts, times = zip(*events) if events else ((), ())
        if any("&" in text or "<" in text or ">" in text for text in texts):  # joined first, they would cost a copy
            texts = map(escape, texts)
        head = f"<event stanza={quoteattr(self._stanza)}>"
        host = f"<host>{escape(self._host)}</host>" if self._host else ""
        tail = f"{host}<source>{escape(self._stanza)}</source><sourcetype>{escape(sourcetype)}</sourcetype><data>"
        parts = [] if self._open else ["<stream>"]
        for text, time in zip(texts, times):
            stamp = "" if time is None else f"<time>{time:.3f}</time>"
            parts.append(f"{head}{stamp}{tail}{text}</data></event>\n")
        self._send("".join(parts), clean)
        self._open = True

    def close(self) -> None:
        if self._open:
            self._send("</stream>\n", clean=True)
            self._open = False

    def _send(self, text: str, clean: bool) -> None:
        data = text.encode("utf-8")
        rare = b"\r" in data if clean else any(byte in data for byte in _RARE_BYTES)
        if rare or "\ufffe" in text or "\uffff" in text:
            data = _RARE.sub(_written_otherwise, text).encode("utf-8")
        self._stream.write(data)
        self._stream.flush()


def _written_otherwise(match: re.Match) -> str:
    """A carriage return as XML keeps it; the others as JSON's own escape, which means the same."""
    return "&#13;" if match.group() == "\r" else f"\\u{ord(match.group()):04x}"
