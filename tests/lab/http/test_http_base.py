"""The emulators' HTTP base: whole replies, kept connections, and each fault as a client meets it."""

from __future__ import annotations

import http.client
import json
import socket
import time

import pytest

from lab.http import Fault, Faults, serve


def app(environ, start_response):
    body = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} ".encode() + environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Own", "yes")])
    return [body[:4], body[4:]]


def broken(environ, start_response):
    raise RuntimeError("a defect")


@pytest.fixture
def server():
    running = serve(app)
    yield running
    running.stop()


@pytest.fixture
def connection(server):
    opened = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    yield opened
    opened.close()


def ask(connection, method="GET", path="/", body=None, headers=None):
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    return reply, reply.read()


def test_every_reply_says_its_length_and_what_becomes_of_the_connection(connection):
    reply, body = ask(connection, "POST", "/here", b"sent")
    assert (reply.status, body) == (200, b"POST /here sent")
    assert reply.headers["Content-Length"] == str(len(body))
    assert reply.headers["Connection"] == "keep-alive"
    assert reply.headers["X-Own"] == "yes" and reply.headers["Date"]


def test_a_kept_connection_serves_many_requests_without_delay(connection):
    begin = time.monotonic()
    sockets = set()
    for number in range(20):
        reply, body = ask(connection, "POST", f"/{number}", b"x" * number)
        assert body.endswith(b"x" * number)
        sockets.add(connection.sock)
    assert len(sockets) == 1
    assert time.monotonic() - begin < 0.5, "a delayed acknowledgement costs 40 ms a request"


def test_a_client_that_asks_to_close_is_told_so(connection):
    reply, _ = ask(connection, headers={"Connection": "close"})
    assert reply.headers["Connection"] == "close"


