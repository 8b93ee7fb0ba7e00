"""Small stand-ins for Okta and splunkd, only as much as the shipped processes ask of them."""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Optional
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from secrets_used import secret


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """`cut`: how many bytes of the body are really sent; `close`: none at all, the connection is dropped."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut: Optional[int] = None
    close: bool = False


class Server:
    """Serves `answer(request)` on loopback until stopped; `requests` is what came."""

    def __init__(self, answer: Callable[[Request], Reply], tls: Optional[ssl.SSLContext] = None) -> None:
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, unquote(parts.path), query, dict(self.headers), body)
                outer.requests.append(request)
                reply = answer(request)
                self.close_connection = True
                if reply.close:
                    return
                self.send_response(reply.status)
                for name, value in [*reply.headers, ("Content-Length", len(reply.body)), ("Connection", "close")]:
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])

            do_GET = do_POST = do_DELETE = _any

            def log_message(self, *_arguments) -> None:
                pass

            def date_time_string(self, timestamp=None) -> str:
                return formatdate(outer.clock(), usegmt=True)

        self.clock: Callable[[], float] = time.time
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_arguments: None  # a client that was killed, or refused our certificate
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Okta:
    """A tenant's /api/v1/logs with Okta's polling: the log in the order it was stored, a next link always.

    `replies` come first, one a request; `before` is called with each request and may do anything.
    """

    token = secret("00aSecretApiTokenOfTheTenant")

    def __init__(self, tls: ssl.SSLContext, page_size: int = 3) -> None:
        self.log: list[str] = []
        self.page_size = page_size
        self.replies: list[Reply] = []
        self.before: Callable[[Request], None] = lambda _request: None
        self.links: Callable[[int], Optional[str]] = self.link
        self._server = Server(self._answer, tls)
        self.domain = f"localhost:{self._server.port}"
        self.requests = self._server.requests
        self.stop = self._server.stop

    @property
    def clock(self) -> Callable[[], float]:
        """What its Date header tells."""
        return self._server.clock

    @clock.setter
    def clock(self, clock: Callable[[], float]) -> None:
        self._server.clock = clock

    def link(self, after: int) -> str:
        return f"https://{self.domain}/api/v1/logs?after={after}_1&limit=1000&sortOrder=ASCENDING"

    def _answer(self, request: Request) -> Reply:
        self.before(request)
        if self.replies:
            return self.replies.pop(0)
        if request.headers.get("Authorization") != f"SSWS {self.token}":
            return refused(401, "E0000011", "Invalid token provided")
        if request.query == {"limit": "1"}:
            return self.page([], None)
        after = int(request.query.get("after", "0_1").split("_")[0])
        events = self.log[after : after + self.page_size]
        return self.page(events, self.links(after + len(events)))

    def page(self, events: list[str], link: Optional[str]) -> Reply:
        """As Okta sends it to who takes gzip."""
        links = [("Link", f'<https://{self.domain}/api/v1/logs?limit=1000>; rel="self"')]
        if link:
            links.append(("Link", f'<{link}>; rel="next"'))
        headers = [*links, ("X-Okta-Request-Id", f"reqOf{len(events)}"), ("Content-Encoding", "gzip")]
        return Reply(body=gzip.compress(("[" + ",".join(events) + "]").encode()), headers=headers)


def refused(status: int, code: str, summary: str, **headers: object) -> Reply:
    """Okta's error body; `headers` with _ for -."""
    error = {"errorCode": code, "errorSummary": summary, "errorId": f"oae{code}", "errorCauses": []}
    named = [(name.replace("_", "-"), str(value)) for name, value in headers.items()]
    return Reply(status, json.dumps(error).encode(), [("X-Okta-Request-Id", "reqRefused"), *named])


def event(number: int, **more: object) -> str:
    """An event of the log, compact as Okta sends it."""
    published = f"2026-03-01T10:{number // 60 % 60:02d}:{number % 60:02d}.{number % 1000:03d}Z"
    return json.dumps(
        {"eventType": "user.session.start", "published": published, "uuid": f"uuid-{number:05d}", **more},
        separators=(",", ":"),
    )


