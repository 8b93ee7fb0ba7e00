"""The HTTP base of both emulators: a threaded HTTP/1.1 server around a WSGI app, with faults on demand.

In: a WSGI callable. Out: its replies, each sent in one piece with Content-Length and an explicit
Connection header (Splunk's clients insist on one). `POST /lab/faults` with a JSON object of `Fault`'s
fields, or of a `trouble` that the emulator knows by name and what that takes, makes the next matching
requests go wrong; `DELETE /lab/faults` forgets what is left. No fault meets a request below `/lab/`.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field, fields
from email.utils import formatdate
from http.client import responses
from random import Random
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

App = Callable[[Dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = List[Tuple[str, str]]
KINDS = ("status", "headers", "reset", "truncate", "corrupt", "drip", "hang")
CONTROLS = "/lab/"
CONTROL = "/lab/faults"


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose path begins with `path` and whose query holds `query`.

    status: the app is not asked, `status` with `headers` and `body` is the reply; headers: the app's own reply, but
    `headers` stand in the place of those of the same name, or come to them; reset: the connection is reset
    without a reply; truncate: Content-Length promises all, half of the body comes; corrupt: the bytes in the
    middle of the body are others, as many; drip: the reply comes in ten pieces over `seconds`; hang: no reply for
    `seconds`, then the connection closes. A request that meets it is spared, and nothing used up, unless the next
    number drawn from `seed` is below `probability`.
    """

    kind: str
    times: int = 1
    path: str = "/"
    status: int = 503
    body: str = ""
    headers: Dict[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    query: str = ""
    probability: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r} (one of {', '.join(KINDS)})")
        if not 0 < self.probability <= 1:
            raise ValueError(f"a fault's probability is above 0 and at most 1, not {self.probability}")
        self._random = Random(self.seed)

    def meets(self, path: str, query: str) -> bool:
        return path.startswith(self.path) and self.query in query

    def strikes(self) -> bool:
        """Whether a request that it meets suffers it; each call draws once."""
        return self._random.random() < self.probability

    @classmethod
    def from_json(cls, text: bytes, troubles: Mapping[str, Callable[..., Fault]]) -> Fault:
        """The fault of these fields, or of the `trouble` of that name, called with the other members."""
        given = json.loads(text)
        if not isinstance(given, dict):
            raise ValueError("a fault is a JSON object")
        if "trouble" in given:
            name = given.pop("trouble")
            if name not in troubles:
                raise ValueError(f"no such trouble: {name!r} (one of {', '.join(sorted(troubles)) or 'none'})")
            return troubles[name](**given)
        unknown = sorted(set(given) - {one.name for one in fields(cls)})
        if unknown or "kind" not in given:
            raise ValueError(f"a fault has no {', '.join(unknown)}" if unknown else "a fault needs a kind")
        return cls(**given)


