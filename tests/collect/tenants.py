"""The lab's simulated Okta with a log of a test's own: polling, ranges, and the time the test says."""

from __future__ import annotations

import ssl
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Iterable, List, Optional, Sequence
from urllib.parse import parse_qsl

import orjson
from secrets_used import secret

from lab import http
from lab.clock import Clock
from lab.okta.api import TenantApi
from lab.okta.delivery import Logged
from lab.okta.log import EventLog
from lab.okta.principals import ApiToken, Principals, ServiceApp
from lab.okta.rate_limit import RateLimit
from lab.okta.system_log import Cursor

TOKEN = secret("00aSecretApiTokenOfTheTenant")
PATH = "/api/v1/logs"
PLENTY = 100_000  # requests a minute: a clock that stands still never begins another


def moment(text: str) -> float:
    """Epoch seconds of `2026-03-10T12:00:00Z`."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def logged(uuid: str, published: float, persisted: Optional[float] = None) -> Logged:
    """An event; persisted a second after it was published unless said otherwise."""
    published = round(published, 3)
    text = datetime.fromtimestamp(published, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
    raw = orjson.dumps({"eventType": "user.session.start", "published": text, "uuid": uuid})
    return Logged(round(published + 1 if persisted is None else persisted, 3), published, uuid, raw)


NOW = moment("2026-03-10T12:00:00Z")


class Hiding(EventLog):
    """A log whose ranges do not show `hidden` yet, as Okta's do with what is delayed; `inclusive`: nor end before
    `until`, which Okta does not say."""

    def __init__(self, events: Iterable[Logged], inclusive: bool = False) -> None:
        super().__init__(events)
        self.hidden: set[str] = set()
        self._inclusive = inclusive

    def range(self, earliest: float, latest: float, visible: int) -> list:
        found = super().range(earliest, latest + (0.001 if self._inclusive else 0), visible)
        return [one for one in found if orjson.loads(self.raw(one[1]))["uuid"] not in self.hidden]


class Tenant:
    """Serves `events` at the time `now` until stopped. `asked`: the queries for the log, in order."""

    def __init__(
        self,
        folder: Path,
        tls: ssl.SSLContext,
        events: Iterable[Logged],
        now: float,
        inclusive: bool = False,
        requests_a_minute: int = PLENTY,
        apps: Sequence[ServiceApp] = (),
        role: str = "READ_ONLY_ADMIN",
        **options: Any,
    ) -> None:
        """`role`: of the administrator whose API token it is. `options`: those of the lab's TenantApi."""
        self.clock = Clock(folder / "clock of okta", now)
        self.log = Hiding(sorted(events), inclusive)
        principals = Principals.of(ApiToken(TOKEN, role), apps)
        self.api = TenantApi(self.log, self.clock, principals, RateLimit(requests_a_minute), **options)
        self.asked: List[dict] = []
        self.paths: List[str] = []  # of every request, in order
        self.proofs: List[tuple[str, str]] = []  # their Authorization and DPoP headers
        self.tokens_asked_for = 0
        self.refused = 0  # requests answered with 401
        self.never_polled: set[str] = set()  # uuids that polling does not bring, as Okta promises it never happens
        self.before: Callable[[], None] = lambda: None  # called with each request, after it is in `asked`
        self._server = http.serve(self._answer, ssl_context=tls, now=self.clock.now)
        self.faults = self._server.faults
        self.domain = f"localhost:{self._server.port}"
        self.stop = self._server.stop

    @property
    def windows(self) -> List[tuple[str, str]]:
        """The bounded requests: their since and until."""
        return [(query["since"], query["until"]) for query in self.asked if "until" in query]

    def _answer(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == PATH:
            self.asked.append(dict(parse_qsl(environ.get("QUERY_STRING", ""))))
            self.proofs.append((environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_DPOP", "")))
        else:
            self.tokens_asked_for += environ["PATH_INFO"] == "/oauth2/v1/token"
        self.before()

        if self.never_polled and _polls(environ):
            return self._cut_answer(environ, start_response)

        def started(status, headers, exc_info=None):
            self.refused += status.startswith("401")
            return start_response(status, headers, exc_info)

        return self.api(environ, started)

    def _cut_answer(self, environ, start_response):
        given: list = []
        environ = {name: value for name, value in environ.items() if name != "HTTP_ACCEPT_ENCODING"}
        page = orjson.loads(b"".join(self.api(environ, lambda *told: given.extend(told))))
        body = orjson.dumps([event for event in page if event["uuid"] not in self.never_polled])
        headers = [(name, value) for name, value in given[1] if name != "Content-Length"]
        start_response(given[0], [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _polls(environ) -> bool:
    query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if environ["PATH_INFO"] != PATH or "until" in query:
        return False
    return "after" not in query or Cursor.read(query["after"]).polling