def test_a_chunked_body_is_read(connection):
    connection.request("PUT", "/", iter([b"one ", b"two"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert connection.getresponse().read() == b"PUT / one two"
    assert ask(connection)[1] == b"GET / ", "and the connection stands at the next request"


def test_head_has_no_body_but_the_length(connection):
    reply, body = ask(connection, "HEAD")
    assert body == b"" and reply.headers["Content-Length"] == "7"


def test_a_defect_of_the_emulator_is_a_500_and_not_a_silence(capsys):
    running = serve(broken)
    try:
        reply, _ = ask(http.client.HTTPConnection("127.0.0.1", running.port, timeout=5))
        assert reply.status == 500
    finally:
        running.stop()
    assert "a defect" in capsys.readouterr().err


def test_stop_ends_kept_connections_too(server):
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    ask(kept)
    server.stop()
    with pytest.raises((ConnectionError, http.client.HTTPException, OSError)):
        ask(kept)
    with pytest.raises(ConnectionRefusedError):
        ask(http.client.HTTPConnection("127.0.0.1", server.port, timeout=5))


def order(connection, **fault):
    reply, body = ask(connection, "POST", "/lab/faults", json.dumps(fault).encode())
    assert reply.status == 204, body


def test_a_status_comes_instead_of_the_answer_as_often_as_ordered_and_only_on_its_path(connection):
    order(
        connection, kind="status", status=502, body='{"error":"x"}', headers={"Retry-After": "7"}, times=2, path="/api"
    )
    assert ask(connection, path="/other")[0].status == 200
    for _ in range(2):
        reply, body = ask(connection, path="/api/v1")
        assert (reply.status, body, reply.headers["Retry-After"]) == (502, b'{"error":"x"}', "7")
    assert ask(connection, path="/api/v1")[0].status == 200


def test_a_reset_is_a_reset(connection, server):
    order(connection, kind="reset")
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    with pytest.raises(ConnectionResetError):
        raw.recv(100)
    raw.close()


def test_a_truncated_body_is_shorter_than_promised(connection):
    order(connection, kind="truncate")
    connection.request("GET", "/some/long/path")
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()


def test_a_dripping_reply_is_slow_and_whole(connection):
    order(connection, kind="drip", seconds=0.4)
    begin = time.monotonic()
    assert ask(connection, path="/slow")[1] == b"GET /slow "
    assert time.monotonic() - begin >= 0.35


def test_a_hanging_request_is_never_answered(connection):
    order(connection, kind="hang", seconds=0.3)
    begin = time.monotonic()
    with pytest.raises(http.client.RemoteDisconnected):
        ask(connection)
    assert time.monotonic() - begin >= 0.25


def test_stop_does_not_wait_for_a_hang():
    running = serve(app)
    running.faults.add(Fault("hang", seconds=60))
    hanging = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    hanging.request("GET", "/")
    time.sleep(0.1)
    begin = time.monotonic()
    running.stop()
    hanging.close()
    assert time.monotonic() - begin < 2


def test_faults_can_be_called_off(connection):
    order(connection, kind="status", times=5)
    assert ask(connection, "DELETE", "/lab/faults")[0].status == 204
    assert ask(connection)[0].status == 200


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b'{"kind":"flood"}',
        b'{"kind":"reset","colour":1}',
        b"{}",
        b'{"kind":"reset","probability":0}',
        b'{"kind":"reset","probability":1.5}',
        b'{"kind":"reset","probability":"often"}',
        b'{"trouble":"reset"}',
    ],
)
def test_an_order_for_an_unknown_fault_is_refused(connection, text):
    assert ask(connection, "POST", "/lab/faults", text)[0].status == 400
    assert ask(connection)[0].status == 200


def test_the_oldest_matching_fault_is_met_first():
    faults = Faults()
    faults.add(Fault("status", path="/a", status=500))
    faults.add(Fault("status", path="/", status=501))
    assert [faults.take("/a").status, faults.take("/a").status, faults.take("/a")] == [500, 501, None]


def test_a_corrupt_body_has_the_length_it_had_and_other_bytes_in_the_middle(connection):
    whole = ask(connection, path="/some/long/path")[1]
    order(connection, kind="corrupt")
    reply, body = ask(connection, path="/some/long/path")
    assert reply.status == 200 and reply.headers["Content-Length"] == str(len(whole)) == str(len(body))
    assert body[:5] == whole[:5] and body[-5:] == whole[-5:] and body != whole
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert ask(connection, path="/some/long/path")[1] == whole, "and the connection stands at the next request"


def test_other_headers_replace_the_answer_s_own_in_any_case_and_add_to_them(connection):
    order(connection, kind="headers", headers={"x-own": "changed", "X-New": "there", "Date": "never"})
    reply, body = ask(connection)
    assert (reply.status, body) == (200, b"GET / ")
    assert reply.headers.get_all("X-Own") == ["changed"] and reply.headers["X-New"] == "there"
    assert reply.headers.get_all("Date") == ["never"]
    assert ask(connection)[0].headers["X-Own"] == "yes"


def test_a_status_s_own_content_type_is_the_only_one(connection):
    order(connection, kind="status", headers={"content-type": "text/html"})
    assert ask(connection)[0].headers.get_all("Content-Type") == ["text/html"]


def test_a_fault_of_a_query_meets_only_requests_whose_query_holds_it(connection):
    order(connection, kind="status", path="/logs", query="after=")
    for path in ("/logs", "/logs?since=1", "/after=", "/other?after=1"):
        assert ask(connection, path=path)[0].status == 200
    assert ask(connection, path="/logs?limit=1&after=2")[0].status == 503


def test_a_random_fault_strikes_by_its_seed_and_is_not_used_up_when_it_does_not(connection):
    def struck(seed):
        order(connection, kind="status", probability=0.3, seed=seed, times=10)
        statuses = [ask(connection)[0].status for _ in range(100)]
        ask(connection, "DELETE", "/lab/faults")
        return statuses

    first = struck(1)
    assert first.count(503) == 10 and first[:10] != [503] * 10, "ten strikes, spread over more than ten requests"
    assert struck(1) == first and struck(2) != first


def test_requests_that_a_random_fault_does_not_meet_change_nothing_in_when_it_strikes():
    faults = [Faults(), Faults()]
    for one in faults:
        one.add(Fault("status", path="/a", probability=0.5, times=100))
    struck = [faults[0].take("/a") is not None for _ in range(50)]
    others = []
    for _ in range(50):
        others.append(faults[1].take("/a") is not None)
        faults[1].take("/b")
    assert others == struck and True in struck and False in struck


def test_a_fault_that_does_not_strike_leaves_the_request_to_the_next_one():
    faults = Faults()
    faults.add(Fault("status", probability=1e-9, status=500))
    faults.add(Fault("status", status=501))
    assert [faults.take("/").status, faults.take("/")] == [501, None]


def test_no_fault_meets_the_lab_s_own_requests(connection):
    order(connection, kind="status")
    assert ask(connection, "POST", "/lab/anything")[0].status == 200
    assert ask(connection)[0].status == 503


def test_what_the_app_does_not_date_is_dated_by_the_clock_that_is_given():
    running = serve(app, now=lambda: 86400.0)
    try:
        opened = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        for _ in range(2):
            assert ask(opened)[0].headers["Date"] == "Fri, 02 Jan 1970 00:00:00 GMT"
            order(opened, kind="status")
        opened.close()
    finally:
        running.stop()


def test_a_trouble_that_the_emulator_names_is_ordered_by_its_name():
    running = serve(app, troubles={"busy": lambda status: Fault("status", status=status)})
    try:
        opened = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        order(opened, trouble="busy", status=509)
        assert ask(opened)[0].status == 509
        opened.close()
    finally:
        running.stop()