class _Listener:
    """Handles connections on loopback until stopped."""

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Proxy(_Listener):
    """An HTTP proxy that wants `credentials` (user:password) and leads anywhere. `asked`: what it was asked for."""

    def __init__(self, credentials: str) -> None:
        self.asked: list[str] = []
        wanted = f"basic {base64.b64encode(credentials.encode()).decode()}"
        outer = self

        class Tunnel(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _, target, _ = self.rfile.readline().decode().split()
                outer.asked.append(target)
                headers = [line.decode().strip().lower() for line in iter(self.rfile.readline, b"\r\n")]
                if f"proxy-authorization: {wanted.lower()}" not in headers:
                    self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                    return
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                host, port = target.split(":")
                with socket.create_connection((host, int(port))) as beyond:
                    back = threading.Thread(target=_pour, args=(beyond, self.connection), daemon=True)
                    back.start()
                    _pour(self.connection, beyond)
                    back.join()

        super().__init__(Tunnel)


class SocksProxy(_Listener):
    """A SOCKS5 proxy (RFC 1928) that wants a user name and password (RFC 1929). `asked`: (address type, target)."""

    def __init__(self, user: str, password: str) -> None:
        self.asked: list[tuple[str, str]] = []
        wanted = b"\x01" + bytes([len(user)]) + user.encode() + bytes([len(password)]) + password.encode()
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _, methods = self.rfile.read(2)
                self.rfile.read(methods)
                self.wfile.write(b"\x05\x02")
                if self.rfile.read(len(wanted)) != wanted:
                    self.wfile.write(b"\x01\x01")
                    return
                self.wfile.write(b"\x01\x00")
                kind = self.rfile.read(4)[3]
                if kind == 3:
                    host = self.rfile.read(self.rfile.read(1)[0]).decode()
                else:
                    host = socket.inet_ntop(
                        *((socket.AF_INET, self.rfile.read(4)) if kind == 1 else (socket.AF_INET6, self.rfile.read(16)))
                    )
                port = int.from_bytes(self.rfile.read(2), "big")
                outer.asked.append(("name" if kind == 3 else "address", f"{host}:{port}"))
                with socket.create_connection(("127.0.0.1", port)) as beyond:
                    self.wfile.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
                    back = threading.Thread(target=_pour, args=(beyond, self.connection), daemon=True)
                    back.start()
                    _pour(self.connection, beyond)
                    back.join()

        super().__init__(Session)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        for data in iter(lambda: source.recv(65536), b""):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side has gone


class Splunkd:
    """splunkd's REST as solnlib and the add-on ask it: confs, passwords, a KV store, macros, receivers.

    `fails(request)` may give a Reply instead of the right one.
    """

    session_key = secret("SecretSessionKeyOfSplunkd")

    def __init__(self) -> None:
        self.confs: dict[str, dict[str, dict[str, str]]] = {
            "ta_okta_itdr_account": {},
            "ta_okta_itdr_settings": {"proxy": {}, "logging": {"loglevel": "DEBUG"}},
            "macros": {"okta_itdr_findings_index": {"definition": "index=summary"}},
        }
        self.secrets: dict[tuple[str, str], dict[str, str]] = {}  # (conf, stanza) → the encrypted settings
        self.documents: dict[str, dict] = {}
        self.indexed: list[tuple[dict[str, str], dict]] = []
        self.fails: Callable[[Request], Optional[Reply]] = lambda _request: None
        self._server = Server(self._answer)
        self.uri = f"http://127.0.0.1:{self._server.port}"
        self.requests = self._server.requests
        self.stop = self._server.stop

    def _answer(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != f"Splunk {self.session_key}":
            return _message(401, "call not properly authenticated")
        failed = self.fails(request)
        if failed:
            return failed
        path = re.sub(r"^/services(NS/[^/]+/[^/]+)?", "", request.path)
        for pattern, handler in (
            (r"/properties/([^/]+)", self._properties),
            (r"/configs/conf-([^/]+)/([^/]+)", self._stanza),
            (r"/storage/passwords", self._passwords),
            (r"/storage/collections/data/okta_itdr_findings", self._find),
            (r"/storage/collections/data/okta_itdr_findings/batch_save", self._save),
            (r"/receivers/simple", self._receive),
            (r"/server/info", lambda _request: Reply(body=b"{}")),
        ):
            match = re.fullmatch(pattern, path)
            if match:
                return handler(request, *match.groups())
        return _message(404, f"Not Found: {path}")

    def _properties(self, _request: Request, conf: str) -> Reply:
        return _feed([]) if conf in self.confs else _message(404, "no such conf")

    def _stanza(self, request: Request, conf: str, stanza: str) -> Reply:
        settings = self.confs.get(conf, {}).get(stanza)
        if settings is None:
            return _message(404, "no such stanza")
        hidden = dict.fromkeys(self.secrets.get((conf, stanza), {}), "******")
        if request.query.get("output_mode") == "json":
            return Reply(body=json.dumps({"entry": [{"name": stanza, "content": {**settings, **hidden}}]}).encode())
        return _feed([(stanza, {**settings, **hidden})])

    def _passwords(self, request: Request) -> Reply:
        realm = request.query["search"].partition("=")[2]
        entries = []
        for (conf, stanza), settings in self.secrets.items():
            if realm != f"__REST_CREDENTIAL__#TA_okta_itdr#configs/conf-{conf}":
                continue
            sep = "``splunk_cred_sep``"
            end = sep + sep.join("SPLUNK") + sep
            for number, clear in enumerate([json.dumps(settings), end], 1):
                user = f"{stanza}{sep}{number}"
                entries.append((f"{realm}:{user}:", {"realm": realm, "username": user, "clear_password": clear}))
        return _feed(entries)

    def _find(self, request: Request) -> Reply:
        query = json.loads(request.query["query"])
        found = [document for document in self.documents.values() if _matches(document, query)]
        return Reply(body=json.dumps(found[: int(request.query["limit"])]).encode())

    def _save(self, request: Request) -> Reply:
        documents = json.loads(request.body)
        for document in documents:
            self.documents[document["_key"]] = {**document, "_user": "nobody"}
        return Reply(body=json.dumps([document["_key"] for document in documents]).encode())

    def _receive(self, request: Request) -> Reply:
        self.indexed.append((request.query, json.loads(request.body)))
        return Reply(body=b"<response/>")


def _matches(document: dict, query: dict) -> bool:
    def condition(name: str, wanted: object) -> bool:
        if name in ("$or", "$and"):
            return (any if name == "$or" else all)(_matches(document, part) for part in wanted)
        if isinstance(wanted, dict):
            return name in document and document[name] < wanted["$lt"]
        return document.get(name) == wanted

    return all(condition(*item) for item in query.items())


def _message(status: int, text: str) -> Reply:
    body = f'<response><messages><msg type="ERROR">{escape(text)}</msg></messages></response>'
    return Reply(status, body.encode(), [("Content-Type", "text/xml")])


def _feed(entries: list[tuple[str, dict[str, str]]]) -> Reply:
    def keys(settings: dict) -> str:
        return "".join(f'<s:key name="{name}">{escape(value)}</s:key>' for name, value in settings.items())

    acl = '<s:key name="eai:acl"><s:dict><s:key name="app">TA_okta_itdr</s:key></s:dict></s:key>'
    xml = "".join(
        f"<entry><title>{escape(title)}</title><id>http://localhost/{number}</id>"
        f'<link href="/{number}" rel="alternate"/><content type="text/xml">'
        f"<s:dict>{acl}{keys(settings)}</s:dict></content></entry>"
        for number, (title, settings) in enumerate(entries)
    )
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" '
        f'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>x</title>{xml}</feed>'
    )
    return Reply(body=body.encode(), headers=[("Content-Type", "text/xml")])
