"""Events as pytest-splunk-addon ingests them: sample files, and the pytest-splunk-addon-data.conf that describes them
(its documentation, "pytest-splunk-addon-data.conf.spec").

Every sample goes in through HEC's raw endpoint (input_type = scripted_input): unlike the event endpoint it leaves
line breaking and time stamps to props.conf, which is what the index-time tests are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

CONF = "pytest-splunk-addon-data.conf"
_TOKEN = "##time##"
_ISO = "%Y-%m-%dT%H:%M:%S"


class Event(NamedTuple):
    """An event as it stands in an index; `time` in epoch seconds."""

    raw: str
    time: float
    sourcetype: str
    source: str
    index: str


def write(folder: Path, events: Iterable[Event], now: float, wall: float, most: int = 25) -> list[str]:
    """Two samples for each sourcetype among the events, in `folder`: up to `most` of them as one piece of data, which
    props.conf must break into as many events, and one whose time the tool makes up.

    The tool dates from the clock on the wall: `now` is splunkd's time and `wall` the real one, both in epoch seconds.
    Returns the sourcetypes.
    """
    of_sourcetype: dict[str, list[Event]] = {}
    for event in events:
        of_sourcetype.setdefault(event.sourcetype, []).append(event)
    (folder / "samples").mkdir(parents=True)
    stanzas: list[str] = []
    behind = int(wall - now)
    for sourcetype, found in sorted(of_sourcetype.items()):
        name = re.sub(r"[^A-Za-z0-9]+", "_", sourcetype)
        chosen = _spread(found, most)
        lines = [event.raw for event in chosen]
        stanzas.append(_sample(folder, f"{name}.lines", chosen[0], lines, expected_event_count=len(lines)))
        dated = {
            "timestamp_type": "event",
            "earliest": f"-{behind + 3 * 3600}s",
            "latest": f"-{behind + 2 * 3600}s",
            "timezone": "0000",
            "token.0.token": _TOKEN,
            "token.0.replacementType": "timestamp",
            "token.0.field": "_time",
        }
        text, dated["token.0.replacement"] = _undated(found[0])
        stanzas.append(_sample(folder, f"{name}.time", found[0], [text], expected_event_count=1, **dated))
    (folder / CONF).write_text("\n".join(stanzas), encoding="utf-8")
    return sorted(of_sourcetype)


def _sample(folder: Path, name: str, event: Event, lines: Sequence[str], **settings: object) -> str:
    """Writes the sample; returns its stanza. The host is a tenant of its own: what it says meets nobody else's."""
    (folder / "samples" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    common = {
        "input_type": "scripted_input",
        "host_type": "plugin",
        "host": f"{name}.samples.example".replace("_", "-").lower(),
        "sourcetype": event.sourcetype,
        "sourcetype_to_search": event.sourcetype,
        "source": event.source,
        "index": event.index,
        "timestamp_type": "plugin",
        "sample_count": 1,
    }
    written = "".join(f"{key} = {value}\n" for key, value in {**common, **settings}.items())
    return f"[{re.escape(name)}]\n{written}"


def _spread(events: Sequence[Event], most: int) -> list[Event]:
    """At most so many, from beginning to end."""
    step = max(len(events) // most, 1)
    return list(events[::step][:most])


def _undated(event: Event) -> tuple[str, str]:
    """The event with the tool's token where its time stands, and the time's format; ValueError where there is none."""
    moment = datetime.fromtimestamp(event.time, timezone.utc).strftime(_ISO)
    for written, token, form in (
        (re.escape(moment) + r"(?:\.\d{3})?Z", f"{_TOKEN}.000Z", _ISO),
        (rf"\b{int(event.time)}(?:\.\d+)?\b", f"{_TOKEN}.000", "%s"),
    ):
        text, replaced = re.subn(written, token, event.raw, count=1)
        if replaced:
            return text, form
    raise ValueError(f"an event of {event.sourcetype} does not say its time: {event.raw[:200]}")
