"""The directory's part of the API: a path's route, and its answer as bytes."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

import orjson

from lab.okta.directory.call import Call
from lab.okta.directory.routes import Ids, Route, Table, limits
from lab.okta.directory.state import Directory
from lab.okta.exchange import Headers, Request
from lab.okta.rate_limit import RateLimit


class Endpoints:
    """`a_minute`: requests a minute in place of those of routes.BUCKETS."""

    def __init__(self, directory: Directory, a_minute: Optional[Dict[str, int]] = None) -> None:
        self._directory = directory
        self._table = Table()
        self._limits = {bucket: RateLimit(limit) for bucket, limit in limits(a_minute or {}).items()}

    def route(self, path: str) -> Optional[Tuple[Route, Ids]]:
        return self._table.find(path)

    def limit(self, route: Route) -> Optional[RateLimit]:
        return None if route.bucket is None else self._limits[route.bucket]

    def answer(self, route: Route, ids: Ids, request: Request, headers: Headers) -> bytes:
        """The body; its links go into `headers`."""
        with self._directory.lock:
            body = orjson.dumps(route.handler(Call(self._directory, request, ids, route.parameters, headers)))
        # A quote within a text is escaped, so this is never but the start of a link.
        return body.replace(b'"href":"/', b'"href":"' + request.origin.encode() + b"/")
