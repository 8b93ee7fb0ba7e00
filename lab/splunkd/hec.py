"""The HTTP Event Collector: a WSGI app on a port of its own (Getting Data In, "Format events for HTTP Event Collector"
and "HTTP Event Collector REST API endpoints"; inputs.conf.spec, [http] and [http://<name>]).

Its answers are `{"text": …, "code": …}` with the codes of the page "Troubleshoot HTTP Event Collector".
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from typing import Any, Callable
from urllib.parse import parse_qs

from werkzeug.http import HTTP_STATUS_CODES

from lab.knowledge.apps import Apps
from lab.knowledge.conf import is_true
from lab.spl.errors import Unsupported
from lab.splunkd.indexes import Arrival, Indexes, UnknownIndex

_PREFIX = "http://"
_METADATA = ("time", "host", "source", "sourcetype", "index", "event", "fields")
_DECODER = json.JSONDecoder()


class HecError(Exception):
    """A refusal: HTTP status, HEC's code and text, and the number of the event that is to blame."""

    def __init__(self, status: int, code: int, text: str, number: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.answer: dict[str, Any] = {"text": text, "code": code}
        if number is not None:
            self.answer["invalid-event-number"] = number


class EventCollector:
    """HEC over the tokens of the apps' inputs.conf."""

    def __init__(self, apps: Apps, indexes: Indexes, server_name: str, now: Callable[[], float]) -> None:
        self._apps = apps
        self._indexes = indexes
        self._server_name = server_name
        self._now = now
        self.refused: list[str] = []  # what HEC has and the lab has not

    @property
    def enabled(self) -> bool:
        """Whether HEC listens at all: [http] disabled = 0."""
        conf = self._apps.conf("inputs")
        settings = conf.stanza("http") if "http" in conf else {}
        return settings.get("disabled", "1").lower() in ("0", "false")

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, answer = 200, self._answer(environ)
        except HecError as error:
            status, answer = error.status, error.answer
        except Unsupported as error:
            self.refused.append(f"{environ['PATH_INFO']}: {error}")
            status, answer = 501, {"text": f"The lab's HEC cannot do this: {error}", "code": 8}
        body = json.dumps(answer).encode()
        start_response(f"{status} {HTTP_STATUS_CODES[status]}", [("Content-Type", "application/json; charset=UTF-8")])
        return [body]

    def _answer(self, environ: Mapping[str, Any]) -> dict[str, Any]:
        path, method = environ["PATH_INFO"].rstrip("/"), environ["REQUEST_METHOD"]
        query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        if path in ("/services/collector/health", "/services/collector/health/1.0"):
            return {"text": "HEC is healthy", "code": 17}
        kind = path[len("/services/collector") :] if path.startswith("/services/collector") else None
        if kind not in ("", "/event", "/event/1.0", "/raw", "/raw/1.0"):
            raise HecError(404, 404, "The requested URL was not found on this server.")
        if method != "POST":
            raise HecError(405, 405, "Method Not Allowed")
        token = self._token(environ.get("HTTP_AUTHORIZATION", ""))
        body = environ["wsgi.input"].read()
        if not body.strip():
            raise HecError(400, 5, "No data")
        for name in query:
            if name not in ("channel", "host", "source", "sourcetype", "index", "time", "auto_extract_timestamp"):
                raise Unsupported(f"HEC's argument {name}")
        arrivals = self._raw(body, query, token) if "/raw" in kind else self._events(body, query, token)
        accepted: list[Arrival] = []
        try:
            accepted.extend(arrivals)
        finally:  # what comes before an event that is refused is kept: invalid-event-number says how far it went
            self._indexes.add(accepted)
        return {"text": "Success", "code": 0}

    def _token(self, authorization: str) -> Mapping[str, str]:
        """The stanza of the token that the request carries."""
        scheme, _, value = authorization.partition(" ")
        if not authorization:
            raise HecError(401, 2, "Token is required")
        if scheme != "Splunk" or not value.strip():
            raise HecError(401, 3, "Invalid authorization")
        conf = self._apps.conf("inputs")
        for name in conf:
            settings = conf.stanza(name)
            if name.startswith(_PREFIX) and hmac.compare_digest(settings.get("token", ""), value.strip()):
                if is_true(settings.get("disabled", "0")):
                    raise HecError(403, 1, "Token disabled")
                if is_true(settings.get("useACK", "0")):
                    raise Unsupported("HEC's indexer acknowledgement (useACK)")
                return settings
        raise HecError(403, 4, "Invalid token")

    def _raw(self, body: bytes, query: Mapping[str, str], token: Mapping[str, str]) -> list[Arrival]:
        """Data that props.conf breaks into events."""
        given = {name: query[name] for name in ("host", "source", "sourcetype", "index") if name in query}
        return [self._arrival(_text(body, 0), given, token, 0)]

    def _events(self, body: bytes, query: Mapping[str, str], token: Mapping[str, str]) -> Iterable[Arrival]:
        """Events one after the other, each an object that carries its metadata."""
        if query.get("auto_extract_timestamp", "false") != "false":
            raise Unsupported("HEC's auto_extract_timestamp")
        text, at, number = _text(body, 0), 0, 0
        while WHITESPACE.match(text, at).end() < len(text):
            try:
                found, at = members(text, WHITESPACE.match(text, at).end())
            except ValueError:
                raise HecError(400, 6, "Invalid data format", number) from None
            yield self._event(found, token, number)
            number += 1

    def _event(self, found: Mapping[str, tuple[Any, str]], token: Mapping[str, str], number: int) -> Arrival:
        if "event" not in found:
            raise HecError(400, 12, "Event field is required", number)
        event, written = found["event"]
        if event in (None, ""):
            raise HecError(400, 13, "Event field cannot be blank", number)
        for name in found:
            if name not in _METADATA:
                raise HecError(400, 6, "Invalid data format", number)
        if found.get("fields", ({}, ""))[0]:
            raise Unsupported("HEC's indexed fields")
        given = {name: str(found[name][0]) for name in ("host", "source", "sourcetype", "index") if name in found}
        time = self._now()
        if "time" in found:
            try:
                time = float(found["time"][0])
            except (TypeError, ValueError):
                raise HecError(400, 6, "Invalid data format", number) from None
        return self._arrival(event if isinstance(event, str) else written, given, token, number, time)

    def _arrival(
        self,
        data: str,
        given: Mapping[str, str],
        token: Mapping[str, str],
        number: int,
        time: float | None = None,
    ) -> Arrival:
        """`time` is that of an event whose bounds are given; data that must be broken first has none yet."""

        def setting(name: str, default: str) -> str:
            return given.get(name) or token.get(name) or default

        index = setting("index", "main")
        index = "main" if index == "default" else index
        allowed = [name.strip() for name in token.get("indexes", "").split(",") if name.strip()]
        try:
            self._indexes.check(index, "HEC")
        except UnknownIndex:
            raise HecError(400, 7, "Incorrect index", number + 1) from None  # of this one HEC counts from 1
        if allowed and index not in allowed:
            raise HecError(400, 7, "Incorrect index", number + 1)
        source = setting("source", "http:" + token.get("description", "") if token.get("description") else "http")
        sourcetype = setting("sourcetype", "httpevent")
        host = setting("host", self._server_name)
        return Arrival(data, index, sourcetype, source, host, time, whole=time is not None)


def members(text: str, at: int) -> tuple[dict[str, tuple[Any, str]], int]:
    """The members of the JSON object at `at`, each with its value and the text it was written as (an event is indexed
    as it was sent), and where the object ends. Raises ValueError."""
    if text[at : at + 1] != "{":
        raise ValueError("no object")
    found: dict[str, tuple[Any, str]] = {}
    at = WHITESPACE.match(text, at + 1).end()
    while text[at : at + 1] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = WHITESPACE.match(text, at).end()
        if not isinstance(name, str) or text[at : at + 1] != ":":
            raise ValueError("no member")
        start = WHITESPACE.match(text, at + 1).end()
        value, end = _DECODER.raw_decode(text, start)
        found[name] = (value, text[start:end])
        at = WHITESPACE.match(text, end).end()
        if text[at : at + 1] == ",":
            at = WHITESPACE.match(text, at + 1).end()
            if text[at : at + 1] == "}":
                raise ValueError("a comma before the end")
        elif text[at : at + 1] != "}":
            raise ValueError("no comma")
    return found, at + 1


def _text(body: bytes, number: int) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise HecError(400, 6, "Invalid data format", number) from None
