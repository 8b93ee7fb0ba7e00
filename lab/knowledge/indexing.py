"""Index time: bytes of an input to events, by props.conf (LINE_BREAKER, TRUNCATE, TIME_*, TZ).

Only single-line events (SHOULD_LINEMERGE = false) and times that TIME_FORMAT describes; what else
an index-time key may ask is `Unsupported`. Settings are those of the global order of layers.
"""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo
from functools import cached_property
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lab.knowledge.apps import Apps
from lab.knowledge.conf import ConfError, Setting, boolean, integer
from lab.knowledge.keys import refuse_for_indexing
from lab.knowledge.stanza_match import props_of
from lab.knowledge.timestamps import time_reader
from lab.spl.errors import Unsupported
from lab.spl.regex import compile_regex

_DAY = 86_400.0


class IndexedEvent(NamedTuple):
    """An event as the store takes it; times are epoch seconds."""

    raw: str
    time: float
    index_time: float
    index: str
    sourcetype: str
    source: str
    host: str


class Indexer:
    """Index-time processing by the installed apps' props; one of it keeps each source's last time."""

    def __init__(self, apps: Apps) -> None:
        self._apps = apps
        self._pipelines: Dict[Tuple[str, str, str], Pipeline] = {}

    def events(
        self, data: bytes, *, now: float, index: str, sourcetype: str, source: str, host: str
    ) -> List[IndexedEvent]:
        """The events in `data`, indexed at `now`."""
        pipeline = self._pipeline(sourcetype, source, host)
        return [
            IndexedEvent(raw, time, now, index, sourcetype, source, host) for raw, time in pipeline.events(data, now)
        ]

    def whole_event(
        self, text: str, time: float, *, now: float, index: str, sourcetype: str, source: str, host: str
    ) -> IndexedEvent:
        """One event whose bounds and time are given (HEC): no line is broken, no time is looked for."""
        raw = self._pipeline(sourcetype, source, host).cut(text)
        return IndexedEvent(raw, time, now, index, sourcetype, source, host)

    def _pipeline(self, sourcetype: str, source: str, host: str) -> Pipeline:
        key = (sourcetype, source, host)
        pipeline = self._pipelines.get(key)
        if pipeline is None:
            settings = props_of(self._apps.conf("props"), sourcetype, source, host)
            pipeline = self._pipelines[key] = Pipeline(settings)
        return pipeline


class Pipeline:
    """What the settings of one stanza do to data."""

    def __init__(self, settings: Mapping[str, Setting]) -> None:
        refuse_for_indexing(settings)
        self._settings = settings
        self._breaker = compile_regex(settings["LINE_BREAKER"].value)
        self._truncate = integer(settings["TRUNCATE"], "TRUNCATE")
        self._prefix = _optional_regex(settings.get("TIME_PREFIX"))
        self._lookahead = integer(settings["MAX_TIMESTAMP_LOOKAHEAD"], "MAX_TIMESTAMP_LOOKAHEAD")
        self._days_ago = integer(settings["MAX_DAYS_AGO"], "MAX_DAYS_AGO") * _DAY
        self._days_hence = integer(settings["MAX_DAYS_HENCE"], "MAX_DAYS_HENCE") * _DAY
        self._last_time: Optional[float] = None

    @cached_property
    def _read_time(self) -> Any:
        return _reader(self._settings)

    def events(self, data: bytes, now: float) -> List[Tuple[str, float]]:
        """(raw, time) of each event."""
        merging = self._settings["SHOULD_LINEMERGE"]
        if boolean(merging, "SHOULD_LINEMERGE"):
            raise Unsupported(f"{merging.place}: the lab does not merge lines into events")
        return [(raw, self._time(raw, now)) for raw in self._lines(data.decode("utf-8", "replace"))]

    def _lines(self, text: str) -> List[str]:
        """The first group of LINE_BREAKER is what stands between events and belongs to none."""
        lines, start = [], 0
        for match in self._breaker.finditer(text):
            lines.append(text[start : match.start(1)])
            start = match.end(1)
        lines.append(text[start:])
        return [self.cut(line) for line in lines if line]

    def cut(self, line: str) -> str:
        """The event as TRUNCATE leaves it."""
        if not self._truncate or len(line) * 4 <= self._truncate:
            return line
        data = line.encode("utf-8")
        return line if len(data) <= self._truncate else data[: self._truncate].decode("utf-8", "ignore")

    def _time(self, raw: str, now: float) -> float:
        """The time in the text; else that of the last event that had one; else now."""
        found = self._found_time(raw)
        if found is not None and now - self._days_ago <= found <= now + self._days_hence:
            self._last_time = found
            return found
        if self._read_time is None or self._last_time is None:
            return now
        return self._last_time

    def _found_time(self, raw: str) -> Optional[float]:
        if self._read_time is None:
            return None
        start = 0
        if self._prefix is not None:
            match = self._prefix.search(raw)
            if match is None:
                return None
            start = match.end()
        text = raw[start : start + self._lookahead] if self._lookahead > 0 else raw[start:]
        return self._read_time(text, 0)


def _optional_regex(setting: Optional[Setting]) -> Any:
    return compile_regex(setting.value) if setting and setting.value else None


def _reader(settings: Mapping[str, Setting]) -> Any:
    """TIME_FORMAT as a function; None where no time is to be looked for."""
    config = settings.get("DATETIME_CONFIG")
    if config is not None:
        if config.value in ("CURRENT", "NONE"):
            return None
        raise Unsupported(f"{config.place}: the lab reads no DATETIME_CONFIG file")
    time_format = settings.get("TIME_FORMAT")
    if time_format is None or not time_format.value:
        raise Unsupported("the lab does not guess times: TIME_FORMAT, or DATETIME_CONFIG = CURRENT, is wanted")
    return time_reader(time_format.value, _zone(settings.get("TZ")))


def _zone(setting: Optional[Setting]) -> tzinfo:
    """TZ, and where nothing is set the zone of the lab's server: UTC."""
    if setting is None or not setting.value or setting.value.upper() in ("UTC", "GMT", "Z"):
        return timezone.utc
    try:
        return ZoneInfo(setting.value)
    except (ZoneInfoNotFoundError, ValueError):
        pass
    text = setting.value
    if len(text) == 6 and text[0] in "+-" and text[3] == ":":
        minutes = int(text[1:3]) * 60 + int(text[4:])
        return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
    raise ConfError(setting.path, setting.line, f"TZ is a time zone, not {setting.value!r}")
