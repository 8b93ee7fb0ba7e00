"""Conformance vectors on a Splunk elsewhere, in a scratch app that holds their macros, event types, tags and lookups.

What cannot be given to a Splunk from outside (a time zone, a data model, rows for a subsearch) makes a vector
`skipped`, with the reason: it has neither passed nor failed.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import quote

import splunklib.binding as binding
import splunklib.client as sdk

from lab.remote.connection import SearchRefused, Splunk, call, search
from lab.remote.given_rows import rows_as_spl
from lab.spl.conformance import Vector, difference
from lab.spl.errors import SearchError
from lab.spl.search import Result
from lab.spl.syntax.pipeline_text import segments
from lab.spl.syntax.source import Source
from lab.spl.vector_context import read_table

APP = "lab_conformance"
_MOST_ROWS = 200
Made = Tuple[str, str]  # a conf file and a stanza, or "lookup" and a file
_TIME_MODIFIER = re.compile(r"\b_?(index_)?(earliest|latest)\s*=", re.IGNORECASE)
_SEARCH = re.compile(r"\s*search\b(?!\s*[=!<>])\s*", re.IGNORECASE)
_BASE_IN_BRACKETS = re.compile(r"\[\s*(search\b|[^|\s\]])", re.IGNORECASE)
_OVER_ROWS = re.compile(r"\[\s*(eval|stats|where|rename|fields|table|sort|rex|fillnull|<|\d|'|\")", re.IGNORECASE)
_WITH_SIDE_EFFECTS = ("collect", "savedsearch", "map")


class Outcome(NamedTuple):
    """`trouble`: what went wrong; `skipped`: why it could not be tried; neither: it passed."""

    trouble: Optional[str] = None
    skipped: Optional[str] = None


@contextmanager
def scratch_app(splunk: Splunk) -> Iterator[sdk.Service]:
    """An app of the vectors' own, gone afterwards, so that nothing of theirs meets what that Splunk has."""
    apps = splunk.in_app("system")
    if APP in apps.apps:
        apps.apps.delete(APP)
    call(apps, "post", "/services/apps/local", name=APP, label=APP, visible=0)
    try:
        yield splunk.in_app(APP)
    finally:
        apps.apps.delete(APP)


def run(vector: Vector, service: sdk.Service) -> Outcome:
    """The vector's search over its rows, in the scratch app of `service`."""
    reason = _cannot(vector)
    if reason is not None:
        return Outcome(skipped=reason)
    settings = vector.data.get("context") or {}
    try:
        text = _dispatched(vector)
    except SearchError as error:  # quotes or brackets: the Splunk is to refuse it itself
        text = vector.data["spl"] if "|" in str(error) else f"search {vector.data['spl']}"
    made = _make(service, settings)
    arguments = {"now": settings["now"]} if "now" in settings else {"now": 1_700_000_000}
    try:
        found = search(service, text, **arguments)
    except SearchRefused as refused:
        if vector.data.get("expect_error") or vector.data.get("accept_error"):
            return Outcome()
        return Outcome(trouble=f"refused: {refused}")
    finally:
        _unmake(service, made)
    if vector.data.get("expect_error"):
        return Outcome(trouble=f"must raise ({vector.data['expect_error']}), but gave {found.rows[:3]}")
    return Outcome(trouble=difference(Result(found.rows, found.columns), vector.data))


def _cannot(vector: Vector) -> Optional[str]:
    data, settings, text = vector.data, vector.data.get("context") or {}, vector.data["spl"]
    rows = data.get("events") or []
    if settings.get("tz", "UTC") != "UTC":
        return "a time zone belongs to a user, not to a search"
    if "datamodels" in settings:
        return "data models are not made over REST"
    if {"earliest", "latest"} & set(settings) or _TIME_MODIFIER.search(text):
        return "given rows have no time range"
    if rows and ({"eventtypes", "tags"} & set(settings)) and re.search(r"\b(eventtype|tag)\b(?!\s*!?=)|where", text):
        return "results have no event types and tags, only events have"
    if any(not read_table(table).rows for table in (settings.get("lookup_files") or {}).values()):
        return "an empty lookup is not made by a search"
    if "```" in text:
        return "a comment hides where its base search ends"
    if data.get("then") or data.get("side_effect"):
        return "what it writes is not to be left behind"
    if len(rows) > _MOST_ROWS:
        return f"more than {_MOST_ROWS} given rows"
    if rows and any(not _OVER_ROWS.match(text, match.start()) for match in _BASE_IN_BRACKETS.finditer(text)):
        return "a subsearch would look into that Splunk's indexes"
    if rows and re.search(r"\|\s*tstats\b", text):
        return "tstats counts what that Splunk has indexed"
    if any(re.search(rf"\|\s*{command}\b", text) for command in _WITH_SIDE_EFFECTS):
        return "a command that writes, or runs other searches"
    return None


def _dispatched(vector: Vector) -> str:
    """The search with its rows before it; one that generates its own stays as it is."""
    text = vector.data["spl"]
    parts = segments(Source(text), 0, len(text))
    if not parts or (parts[0].piped and not _SEARCH.match(text[parts[0].start :])):
        return text
    first = parts[0]
    base = text[first.start : first.end].strip()
    named = _SEARCH.match(base)
    base = base[named.end() :] if named else base
    rest = text[first.end :]
    return f"{rows_as_spl(vector.data.get('events') or [])} | search {base or '*'} {rest}"


# ---- the vector's own knowledge


def _make(service: sdk.Service, settings: Mapping[str, Any]) -> List[Made]:
    """Objects of the vector's context; returns (conf, stanza) of each."""
    made: List[Made] = []
    for conf in ("macros", "eventtypes", "tags", "transforms"):
        for stanza, keys in (settings.get(conf) or {}).items():
            path = f"configs/conf-{conf}"
            call(service, "post", path, name=stanza, **{key: str(value) for key, value in keys.items()})
            made.append((conf, stanza))
    for name, text in (settings.get("lookup_files") or {}).items():
        table = read_table(text)
        rows: List[Dict[str, Any]] = [{key: row.get(key) for key in table.fields} for row in table.rows]
        fields = " ".join(f'"{field}"' for field in table.fields)
        search(service, f"{rows_as_spl(rows)} | table {fields} | outputlookup {name}")
        made.append(("lookup", name))
    return made


def _unmake(service: sdk.Service, made: List[Made]) -> None:
    for conf, name in reversed(made):
        path = "data/lookup-table-files" if conf == "lookup" else f"configs/conf-{conf}"
        call(service, "delete", binding.UrlEncoded(f"{path}/{quote(name, safe='')}", skip_encode=True))