class Faults:
    """The faults still to come, oldest first; shared by the server's threads."""

    def __init__(self) -> None:
        self._pending: List[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._pending.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def take(self, path: str, query: str = "") -> Optional[Fault]:
        """The oldest fault that strikes this request, used up once."""
        with self._lock:
            for fault in self._pending:
                if fault.meets(path, query) and fault.strikes():
                    fault.times -= 1
                    if fault.times <= 0:
                        self._pending.remove(fault)
                    return fault
        return None


class _Handler(WSGIRequestHandler):
    """One connection: werkzeug's environ, our own reply (werkzeug's would always close)."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a reply must not wait for the client's delayed acknowledgement
    server: _Server

    def run_wsgi(self) -> None:
        self.environ = environ = self.make_environ()
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(self.headers.get("Content-Length") or 0)
        chunked = environ.get("wsgi.input_terminated", False)
        # The body is read whole before the app runs, so that a kept connection stands at the next request.
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read() if chunked else self.rfile.read(length))
        if environ["PATH_INFO"] == CONTROL:
            self._reply(*self._control(environ))
            return
        fault = None
        if not environ["PATH_INFO"].startswith(CONTROLS):
            fault = self.server.faults.take(environ["PATH_INFO"], environ["QUERY_STRING"])
        if fault is None:
            self._reply(*self._ask(environ))
        elif fault.kind == "status":
            headers = _replaced([("Content-Type", "application/json")], fault.headers)
            self._reply(fault.status, headers, fault.body.encode())
        elif fault.kind == "headers":
            status, headers, body = self._ask(environ)
            self._reply(status, _replaced(headers, fault.headers), body)
        elif fault.kind == "corrupt":
            status, headers, body = self._ask(environ)
            self._reply(status, headers, _corrupted(body))
        elif fault.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.close(self.connection.detach())  # the library's own closing would say FIN first
            self.close_connection = True
        elif fault.kind == "hang":
            self.server.stopping.wait(fault.seconds)
            self.close_connection = True
        elif fault.kind == "truncate":
            self._reply(*self._ask(environ), part=0.5)
            self.close_connection = True
        else:
            self._reply(*self._ask(environ), drip=fault.seconds)

    def _ask(self, environ: Dict[str, Any]) -> Tuple[int, Headers, bytes]:
        answer: List[Any] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
            answer[:] = [int(status.split(" ", 1)[0]), list(headers)]
            return lambda data: written.append(data)

        written: List[bytes] = []
        try:
            chunks = self.server.app(environ, start_response)
            try:
                written.extend(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close:
                    close()
        except Exception:  # the emulator's own defect: told on its stderr and to the client
            traceback.print_exc(file=sys.stderr)
            return 500, [("Content-Type", "text/plain")], b"the emulator failed; see its stderr\n"
        return answer[0], answer[1], b"".join(written)

    def _control(self, environ: Dict[str, Any]) -> Tuple[int, Headers, bytes]:
        if environ["REQUEST_METHOD"] == "DELETE":
            self.server.faults.clear()
            return 204, [], b""
        if environ["REQUEST_METHOD"] != "POST":
            return 405, [("Allow", "POST, DELETE")], b""
        try:
            self.server.faults.add(Fault.from_json(environ["wsgi.input"].read(), self.server.troubles))
        except (ValueError, TypeError) as error:
            return 400, [("Content-Type", "text/plain")], f"{error}\n".encode()
        return 204, [], b""

    def _reply(self, status: int, headers: Headers, body: bytes, part: float = 1.0, drip: float = 0.0) -> None:
        own = [(name, value) for name, value in headers if name.lower() not in ("content-length", "connection")]
        names = {name.lower() for name, _ in own}
        if "date" not in names:
            own.append(("Date", formatdate(self.server.now(), usegmt=True)))
        bodiless = status in (204, 304) or status < 200
        if not bodiless:
            own.append(("Content-Length", str(len(body))))
        self.close_connection = self.close_connection or part < 1
        own.append(("Connection", "close" if self.close_connection else "keep-alive"))
        head = f"HTTP/1.1 {status} {responses.get(status, '')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in own) + "\r\n"
        sent = b"" if bodiless or self.command == "HEAD" else body[: int(len(body) * part)]
        data = head.encode("latin-1") + sent
        if not drip:
            self.wfile.write(data)
            return
        size = len(data) // 10 + 1
        for start in range(0, len(data), size):
            self.wfile.write(data[start : start + size])
            time.sleep(drip / 10)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Silent: what the emulators have to say is in their replies."""


def _replaced(headers: Headers, others: Mapping[str, str]) -> Headers:
    names = {name.lower() for name in others}
    return [(name, value) for name, value in headers if name.lower() not in names] + list(others.items())


def _corrupted(body: bytes) -> bytes:
    """The middle third in bytes that no UTF-8 has and that were not there: neither JSON nor gzip survives."""
    start = len(body) // 3
    end = max(2 * len(body) // 3, start + 1)
    return body[:start] + bytes(0x00 if byte == 0xFF else 0xFF for byte in body[start:end]) + body[end:]


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def __init__(
        self,
        host: str,
        port: int,
        app: App,
        context: Optional[ssl.SSLContext],
        now: Callable[[], float],
        troubles: Mapping[str, Callable[..., Fault]],
    ) -> None:
        super().__init__(host, port, app, _Handler)
        self.faults = Faults()
        self.now = now
        self.troubles = troubles
        self.ssl_context = context  # the handshake is done in the connection's thread, not in accept
        self.stopping = threading.Event()
        self._open: Set[socket.socket] = set()
        self._lock = threading.Lock()

    def finish_request(self, request: socket.socket, client_address: Any) -> None:  # type: ignore[override]
        if self.ssl_context is not None:
            request = self.ssl_context.wrap_socket(request, server_side=True)
        with self._lock:
            self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._lock:
                self._open.discard(request)
            if self.ssl_context is not None:
                request.close()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:  # kept connections would go on being served
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was quicker

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away or failed the handshake is ordinary; the rest is a defect."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            traceback.print_exc(file=sys.stderr)


class Server:
    """A running server; `stop()` also ends its kept connections. `app`: what it serves."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.app = server.app
        self.faults = server.faults
        self.port: int = server.port
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when the server was stopped: a process of its own lives here."""
        self._thread.join()

    def stop(self) -> None:
        self._server.stop()
        self._thread.join()


def serve(
    app: App,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl_context: Optional[ssl.SSLContext] = None,
    *,
    now: Callable[[], float] = time.time,
    troubles: Optional[Mapping[str, Callable[..., Fault]]] = None,
) -> Server:
    """Serve `app` in threads of this process; port 0 takes a free one (`.port`).

    `now` dates what the app does not; `troubles` are faults that may be ordered by name.
    """
    return Server(_Server(host, port, app, ssl_context, now, troubles or {}))
