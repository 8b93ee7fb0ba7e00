"""splunkd's REST as a WSGI app: routing, authentication, capabilities; what it answers is in `endpoints/`.

Nothing is silently accepted: an endpoint, method or argument that is not here is refused in splunkd's
own message shape and kept in `refused`, so that a test can fail on it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from http.cookies import CookieError, SimpleCookie
from typing import Any, Callable
from urllib.parse import parse_qsl, unquote_plus

from werkzeug.http import HTTP_STATUS_CODES

from lab.spl.errors import SearchError, Unsupported
from lab.splunkd.access import Access
from lab.splunkd.rest.atom import Reply, message
from lab.splunkd.rest.request import Endpoint, NotEmulated, Refusal, Request
from lab.splunkd.sessions import Sessions

_NAMESPACE = re.compile(r"/(?:services|servicesNS/(?P<owner>[^/]+)/(?P<app>[^/]+))/(?P<resource>.+?)/?")
_NAME = re.compile(r"-|[\w@][\w.@\- ]*")
_OUTPUT_MODES = ("xml", "atom", "json", "json_cols", "json_rows", "csv", "raw")
_COOKIE = "splunkd_"


class Rest:
    """The WSGI app over `endpoints`; `custom` finds an endpoint that an app's restmap.conf makes."""

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        sessions: Sessions,
        access: Access,
        now: Callable[[], float],
        custom: Callable[[str], Endpoint | None] = lambda resource: None,
    ) -> None:
        self._endpoints = list(endpoints)
        self._sessions = sessions
        self._access = access
        self._now = now
        self._custom = custom
        self.refused: list[str] = []  # "GET /services/x: 404 Not Found"; unknown endpoints, methods, arguments

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reply = self._answer(environ)
        status = f"{reply.status} {HTTP_STATUS_CODES.get(reply.status, '')}"
        # Date is the lab's time: the add-on takes it for splunkd's clock.
        headers = [
            ("Content-Type", reply.content_type),
            ("Date", formatdate(self._now(), usegmt=True)),
            ("Server", "Splunkd"),
            *reply.headers,
        ]
        start_response(status, headers)
        return [reply.body]

    def _answer(self, environ: Mapping[str, Any]) -> Reply:
        method = environ["REQUEST_METHOD"]
        path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        body = environ["wsgi.input"].read()
        mode = dict(query).get("output_mode", "xml")
        try:
            found = self._find(path)
            if found is None:
                self._authenticate(environ)
                raise NotEmulated(404, "Not Found")
            endpoint, groups, (owner, app, resource) = found
            mode = "json" if endpoint.speaks_json else mode
            key, user = ("", "") if endpoint.anonymous else self._authenticate(environ)
            handler = endpoint.handlers.get(method)
            if handler is None:
                raise NotEmulated(405, "Method Not Allowed")
            form: Sequence[tuple[str, str]] = ()
            if method in ("POST", "PUT", "DELETE") and endpoint.takes_form:
                form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            mode = mode if mode != "xml" else dict(form).get("output_mode", mode)
            request = Request(
                method=method,
                resource=resource,
                owner=owner or "nobody",
                app=app or "search",
                user=user,
                session_key=key,
                body=body,
                content_type=environ.get("CONTENT_TYPE", ""),
                now=self._now(),
                authority=self._access,
                headers=_headers(environ),
                query=query,
                form=form,
                path=path,
                remote_address=environ.get("REMOTE_ADDR", ""),
                namespaced=owner is not None,
            )
            if request.output_mode not in _OUTPUT_MODES:
                raise Refusal(400, f"Invalid output mode specified ({request.output_mode}).")
            capability = endpoint.capability(method)
            if capability is not None:
                request.require(capability)
            return handler(request, **groups)
        except Unsupported as error:
            self.refused.append(f"{method} {path}: {error}")
            return message(501, f"The lab's splunkd cannot do this: {error}", mode.startswith("json"))
        except SearchError as error:  # a conf file that cannot be read
            return message(500, str(error), mode.startswith("json"))
        except Refusal as refusal:
            if isinstance(refusal, NotEmulated):
                self.refused.append(f"{method} {path}: {refusal.status} {refusal.text}")
            return message(refusal.status, refusal.text, mode.startswith("json"), refusal.kind, refusal.code)

    def _authenticate(self, environ: Mapping[str, Any]) -> tuple[str, str]:
        """(session key, user): by session key, token, name and password, or splunkd's cookie."""
        scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        key = credentials.strip()
        if scheme == "Basic":
            name, password = _basic(key)
            if self._access.check_password(name, password):
                return self._sessions.open(name), name
        if scheme not in ("Splunk", "Bearer"):
            key = _cookie(environ.get("HTTP_COOKIE", ""))
        user = self._sessions.user(key) or self._access.user_of_token(key)
        if not key or user is None:
            raise Refusal(401, "call not properly authenticated", "WARN")
        return key, user

    def _find(self, path: str) -> tuple[Endpoint, dict[str, str], tuple[str | None, str | None, str]] | None:
        place = _NAMESPACE.fullmatch(path)
        if place is None:
            return None
        owner, app = (unquote_plus(place[name]) if place[name] else None for name in ("owner", "app"))
        if any(name is not None and not _NAME.fullmatch(name) for name in (owner, app)):
            return None  # it names folders
        for endpoint in self._endpoints:
            match = endpoint.pattern.fullmatch(place["resource"])
            if match is not None:
                # splunk-sdk writes a blank in a name as a plus, and a slash as %2F.
                groups = {name: unquote_plus(value) for name, value in match.groupdict().items() if value is not None}
                return endpoint, groups, (owner, app, unquote_plus(place["resource"]))
        custom = self._custom(unquote_plus(place["resource"]))
        return None if custom is None else (custom, {}, (owner, app, unquote_plus(place["resource"])))


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    return {
        name[len("HTTP_") :].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _cookie(text: str) -> str:
    try:
        cookies = SimpleCookie(text)
    except CookieError:
        return ""
    return next((morsel.value for name, morsel in cookies.items() if name.startswith(_COOKIE)), "")
