"""A tenant's log as long as wanted, served over TLS by a process of its own as fast as one core can.

Event n is published n * step seconds after the beginning; polling gives them by number, a range by time.
Pages come gzipped, as Okta sends them; those of the polling log are made before the clock starts.
"""

from __future__ import annotations

import gzip
import multiprocessing
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Tuple
from urllib.parse import parse_qsl, urlencode

from lab import http
from lab.okta.event import published
from lab.okta.tenant import Tenant

PAGE = 1000
PATH = "/api/v1/logs"
NOW = 1_900_000_000.0
_START_SECONDS = 120


@dataclass(frozen=True)
class Log:
    """`live` events for polling, `past` ones before NOW, `latency` seconds before each reply; all requests allowed."""

    live: int = 0
    past: int = 0
    past_seconds: float = 24 * 3600.0
    latency: float = 0.0

    @property
    def step(self) -> float:
        return self.past_seconds / max(self.past, 1)


class LogServer:
    """Serves a Log on `port` until stopped; `certificate`: PEM files of chain and key."""

    def __init__(self, log: Log, certificate: Tuple[Path, Path]) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, log, certificate), daemon=True, name="log server")
        self._process.start()
        if not ours.poll(_START_SECONDS):
            self.stop()
            raise TimeoutError("the log server did not start")
        self.port: int = ours.recv()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()


def _run(ready: Connection, log: Log, certificate: Tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    server = http.serve(_App(log), ssl_context=context)
    ready.send(server.port)
    server.wait()


class _App:
    def __init__(self, log: Log) -> None:
        self._log = log
        self._shape = _template()
        # Those of a short log are ready; of a long one each is made when it is asked for.
        made = range(0, log.live, PAGE) if log.live <= 300 * PAGE else ()
        self._ready = {first: self._page(first, min(first + PAGE, log.live), NOW, 0.001) for first in made}

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._log.latency:
            time.sleep(self._log.latency)
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        body, following = self._past(query) if "until" in query or "last" in query else self._live(query)
        headers = [
            ("Date", formatdate(NOW, usegmt=True)),
            ("Content-Type", "application/json"),
            ("Content-Encoding", "gzip"),
            ("X-Okta-Request-Id", "bench"),
            ("X-Rate-Limit-Limit", "1000000"),
            ("X-Rate-Limit-Remaining", "999999"),
            ("X-Rate-Limit-Reset", str(int(NOW) + 60)),
            ("Content-Length", str(len(body))),
        ]
        if following:
            url = f"https://{environ['HTTP_HOST']}{PATH}?{urlencode(following)}"
            headers.append(("Link", f'<{url}>; rel="next"'))
        start_response("200 OK", headers)
        return [body]

    def _live(self, query: Dict[str, str]) -> Tuple[bytes, Dict[str, int]]:
        first = int(query.get("after", 0)) if "since" in query or "after" in query else self._log.live
        last = min(first + PAGE, self._log.live)
        body = self._ready.get(first) or self._page(first, last, NOW, 0.001)
        return body, {"after": last}

    def _past(self, query: Dict[str, str]) -> Tuple[bytes, Dict[str, int]]:
        begin, step = NOW - self._log.past_seconds, self._log.step
        if "last" in query:
            first, end = int(query["after"]), int(query["last"])
        else:
            since, until = (_seconds(query[name]) for name in ("since", "until"))
            first = max(0, -int((begin - since) // step))
            end = min(self._log.past, -int((begin - until) // step))
        last = min(first + PAGE, end)
        following = {"after": last, "last": end} if last < end else {}
        return self._page(first, max(last, first), begin, step), following

    def _page(self, first: int, last: int, begin: float, step: float) -> bytes:
        head, middle, tail = self._shape
        events = [
            b"%b%b%b%08x-0000-11f0-8000-000000000000%b" % (head, published(begin + n * step).encode(), middle, n, tail)
            for n in range(first, last)
        ]
        return gzip.compress(b"[" + b",".join(events) + b"]", 1)


def _template() -> Tuple[bytes, bytes, bytes]:
    """An event of ordinary size, around its `published` and its `uuid`."""
    raws = sorted((logged.raw for logged in Tenant(seed="bench", people=16).events()), key=len)
    raw = raws[len(raws) // 2]
    head, _, rest = raw.partition(b'"published":"')
    when, _, rest = rest.partition(b'"')
    middle, _, rest = rest.partition(b'"uuid":"')
    uuid, _, tail = rest.partition(b'"')
    if not (when and uuid):
        raise ValueError("an event without published and uuid, in this order")
    return head + b'"published":"', b'"' + middle + b'"uuid":"', b'"' + tail


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
