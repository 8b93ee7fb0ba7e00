"""What a modular input prints in XML streaming mode (Developer Guide, "Set up streaming").

In: the bytes of standard output as they come. Out: events as soon as each is closed. Data of an
unbroken event is gathered until `<done/>`, by source, sourcetype, host, index and stanza.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLPullParser


class StreamError(Exception):
    """The input printed something that is no event stream."""


class StreamedEvent(NamedTuple):
    """One `<event>`; None where the input said nothing and its stanza's setting holds."""

    data: str
    stanza: str | None
    time: float | None
    host: str | None
    source: str | None
    sourcetype: str | None
    index: str | None
    broken: bool  # the input says where events begin; else splunkd breaks the data by LINE_BREAKER


class EventStream:
    """An incremental reader of one process's output."""

    def __init__(self) -> None:
        self._parser = XMLPullParser(["start", "end"])
        self._root: Element | None = None
        self._unbroken: dict[tuple, list[StreamedEvent]] = {}

    def feed(self, data: bytes) -> list[StreamedEvent]:
        """The events that these bytes complete."""
        try:
            self._parser.feed(data)
            return list(self._events())
        except ParseError as error:
            raise StreamError(f"the output is no XML event stream: {error}") from None

    def close(self) -> list[StreamedEvent]:
        """At the end of the output: what was gathered without `<done/>`."""
        left = [_joined(parts) for parts in self._unbroken.values()]
        self._unbroken.clear()
        if self._root is not None:
            try:
                self._parser.close()
            except ParseError as error:
                raise StreamError(f"the output ends inside the event stream: {error}") from None
        return left

    def _events(self) -> Iterator[StreamedEvent]:
        for kind, element in self._parser.read_events():
            if self._root is None:
                if element.tag != "stream":
                    raise StreamError(f"the output begins with <{element.tag}>, not with <stream>")
                self._root = element
            elif kind == "end" and element.tag == "event":
                yield from self._complete(element)
                self._root.clear()  # memory stays flat however many events come

    def _complete(self, element: Element) -> Iterator[StreamedEvent]:
        unbroken = element.get("unbroken") == "1"
        event = StreamedEvent(
            data=element.findtext("data") or "",
            stanza=element.get("stanza"),
            time=_time(element.findtext("time")),
            host=element.findtext("host"),
            source=element.findtext("source"),
            sourcetype=element.findtext("sourcetype"),
            index=element.findtext("index"),
            broken=not unbroken,
        )
        if not unbroken:
            yield event
            return
        key = (event.stanza, event.host, event.source, event.sourcetype, event.index)
        self._unbroken.setdefault(key, []).append(event)
        if element.find("done") is not None:
            yield _joined(self._unbroken.pop(key))


def _joined(parts: list[StreamedEvent]) -> StreamedEvent:
    return parts[0]._replace(data="".join(part.data for part in parts))


def _time(text: str | None) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise StreamError(f"<time>{text}</time> is no number of seconds") from None
