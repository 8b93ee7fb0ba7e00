"""splunkd's REST as a WSGI app: namespaces, authentication, arguments; the endpoints are in rest_*.py.

Nothing is silently accepted: an endpoint, method or argument that is not here is refused in splunkd's
own message shape and kept in `refused`, so that a test can fail on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from re import Pattern
from typing import Any, Callable
from urllib.parse import parse_qsl

from werkzeug.http import HTTP_STATUS_CODES

from lab.spl.errors import Unsupported
from lab.splunkd.atom import Entry, Feed, Reply, message
from lab.splunkd.sessions import Sessions

VERSION = "9.4.0"  # the Splunk whose answers these are
_NAMESPACE = re.compile(r"/(?:services|servicesNS/(?P<owner>[^/]+)/(?P<app>[^/]+))/(?P<resource>.+?)/?")


class Refusal(Exception):
    """splunkd says no: an HTTP status and the text of its message."""

    def __init__(self, status: int, text: str, kind: str = "ERROR") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.kind = kind


class NotEmulated(Refusal):
    """An endpoint, method or argument that this splunkd does not have; kept, so that a test can fail on it."""


@dataclass
class Request:
    """One request, authenticated, its namespace apart from its resource."""

    method: str
    resource: str
    owner: str
    app: str
    user: str
    session_key: str
    body: bytes
    content_type: str
    now: float
    as_json: bool = False
    _arguments: dict[str, list[str]] = field(default_factory=dict)

    def argument(self, name: str, default: str = "") -> str:
        """An argument of the query or the form, taken: `done` refuses those nobody took."""
        values = self._arguments.pop(name, None)
        if values is None:
            return default
        if len(values) > 1:
            raise Refusal(400, f'Argument "{name}" is given more than once.')
        return values[0]

    def integer(self, name: str, default: int) -> int:
        text = self.argument(name)
        try:
            return int(text) if text else default
        except ValueError:
            raise Refusal(400, f"Invalid value for argument '{name}': {text}") from None

    def arguments(self) -> dict[str, str]:
        """All that are left, taken."""
        return {name: self.argument(name) for name in list(self._arguments)}

    def done(self) -> None:
        for name in self._arguments:
            raise NotEmulated(400, f'Argument "{name}" is not supported by this handler.')

    def page(self, title: str, entries: Sequence[Entry]) -> Reply:
        """The entries asked for by count, offset and search, in the output mode asked for."""
        search = self.argument("search")
        count = self.integer("count", 30)
        offset = self.integer("offset", 0)
        self.done()
        found = [entry for entry in entries if _matches(entry, search)]
        page = found[offset:] if count <= 0 else found[offset : offset + count]
        return self.feed(title, page, total=len(found), offset=offset, per_page=count)

    def feed(self, title: str, entries: list[Entry], status: int = 200, **paging: int) -> Reply:
        feed = Feed(title, self.resource, entries, self.now, VERSION, **paging)
        return feed.reply(self.as_json, status)


Handler = Callable[..., Reply]  # (request, **groups of the pattern)


@dataclass(frozen=True)
class Endpoint:
    """A resource by pattern, and who handles which method."""

    pattern: Pattern[str]
    handlers: Mapping[str, Handler]
    takes_form: bool = True  # a POST's body is a form, also where no content type says so (splunk-sdk)
    speaks_json: bool = False  # refusals too are JSON, whatever the output mode


def endpoint(pattern: str, *, takes_form: bool = True, speaks_json: bool = False, **handlers: Handler) -> Endpoint:
    """`endpoint(r"storage/passwords", GET=list_passwords)`"""
    return Endpoint(re.compile(pattern), handlers, takes_form, speaks_json)


class Rest:
    """The WSGI app over `endpoints`."""

    def __init__(self, endpoints: Iterable[Endpoint], sessions: Sessions, now: Callable[[], float]) -> None:
        self._endpoints = list(endpoints)
        self._sessions = sessions
        self._now = now
        self.refused: list[str] = []  # "GET /services/x: 404 Not Found"; unknown endpoints, methods, arguments

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reply = self._answer(environ)
        status = f"{reply.status} {HTTP_STATUS_CODES.get(reply.status, '')}"
        # Date is the lab's time: the add-on takes it for splunkd's clock.
        headers = [("Content-Type", reply.content_type), ("Date", formatdate(self._now(), usegmt=True))]
        start_response(status, headers)
        return [reply.body]

    def _answer(self, environ: Mapping[str, Any]) -> Reply:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        body = environ["wsgi.input"].read()
        as_json = ("output_mode", "json") in query
        try:
            session_key, user = self._authenticate(environ)
        except Refusal as refusal:
            return message(refusal.status, refusal.text, as_json, refusal.kind)
        try:
            found = self._find(path)
            if found is None:
                raise NotEmulated(404, "Not Found")
            endpoint, handler_arguments, place = found
            as_json = as_json or endpoint.speaks_json
            handler = endpoint.handlers.get(method)
            if handler is None:
                raise NotEmulated(405, "Method Not Allowed")
            arguments = list(query)
            if method == "POST" and endpoint.takes_form:
                arguments += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            as_json = as_json or ("output_mode", "json") in arguments
            owner, app, resource = place
            request = Request(
                method=method,
                resource=resource,
                owner=owner or "nobody",
                app=app or "search",
                user=user,
                session_key=session_key,
                body=body,
                content_type=environ.get("CONTENT_TYPE", ""),
                now=self._now(),
                as_json=as_json,
                _arguments=_by_name(arguments),
            )
            mode = request.argument("output_mode", "xml")
            if mode not in ("xml", "json", "atom"):
                raise Refusal(400, f"Invalid output mode specified ({mode}).")
            return handler(request, **handler_arguments)
        except Unsupported as error:
            self.refused.append(f"{method} {path}: {error}")
            return message(501, f"The lab's splunkd cannot do this: {error}", as_json)
        except Refusal as refusal:
            if isinstance(refusal, NotEmulated):
                self.refused.append(f"{method} {path}: {refusal.status} {refusal.text}")
            return message(refusal.status, refusal.text, as_json, refusal.kind)

    def _authenticate(self, environ: Mapping[str, Any]) -> tuple[str, str]:
        scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        user = self._sessions.user(key.strip()) if scheme in ("Splunk", "Bearer") else None
        if user is None:
            raise Refusal(401, "call not properly authenticated", "WARN")
        return key.strip(), user

    def _find(self, path: str) -> tuple[Endpoint, dict[str, str], tuple[str, str, str]] | None:
        place = _NAMESPACE.fullmatch(path)
        if place is None:
            return None
        for endpoint in self._endpoints:
            match = endpoint.pattern.fullmatch(place["resource"])
            if match is not None:
                return endpoint, match.groupdict(), (place["owner"], place["app"], place["resource"])
        return None


def _by_name(arguments: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {}
    for name, value in arguments:
        by_name.setdefault(name, []).append(value)
    return by_name


def _matches(entry: Entry, search: str) -> bool:
    """The `search` argument of listings: words that some value holds, or name=value with wildcards."""
    texts = {"name": entry.name, "title": entry.name, **{name: str(value) for name, value in entry.content.items()}}
    for word in search.split():
        if word in ("AND", "OR", "NOT") or word[0] in "(\"'":
            raise NotEmulated(400, f"The lab's splunkd does not filter listings by {search!r}.")
        name, equals, wanted = word.partition("=")
        if equals and name in texts:
            pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
            if not re.fullmatch(pattern, texts[name], re.IGNORECASE | re.DOTALL):
                return False
        elif not any(word.lower() in text.lower() for text in texts.values()):
            return False
    return True
