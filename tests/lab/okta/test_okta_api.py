"""`/api/v1/logs` as a collector meets it: polling, ranges, limits, errors, time."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.request
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import pytest
import trustme

from lab.clock import Clock
from lab.okta.event import published
from lab.okta.serve import TenantProcess, serve
from lab.okta.tenant import Tenant

PLENTY = {"requests_a_minute": 100_000}


@pytest.fixture(scope="module")
def tenant():
    return Tenant(seed="api", people=24, start="2024-03-05")


@pytest.fixture(scope="module")
def logged(tenant):
    return list(tenant.events())


# Polling


def test_polling_through_the_day_skips_and_repeats_nothing(tenant, logged, start_okta):
    okta = start_okta(tenant, at=tenant.begin, **PLENTY)
    url, got = f"/api/v1/logs?since={published(tenant.begin)}&limit=37", []
    for step in range(1, 61):
        okta.clock.set(tenant.begin + (tenant.end - tenant.begin) * step / 60)
        while True:
            reply = okta.client.get(url)
            assert reply.status == 200
            got += reply.uuids
            url = reply.links["next"]
            if len(reply.json) < 37:
                break
    assert got == [event.uuid for event in logged]


def test_an_empty_page_still_has_a_next_link_and_it_goes_on_from_there(tenant, logged, start_okta):
    okta = start_okta(tenant, at=tenant.begin)
    reply = okta.client.get(f"/api/v1/logs?since={published(tenant.begin)}&sortOrder=ASCENDING")
    for _ in range(3):
        assert reply.json == []
        reply = okta.client.get(reply.links["next"])
    okta.clock.set(tenant.end)
    assert okta.client.get(reply.links["next"]).uuids == [event.uuid for event in logged[:100]]


def test_an_event_cannot_be_seen_before_okta_persisted_it(tenant, logged, start_okta):
    event = logged[50]
    okta = start_okta(tenant, at=event.persisted - 0.001)
    url = f"/api/v1/logs?since={published(tenant.begin)}&limit=1000"
    assert event.uuid not in okta.client.get(url).uuids
    okta.clock.set(event.persisted)
    assert event.uuid in okta.client.get(url).uuids


def test_a_poll_from_a_time_starts_with_what_was_persisted_since_not_published(tenant, logged, start_okta):
    late = next(event for event in logged if event.persisted - event.published > 600)
    okta = start_okta(tenant)
    moment = (late.published + late.persisted) / 2
    first = [event.uuid for event in logged if event.persisted >= round(moment, 3)][:1000]
    got = okta.client.get(f"/api/v1/logs?since={published(moment)}&limit=1000").uuids
    assert got == first and late.uuid in got


def test_the_limit_is_frozen_in_the_next_link_and_the_self_link_is_the_request(tenant, start_okta):
    okta = start_okta(tenant)
    reply = okta.client.get(f"/api/v1/logs?since={published(tenant.begin)}&limit=7")
    assert reply.links["self"].endswith(f"/api/v1/logs?since={published(tenant.begin)}&limit=7")
    assert reply.links["self"].startswith(f"http://127.0.0.1:{okta.server.port}/")
    assert len(okta.client.get(reply.links["next"]).json) == 7


def test_without_a_limit_a_page_has_a_hundred_events(tenant, start_okta):
    assert len(start_okta(tenant).client.get(f"/api/v1/logs?since={published(tenant.begin)}").json) == 100


def test_events_arrive_byte_for_byte(tenant, logged, start_okta):
    reply = start_okta(tenant).client.get(f"/api/v1/logs?since={published(tenant.begin)}&limit=3")
    assert reply.body == b"[" + b",".join(event.raw for event in logged[:3]) + b"]"


def test_two_collectors_at_once_get_the_same_log(tenant, logged, start_okta):
    okta = start_okta(tenant, **PLENTY)
    results = {}

    def collect(name):
        client = type(okta.client)(okta.server.port)
        url, got = f"/api/v1/logs?since={published(tenant.begin)}&limit=200", []
        while True:
            reply = client.get(url)
            got += reply.uuids
            url = reply.links["next"]
            if not reply.json:
                break
        results[name] = got
        client.connection.close()

    threads = [threading.Thread(target=collect, args=(name,)) for name in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert list(results.values()) == [[event.uuid for event in logged]] * 3


# Ranges


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_a_range_is_ordered_by_published_and_its_last_page_has_no_next(tenant, logged, start_okta, order):
    since, until = tenant.start + 8 * 3600, tenant.start + 14 * 3600
    okta = start_okta(tenant, **PLENTY)
    url, got = f"/api/v1/logs?since={published(since)}&until={published(until)}&limit=53&sortOrder={order}", []
    while url:
        reply = okta.client.get(url)
        got += reply.json
        url = reply.links.get("next")
    times = [event["published"] for event in got]
    assert times == sorted(times, reverse=order == "DESCENDING")
    wanted = sorted(event.uuid for event in logged if since <= event.published < until)
    assert sorted(event["uuid"] for event in got) == wanted and len(wanted) > 200


def test_a_range_lacks_what_is_still_late(tenant, logged, start_okta):
    late = next(event for event in logged if event.persisted - event.published > 600)
    okta = start_okta(tenant, at=late.persisted - 1)
    url = f"/api/v1/logs?since={published(late.published)}&until={published(late.published + 1)}&limit=1000"
    assert late.uuid not in okta.client.get(url).uuids
    okta.clock.set(late.persisted)
    assert late.uuid in okta.client.get(url).uuids


def test_a_filter_and_a_word_choose_events(tenant, logged, start_okta):
    okta = start_okta(tenant)
    events = [json.loads(event.raw) for event in logged]

    def chosen(**query):
        bounds = {"since": published(tenant.begin), "until": published(tenant.end), "limit": 1000}
        return okta.client.get("/api/v1/logs?" + urlencode({**bounds, **query})).json

    starts = [event for event in events if event["eventType"] == "user.session.start"]
    failed = chosen(filter='eventType eq "user.session.start" and not (outcome.result eq "success")')
    assert len(failed) == sum(event["outcome"]["result"] != "SUCCESS" for event in starts)
    kinds = {event["eventType"] for event in chosen(filter='target.type eq "Report" or eventType sw "user.lifecycle"')}
    assert kinds and all(kind.startswith(("user.lifecycle", "analytics.reports")) for kind in kinds)
    login = starts[0]["actor"]["alternateId"]
    found = chosen(q=login)
    assert found and all(login in json.dumps(event) for event in found)


# Refusals


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/v1/users", 404, "E0000007"),
        ("/api/v1/logs?limit=1001", 400, "E0000001"),
        ("/api/v1/logs?limit=-1", 400, "E0000001"),
        ("/api/v1/logs?sortOrder=UP", 400, "E0000001"),
        ("/api/v1/logs?colour=red", 400, "E0000001"),
        ("/api/v1/logs?since=yesterday", 400, "E0000030"),
        ("/api/v1/logs?since=2024-13-01T00:00:00Z", 400, "E0000030"),
        ("/api/v1/logs?since=2023-01-01T00:00:00.000Z", 400, "E0000053"),
        ("/api/v1/logs?filter=eventType%20eq", 400, "E0000053"),
        ("/api/v1/logs?filter=published%20gt%20%222024%22", 400, "E0000053"),
        ("/api/v1/logs?filter=eventType%20like%20%22x%22", 400, "E0000031"),
        ("/api/v1/logs?after=not-a-cursor", 400, "E0000029"),
        ("/api/v1/logs?after=abcd&since=2024-03-05T00:00:00Z", 400, "E0000001"),
    ],
)
def test_a_wrong_request_gets_okta_s_error_with_an_id(tenant, start_okta, url, status, code):
    reply = start_okta(tenant).client.get(url)
    assert (reply.status, reply.json["errorCode"]) == (status, code)
    assert set(reply.json) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
    assert reply.json["errorId"].startswith("oae") and reply.headers["X-Okta-Request-Id"]


def test_a_wrong_or_missing_token_is_refused_and_leaks_no_event(tenant, start_okta):
    okta = start_okta(tenant)
    for token in (None, "wrong"):
        client = type(okta.client)(okta.server.port, token)
        reply = client.get("/api/v1/logs")
        assert (reply.status, reply.json["errorCode"]) == (401, "E0000011")
        client.connection.close()


def test_another_method_is_refused(tenant, start_okta):
    reply = start_okta(tenant).client.get("/api/v1/logs", method="DELETE")
    assert (reply.status, reply.json["errorCode"]) == (405, "E0000022")


# Time and limits


def test_the_date_is_the_clock_s_not_the_machine_s(tenant, start_okta):
    okta = start_okta(tenant, at=tenant.start + 1000)
    assert parsedate_to_datetime(okta.client.get("/api/v1/logs").headers["Date"]).timestamp() == tenant.start + 1000


def test_the_rate_limit_counts_down_refuses_and_begins_anew_each_minute_of_the_clock(tenant, start_okta):
    okta = start_okta(tenant, at=tenant.start + 30, requests_a_minute=3)
    for remaining in (2, 1, 0):
        reply = okta.client.get("/api/v1/logs")
        assert reply.status == 200
        assert reply.headers["X-Rate-Limit-Limit"] == "3"
        assert reply.headers["X-Rate-Limit-Remaining"] == str(remaining)
        assert reply.headers["X-Rate-Limit-Reset"] == str(int(tenant.start) + 60)
    refused = okta.client.get("/api/v1/logs")
    assert (refused.status, refused.json["errorCode"]) == (429, "E0000047")
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    okta.clock.set(tenant.start + 60)
    assert okta.client.get("/api/v1/logs").status == 200


def test_gzip_when_asked_and_only_then(tenant, start_okta):
    okta = start_okta(tenant)
    url = f"/api/v1/logs?since={published(tenant.begin)}"
    packed = okta.client.get(url, **{"Accept-Encoding": "gzip"})
    plain = okta.client.get(url)
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert packed.body == plain.body
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])


# Transport


def test_over_tls_with_a_private_authority(tenant, tmp_path):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    server = serve(tenant, Clock(tmp_path / "clock", tenant.end), "token", ssl_context=context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    request = urllib.request.Request(
        f"https://localhost:{server.port}/api/v1/logs?limit=5", headers={"Authorization": "SSWS token"}
    )
    try:
        with urllib.request.urlopen(request, context=trusting, timeout=10) as reply:
            assert f"<https://localhost:{server.port}/api/v1/logs?after=" in reply.headers.get_all("Link")[1]
        with pytest.raises(OSError):  # a client that does not trust it ends; the next one is served
            urllib.request.urlopen(request, context=ssl.create_default_context(), timeout=10)
        with urllib.request.urlopen(request, context=trusting, timeout=10) as reply:
            assert reply.status == 200
    finally:
        server.stop()


def test_in_a_process_of_its_own_on_the_shared_clock(tmp_path):
    settings = {"seed": "api", "people": 24, "start": "2024-03-05"}
    tenant = Tenant(**settings)
    clock = Clock(tmp_path / "clock", tenant.begin)
    process = TenantProcess(settings, clock.path, "token")
    request = urllib.request.Request(
        f"http://127.0.0.1:{process.port}/api/v1/logs?since={published(tenant.begin)}",
        headers={"Authorization": "SSWS token"},
    )
    try:
        assert json.load(urllib.request.urlopen(request, timeout=10)) == []
        clock.set(tenant.end)
        first = next(tenant.events())
        assert json.load(urllib.request.urlopen(request, timeout=10))[0]["uuid"] == first.uuid
    finally:
        process.stop()
    with pytest.raises(OSError):
        urllib.request.urlopen(request, timeout=10)
