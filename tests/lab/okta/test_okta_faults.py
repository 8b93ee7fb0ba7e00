"""Okta's own troubles as a client meets them, ordered in the process and by HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import time
import zlib
from dataclasses import asdict
from email.utils import parsedate_to_datetime

import pytest

from lab.clock import Clock
from lab.okta import faults
from lab.okta.delivery import Logged
from lab.okta.log import EventLog
from lab.okta.serve import serve_log

NOW = 1_709_640_030.0
EVENTS = [Logged(NOW - 100 + n, NOW - 101 + n, f"{n}", b'{"uuid":"%d"}' % n) for n in range(10)]
FIRST = "/api/v1/logs?since=2024-03-01T00:00:00Z&limit=3"


class Tenant:
    """A served log of ten events, asked on a connection of its own each time."""

    def __init__(self, folder):
        self.clock = Clock(folder / "clock", NOW)
        self.server = serve_log(EVENTS, self.clock, "token")

    def ask(self, path=FIRST, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(method, path, body, {"Authorization": "SSWS token", **headers})
            response = connection.getresponse()
            response.content = response.read()
            return response
        finally:
            connection.close()

    def order(self, **order):
        """By HTTP."""
        reply = self.ask("/lab/faults", "POST", json.dumps(order))
        assert reply.status == 204, reply.content

    def next_of(self, reply):
        links = [link for link in reply.headers.get_all("Link") if link.endswith('rel="next"')]
        return links[0].split(">")[0].partition(f":{self.server.port}")[2]


@pytest.fixture
def tenant(tmp_path):
    running = Tenant(tmp_path)
    yield running
    running.server.stop()


def date(reply):
    return parsedate_to_datetime(reply.headers["Date"]).timestamp()


def limits(reply):
    return [int(reply.headers[f"X-Rate-Limit-{name}"]) for name in ("Limit", "Remaining", "Reset")]


def answers_again(tenant):
    reply = tenant.ask()
    return reply.status == 200 and len(json.loads(reply.content)) == 3


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (faults.rate_limited(NOW), 429, "E0000047"),
        (faults.too_many_at_once(NOW), 429, "E0000047"),
        (faults.internal_error(), 500, "E0000009"),
        (faults.read_only(), 503, "E0000010"),
    ],
)
def test_a_refusal_has_okta_s_code_and_request_id_and_the_time_of_the_clock(tenant, trouble, status, code):
    tenant.server.faults.add(trouble)
    reply = tenant.ask()
    error = json.loads(reply.content)
    assert (reply.status, error["errorCode"]) == (status, code)
    assert set(error) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
    assert reply.headers["X-Okta-Request-Id"] and date(reply) == NOW
    assert reply.headers.get_all("Content-Type") == ["application/json"]
    assert answers_again(tenant)


def test_a_used_up_minute_ends_with_the_minute(tenant):
    tenant.server.faults.add(faults.rate_limited(NOW, limit=50))
    assert limits(tenant.ask()) == [50, 0, 1_709_640_060]


def test_too_many_at_once_tells_of_concurrency_and_an_estimate(tenant):
    tenant.server.faults.add(faults.too_many_at_once(NOW))
    assert limits(tenant.ask()) == [faults.AT_ONCE, 0, int(NOW) + 1]


def test_a_bad_gateway_answers_in_html(tenant):
    tenant.server.faults.add(faults.bad_gateway())
    reply = tenant.ask()
    assert (reply.status, reply.headers.get_all("Content-Type")) == (502, ["text/html"])
    assert b"<html>" in reply.content


def test_a_truncated_page_is_shorter_than_promised(tenant):
    tenant.server.faults.add(faults.truncated())
    with pytest.raises(http.client.IncompleteRead):
        tenant.ask()
    assert answers_again(tenant)


def test_a_corrupt_page_is_as_long_as_it_was_and_no_json(tenant):
    good = tenant.ask()
    tenant.server.faults.add(faults.corrupt())
    bad = tenant.ask()
    assert bad.status == 200 and bad.headers["Content-Length"] == good.headers["Content-Length"]
    with pytest.raises(ValueError):
        json.loads(bad.content)


@pytest.mark.parametrize("path", [FIRST, "/api/v1/logs?since=2024-03-05T11:59:00Z&until=2024-03-05T11:59:00Z"])
def test_a_corrupt_page_that_was_packed_cannot_be_unpacked(tenant, path):
    tenant.server.faults.add(faults.corrupt())
    bad = tenant.ask(path, **{"Accept-Encoding": "gzip"})
    assert bad.headers["Content-Encoding"] == "gzip"
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(bad.content)


def test_a_reset_is_a_reset(tenant):
    tenant.server.faults.add(faults.reset())
    with pytest.raises(ConnectionError):
        tenant.ask()


def test_a_slow_page_comes_whole(tenant):
    tenant.server.faults.add(faults.slow_drip(0.3))
    begin = time.monotonic()
    assert answers_again(tenant) and time.monotonic() - begin > 0.25


def test_a_hung_request_is_never_answered(tenant):
    tenant.server.faults.add(faults.hung(0.2))
    with pytest.raises(http.client.RemoteDisconnected):
        tenant.ask()


def test_a_foreign_link_leads_to_another_host_and_the_page_is_real(tenant):
    tenant.server.faults.add(faults.foreign_link("evil.example"))
    reply = tenant.ask()
    (link,) = reply.headers.get_all("Link")
    assert link.startswith("<https://evil.example/api/v1/logs?after=") and link.endswith('>; rel="next"')
    assert len(json.loads(reply.content)) == 3


def test_a_skewed_clock_dates_the_answer_and_changes_nothing_else(tenant):
    tenant.server.faults.add(faults.skewed_clock(NOW - 7200))
    reply = tenant.ask()
    assert date(reply) == NOW - 7200 and len(reply.headers.get_all("Date")) == 1
    assert len(json.loads(reply.content)) == 3
    assert date(tenant.ask()) == NOW


def test_an_expired_cursor_is_refused_and_a_request_without_one_is_not(tenant):
    following = tenant.next_of(tenant.ask())
    tenant.server.faults.add(faults.expired_cursor())
    assert answers_again(tenant)
    refused = tenant.ask(following)
    assert (refused.status, json.loads(refused.content)["errorCode"]) == (400, "E0000029")
    assert tenant.ask(following).status == 200


@pytest.mark.parametrize("by", ["function", "http"])
def test_every_cursor_given_until_then_is_refused_for_ever_and_later_ones_are_not(tenant, by):
    polling = tenant.next_of(tenant.ask())
    of_a_range = tenant.next_of(tenant.ask(FIRST + "&until=2024-03-06T00:00:00Z"))
    assert tenant.ask(polling).status == tenant.ask(of_a_range).status == 200
    if by == "http":
        assert tenant.ask("/lab/cursors/expire", "POST", Authorization="").status == 204
    else:
        tenant.server.app.expire_cursors()
    for cursor in (polling, of_a_range) * 2:
        refused = tenant.ask(cursor)
        assert (refused.status, json.loads(refused.content)["errorCode"]) == (400, "E0000029")
    later = tenant.next_of(tenant.ask())
    assert tenant.ask(tenant.next_of(tenant.ask(later))).status == 200


def test_cursors_expire_by_post_alone(tenant):
    following = tenant.next_of(tenant.ask())
    assert tenant.ask("/lab/cursors/expire").status == 405
    assert tenant.ask(following).status == 200


def test_a_trouble_may_be_of_one_path_and_come_several_times(tenant):
    tenant.server.faults.add(faults.internal_error(path="/oauth2", times=2))
    assert answers_again(tenant)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    statuses = [tenant.ask("/oauth2/v1/token", "POST", "grant_type=x", **form).status for _ in range(3)]
    assert statuses == [500, 500, 400]


def test_a_trouble_is_ordered_by_its_name_over_http(tenant):
    tenant.order(trouble="rate_limited", now=NOW, limit=7, times=2)
    assert [limits(tenant.ask())[0], limits(tenant.ask())[0]] == [7, 7] and answers_again(tenant)
    tenant.order(trouble="skewed_clock", date=NOW + 99)
    assert date(tenant.ask()) == NOW + 99


ARGUMENTS = {
    "rate_limited": {"now": NOW},
    "too_many_at_once": {"now": NOW},
    "slow_drip": {"seconds": 0.1},
    "hung": {"seconds": 0.1},
    "foreign_link": {"host": "evil.example"},
    "skewed_clock": {"date": NOW},
}


@pytest.mark.parametrize("name", sorted(faults.TROUBLES))
def test_every_trouble_can_be_ordered_over_http_by_its_name_and_by_its_fields(tenant, name):
    given = ARGUMENTS.get(name, {})
    tenant.order(trouble=name, **given)
    tenant.order(**asdict(faults.TROUBLES[name](**given)))
    query = "after=" if name == "expired_cursor" else ""
    found = [tenant.server.faults.take("/api/v1/logs", query) for _ in range(3)]
    assert found == [faults.TROUBLES[name](**{**given, "times": 0})] * 2 + [None]


@pytest.mark.parametrize(
    "order", [{"trouble": "flood"}, {"trouble": "hung"}, {"trouble": "reset", "colour": 1}, {"trouble": []}]
)
def test_an_order_for_an_unknown_trouble_is_refused(tenant, order):
    assert tenant.ask("/lab/faults", "POST", json.dumps(order)).status == 400
    assert answers_again(tenant)


def test_a_log_of_the_caller_s_own_is_served_and_may_be_an_event_log_already(tmp_path):
    clock = Clock(tmp_path / "clock", NOW)
    server = serve_log(EventLog(iter(EVENTS)), clock, "token")
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/api/v1/logs?since=2024-03-01T00:00:00Z", headers={"Authorization": "SSWS token"})
        assert [event["uuid"] for event in json.load(connection.getresponse())] == [event.uuid for event in EVENTS]
        connection.close()
    finally:
        server.stop()
