"""The tenant's HTTP API as a WSGI app: which request goes where, who may ask, how often.

`GET /api/v1/logs` is answered in system_log.py, `POST /oauth2/v1/token` in oauth.py, what there is in the tenant
(users, roles, policies …) in directory/. `POST /lab/cursors/expire`
is the lab's own. Facts: facts/okta-api 2.2 to 2.4.
"""

from __future__ import annotations

import gzip
import threading
from email.utils import formatdate
from http.client import responses
from random import Random
from typing import Any, Callable, Dict, Iterable, Optional, Tuple, Union

from lab.clock import Clock
from lab.okta import ids
from lab.okta.access import Access, forbidden
from lab.okta.directory.endpoints import Endpoints
from lab.okta.directory.routes import Ids, Route
from lab.okta.directory.state import Directory
from lab.okta.dpop import Proofs
from lab.okta.exchange import Headers, Refusal, Request
from lab.okta.log import EventLog
from lab.okta.oauth import LIFETIME, METADATA, TOKEN, AuthorizationServer
from lab.okta.principals import Principals
from lab.okta.rate_limit import TOKENS, RateLimit
from lab.okta.system_log import LOGS, SystemLog

EXPIRE_CURSORS = "/lab/cursors/expire"
SCOPES = {LOGS: "okta.logs.read"}


class TenantApi:
    """The WSGI app. `principals` may ask; the text of an API token stands for a tenant that knows it alone.

    `limit` is that of the log; `token_limit` that of the token endpoint. An access token lives `token_lifetime`
    seconds. `as_seen`: see AuthorizationServer and Access. Without a `directory` its paths are not found;
    `directory_limits` are requests a minute in place of those of directory.routes.BUCKETS.
    """

    def __init__(
        self,
        log: EventLog,
        clock: Clock,
        principals: Union[Principals, str],
        limit: Optional[RateLimit] = None,
        *,
        token_limit: Optional[RateLimit] = None,
        token_lifetime: int = LIFETIME,
        as_seen: bool = False,
        directory: Optional[Directory] = None,
        directory_limits: Optional[Dict[str, int]] = None,
    ) -> None:
        self.log = log
        self.clock = clock
        self.rate_limit = limit or RateLimit()
        self.token_rate_limit = token_limit or RateLimit(TOKENS)
        principals = Principals.of(principals) if isinstance(principals, str) else principals
        proofs = Proofs()
        self._authorization = AuthorizationServer(principals, proofs, token_lifetime, as_seen)
        self._access = Access(principals, self._authorization, proofs, as_seen)
        self._system_log = SystemLog(log)
        self.directory = directory
        self._endpoints = None if directory is None else Endpoints(directory, directory_limits)
        self._ids = Random("request ids")
        self._lock = threading.Lock()

    def expire_cursors(self) -> None:
        """Refuse every cursor given until now with 400, from now on."""
        self._system_log.expire_cursors()

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        now = self.clock.now()
        with self._lock:
            request_id = ids.request_id(self._ids)
        headers = [
            ("Date", formatdate(now, usegmt=True)),
            ("Content-Type", "application/json"),
            ("X-Okta-Request-Id", request_id),
            ("Cache-Control", "no-cache, no-store"),
        ]
        try:
            status, body = self._answer(Request(environ), now, headers)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body(request_id)
            headers += refusal.headers
        if body and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = gzip.compress(body, 1)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        start_response(f"{status} {responses[status]}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, request: Request, now: float, headers: Headers) -> Tuple[int, bytes]:
        """Status and body; what else there is to say is added to `headers`, also when refusing."""
        if request.path == TOKEN:
            _only(request, "POST")
            _count(self.token_rate_limit, now, headers)
            return 200, self._authorization.token(request, now)
        if request.path == METADATA:
            _only(request, "GET")
            return 200, self._authorization.metadata(request)
        if request.path == EXPIRE_CURSORS:
            _only(request, "POST")
            self.expire_cursors()
            return 204, b""
        found = self._endpoints and self._endpoints.route(request.path)
        if self._endpoints and found:
            return 200, self._inventory(self._endpoints, *found, request, now, headers)
        self._access.admit(request, now, SCOPES.get(request.path, ""))
        if request.path != LOGS:
            raise Refusal(404, "E0000007", f"Not found: Resource not found: {request.path}")
        _only(request, "GET")
        _count(self.rate_limit, now, headers)
        body, links = self._system_log.page(request, now)
        headers += links
        return 200, body

    def _inventory(
        self, endpoints: Endpoints, route: Route, named: Ids, request: Request, now: float, headers: Headers
    ) -> bytes:
        role = self._access.admit(request, now, route.scope) if route.scope else None
        limit = endpoints.limit(route)
        if limit:
            _count(limit, now, headers)
        if route.roles and role not in route.roles:
            raise forbidden()
        _only(request, "GET")
        return endpoints.answer(route, named, request, headers)


def _only(request: Request, method: str) -> None:
    if request.method != method:
        raise Refusal(405, "E0000022", "The endpoint does not support the provided HTTP method")


def _count(limit: RateLimit, now: float, headers: Headers) -> None:
    allowance = limit.take(now)
    headers += allowance.headers
    if allowance.exceeded:
        raise Refusal(429, "E0000047", "API call exceeded rate limit due to too many requests.")
