"""Events to splunkd: a modular input's XML stream on stdout (Splunk: "Set up streaming", XML mode).

Without `unbroken` each <event> is one event and no line breaking touches it. The index is not named: it
is the input's own setting, which splunkd applies.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Iterable
from xml.sax.saxutils import escape, quoteattr

from okta_itdr.collect.page import LogEvent

# What XML reads differently or cannot hold at all, beside & < >: found by bytes first, being so rare.
_RARE = re.compile("[\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RARE_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n")


class Output:
    """The stream of one input. Each `write` is one write and one flush; after it splunkd's pipe has it all."""

    def __init__(self, stream: BinaryIO, stanza: str, host: str, sourcetype: str) -> None:
        self._stream = stream
        self._open = False
        self._head = f"<event stanza={quoteattr(stanza)}>"
        self._tail = (
            f"<host>{escape(host)}</host><source>{escape(stanza)}</source>"
            f"<sourcetype>{escape(sourcetype)}</sourcetype><data>"
        )

    def write(self, events: Iterable[LogEvent]) -> None:
        parts = [] if self._open else ["<stream>"]
        for event in events:
            # Without <time> splunkd reads the time from the event itself (props.conf).
            time = "" if event.time is None else f"<time>{event.time:.3f}</time>"
            parts.append(f"{self._head}{time}{self._tail}{escape(event.raw)}</data></event>\n")
        self._send("".join(parts))
        self._open = True

    def close(self) -> None:
        if self._open:
            self._send("</stream>\n")
            self._open = False

    def _send(self, text: str) -> None:
        data = text.encode("utf-8")
        if len(data.translate(None, _RARE_BYTES)) < len(data) or "\ufffe" in text or "\uffff" in text:
            data = _RARE.sub(_written_otherwise, text).encode("utf-8")
        self._stream.write(data)
        self._stream.flush()


def _written_otherwise(match: re.Match) -> str:
    """A carriage return as XML keeps it; the others as JSON's own escape, which means the same."""
    return "&#13;" if match.group() == "\r" else f"\\u{ord(match.group()):04x}"
