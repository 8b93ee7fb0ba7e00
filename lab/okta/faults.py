"""What goes wrong at Okta and on the way to it, by name: each gives a `Fault` of the HTTP base.

Facts: facts/okta-api 2.2 (limits) and 2.4 (errors). `where` are Fault's own times, path, query, probability and
seed. The same by HTTP: `POST /lab/faults` with {"trouble": "rate_limited", "now": 1709640000, "times": 2}.
"""

from __future__ import annotations

from email.utils import formatdate
from typing import Any, Callable, Dict

from lab.http import Fault
from lab.okta.exchange import Refusal
from lab.okta.rate_limit import WORKFORCE, Allowance

AT_ONCE = 75  # concurrent requests, product Workforce Identity
_REQUEST_ID = f"{0xFA017:032x}"


def rate_limited(now: float, limit: int = WORKFORCE, **where: Any) -> Fault:
    """429: the minute's requests are used up."""
    return _too_many(now, Allowance(limit, 0, (int(now // 60) + 1) * 60, True), where)


def too_many_at_once(now: float, **where: Any) -> Fault:
    """429 for concurrency: the same headers tell its values, and Reset is only an estimate."""
    return _too_many(now, Allowance(AT_ONCE, 0, int(now) + 1, True), where)


def internal_error(**where: Any) -> Fault:
    return _refused(500, "E0000009", "Internal Server Error", where)


def read_only(**where: Any) -> Fault:
    return _refused(503, "E0000010", "Service is in read only mode", where)


def expired_cursor(**where: Any) -> Fault:
    """400 for a request with a cursor; unless `where` says otherwise, for no other."""
    return _refused(400, "E0000029", "Invalid paging request.", {"query": "after=", **where})


def bad_gateway(**where: Any) -> Fault:
    """502 from something in front of Okta, in HTML."""
    body = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
    return Fault("status", status=502, body=body, headers={"Content-Type": "text/html"}, **where)


def truncated(**where: Any) -> Fault:
    return Fault("truncate", **where)


def corrupt(**where: Any) -> Fault:
    return Fault("corrupt", **where)


def reset(**where: Any) -> Fault:
    return Fault("reset", **where)


def slow_drip(seconds: float, **where: Any) -> Fault:
    return Fault("drip", seconds=seconds, **where)


def hung(seconds: float, **where: Any) -> Fault:
    return Fault("hang", seconds=seconds, **where)


def foreign_link(host: str, **where: Any) -> Fault:
    """The next page is said to be on another host."""
    return Fault(
        "headers", headers={"Link": f'<https://{host}/api/v1/logs?after=next&limit=1000>; rel="next"'}, **where
    )


def skewed_clock(date: float, **where: Any) -> Fault:
    """The answer is dated by a wrong clock, in epoch seconds."""
    return Fault("headers", headers={"Date": formatdate(date, usegmt=True)}, **where)


TROUBLES: Dict[str, Callable[..., Fault]] = {
    trouble.__name__: trouble
    for trouble in (
        rate_limited,
        too_many_at_once,
        internal_error,
        read_only,
        expired_cursor,
        bad_gateway,
        truncated,
        corrupt,
        reset,
        slow_drip,
        hung,
        foreign_link,
        skewed_clock,
    )
}


def _too_many(now: float, allowance: Allowance, where: Dict[str, Any]) -> Fault:
    headers = {"Date": formatdate(now, usegmt=True), **dict(allowance.headers)}
    return _refused(429, "E0000047", "API call exceeded rate limit due to too many requests.", where, headers)


def _refused(status: int, code: str, summary: str, where: Dict[str, Any], headers: Any = ()) -> Fault:
    body = Refusal(status, code, summary).body(_REQUEST_ID).decode()
    return Fault(
        "status", status=status, body=body, headers={"X-Okta-Request-Id": _REQUEST_ID, **dict(headers)}, **where
    )
