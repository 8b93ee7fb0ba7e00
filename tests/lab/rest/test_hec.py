"""HEC's answers, by the codes of "Troubleshoot HTTP Event Collector" (Getting Data In), as raw HTTP."""

from __future__ import annotations

import json
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.lab.rest.conftest import START

TOKEN = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
EVENT = "/services/collector/event"


@pytest.fixture
def send(splunk):
    """From a path, a body and a token to (status, answer); HEC is on."""
    inputs = {
        "http": {"disabled": "0"},
        "http://one": {"token": TOKEN, "index": "web", "indexes": "web,main", "sourcetype": "web", "host": "of-token"},
        "http://off": {"token": OTHER, "disabled": "1"},
    }
    for stanza, settings in inputs.items():
        splunk.configure("splunk_httpinput", "inputs", stanza, settings)

    def sent(path, body=None, authorization=f"Splunk {TOKEN}"):
        headers = {"Authorization": authorization} if authorization else {}
        data = None if body is None else body.encode()
        request = Request(f"http://127.0.0.1:{splunk.hec_port}{path}", data, headers)
        try:
            with urlopen(request, timeout=10) as reply:
                return reply.status, json.loads(reply.read())
        except HTTPError as error:
            return error.code, json.loads(error.read())

    return sent


@pytest.mark.parametrize(
    ("body", "authorization", "status", "answer"),
    [
        ("{}", None, 401, {"text": "Token is required", "code": 2}),
        ("{}", "Bearer x", 401, {"text": "Invalid authorization", "code": 3}),
        ("{}", "Splunk nobodys", 403, {"text": "Invalid token", "code": 4}),
        ("{}", f"Splunk {OTHER}", 403, {"text": "Token disabled", "code": 1}),
        (" ", f"Splunk {TOKEN}", 400, {"text": "No data", "code": 5}),
        ("[1]", f"Splunk {TOKEN}", 400, {"text": "Invalid data format", "code": 6, "invalid-event-number": 0}),
        (
            '{"event": "a"',
            f"Splunk {TOKEN}",
            400,
            {"text": "Invalid data format", "code": 6, "invalid-event-number": 0},
        ),
        (
            '{"time": 1}',
            f"Splunk {TOKEN}",
            400,
            {"text": "Event field is required", "code": 12, "invalid-event-number": 0},
        ),
        (
            '{"event": ""}',
            f"Splunk {TOKEN}",
            400,
            {"text": "Event field cannot be blank", "code": 13, "invalid-event-number": 0},
        ),
        (
            '{"event": "a", "index": "summary"}',
            f"Splunk {TOKEN}",
            400,
            {"text": "Incorrect index", "code": 7, "invalid-event-number": 1},
        ),
    ],
)
def test_a_refusal_has_its_code(splunk, send, body, authorization, status, answer):
    assert send(EVENT, body, authorization) == (status, answer)
    assert len(splunk.store) == 0


def test_what_comes_before_a_bad_event_is_kept(splunk, send):
    status, answer = send(EVENT, '{"event": "a"} {"event": "b"}\n{"event": ""}{"event": "c"}')
    assert (status, answer["invalid-event-number"]) == (400, 2)
    assert [splunk.store.event(number).raw for number in range(len(splunk.store))] == ["a", "b"]


def test_an_event_is_indexed_as_it_was_written_with_its_tokens_metadata(splunk, send):
    assert send(EVENT, '{"event": {"b": 1,  "a": "\u00e4"}, "time": "1699999999.25", "source": "s"}') == (
        200,
        {"text": "Success", "code": 0},
    )
    event = splunk.store.event(0)
    assert (event.raw, event.time) == ('{"b": 1,  "a": "\u00e4"}', 1_699_999_999.25)
    assert (event.index, event.sourcetype, event.source, event.host) == ("web", "web", "s", "of-token")
    assert event.index_time == START


def test_raw_data_is_broken_into_events(splunk, send):
    assert send("/services/collector/raw?source=r&host=h", "one\ntwo\n")[0] == 200
    events = [splunk.store.event(number) for number in range(len(splunk.store))]
    assert [(event.raw, event.source, event.host, event.time) for event in events] == [
        ("one", "r", "h", START),
        ("two", "r", "h", START),
    ]


def test_health_and_what_is_not_there(send):
    assert send("/services/collector/health", authorization=None) == (200, {"text": "HEC is healthy", "code": 17})
    assert send("/services/collector/nothing", "{}")[0] == 404
    assert send(EVENT)[0] == 405


def test_what_the_lab_has_not_is_refused_by_name_and_kept(splunk, send):
    status, answer = send(EVENT, '{"event": "a", "fields": {"x": "1"}}')
    assert (status, "indexed fields" in answer["text"]) == (501, True)
    assert len(splunk.refused) == 1


def test_until_it_is_switched_on_nobody_listens(splunk, send):
    port = splunk.hec_port
    splunk.configure("splunk_httpinput", "inputs", "http", {"disabled": "1"})
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/services/collector/health", timeout=2)
    assert splunk.hec_port == 0
