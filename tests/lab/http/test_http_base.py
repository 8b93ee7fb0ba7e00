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


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"kind":"flood"}', b'{"kind":"reset","colour":1}', b"{}"])
def test_an_order_for_an_unknown_fault_is_refused(connection, text):
    assert ask(connection, "POST", "/lab/faults", text)[0].status == 400
    assert ask(connection)[0].status == 200


def test_the_oldest_matching_fault_is_met_first():
    faults = Faults()
    faults.add(Fault("status", path="/a", status=500))
    faults.add(Fault("status", path="/", status=501))
    assert [faults.take("/a").status, faults.take("/a").status, faults.take("/a")] == [500, 501, None]
