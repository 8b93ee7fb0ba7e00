"""HTTP to one host: TLS always verified, nothing retried or redirected behind our back, through a proxy or not."""

from __future__ import annotations

import re
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Mapping, Optional
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3
from urllib3.contrib.socks import SOCKSProxyManager

from okta_itdr.okta.answer import Answer
from okta_itdr.okta.errors import CertificateRefused, ProxyRefused, ProxyTrouble, Unreachable, UnusableAnswer, plain
from okta_itdr.okta.links import own
from okta_itdr.trouble import Trouble

CONNECT_SECONDS = 20
READ_SECONDS = 90  # Okta gives up on a query after 30
CONNECTIONS = 8  # kept open; more threads than that ask at their own cost

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Proxy:
    """A proxy as set on the Proxy page. `kind`: http, socks4 or socks5; `resolves`: it looks up Okta's name itself."""

    kind: str
    host: str
    port: int
    username: str = ""
    password: str = ""
    resolves: bool = False

    def __repr__(self) -> str:
        return f"Proxy({self.kind}://{self.host}:{self.port})"  # never the password


class Transport:
    """Requests to the tenant at `domain` (`host` or `host:port`), by any thread.

    `ca_certificates`: PEM trusted beside certifi's. It also keeps Okta's time: every answer tells it.
    """

    def __init__(self, domain: str, ca_certificates: str = "", proxy: Optional[Proxy] = None) -> None:
        self.origin = f"https://{domain.lower()}"
        self.host = domain.rsplit(":", 1)[0].lower()
        self._proxy = proxy
        self._pool = _pool(proxy, _trust(ca_certificates))
        self._told: Optional[tuple[float, float]] = None  # Okta's time, and this host's monotonic one at that moment
        self._lock = threading.Lock()

    def url(self, path: str, **query: object) -> str:
        """The tenant's own `path`; what of `query` is empty is left out."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.origin}{path}" + (f"?{urlencode(given)}" if given else "")

    def now(self) -> Optional[float]:
        """Okta's time now, epoch seconds to about a second; None before its first answer."""
        with self._lock:
            return None if self._told is None else self._told[0] + time.monotonic() - self._told[1]

    def request(
        self, method: str, url: str, headers: Mapping[str, str], form: Optional[Mapping[str, str]] = None
    ) -> Answer:
        """Ask for `url`, which must be the tenant's own. Raises Unreachable and its kin; any status is an Answer."""
        own(url, self.origin)
        sent = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "TA_okta_itdr (Splunk add-on)",
            **headers,
        }
        body = None
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        parts = urlsplit(url)
        try:
            response = self._pool.request(
                method, url, body=body, headers=sent, redirect=False, retries=False, enforce_content_length=True
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._trouble(error) from None
        answer = Answer(
            self.host, parts.path, "after=" in parts.query, response.status, response.headers, response.data
        )
        self._note_time(answer.date)
        return answer

    def _note_time(self, date: Optional[float]) -> None:
        if date is not None:
            with self._lock:
                self._told = (date, time.monotonic())

    def _trouble(self, error: Exception) -> Trouble:
        """What it means that urllib3 raised `error` instead of giving an answer."""
        why = _reason(error)
        # A SOCKS proxy's failures come as failed connections: behind a proxy there are no others.
        by_proxy = self._proxy and isinstance(error, urllib3.exceptions.NewConnectionError)
        if by_proxy or isinstance(error, urllib3.exceptions.ProxyError):
            kind = ProxyRefused if " 407 " in why or "authentication" in why.lower() else ProxyTrouble
            return kind(
                f"The proxy {self._proxy.host}:{self._proxy.port} did not lead to {self.host} ({why}): check host, "
                "port, user name and password on the Proxy page."
            )
        if isinstance(error, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in why:
            return CertificateRefused(
                f"{self.host} could not be trusted ({why}): if a proxy opens TLS on the way, paste its CA certificate "
                "as PEM on the Account page."
            )
        if isinstance(error, urllib3.exceptions.DecodeError):
            return UnusableAnswer(f"{self.host} sent a body that cannot be unpacked ({why}). Nothing of it was used.")
        return Unreachable(
            f"{self.host} could not be reached ({why}): check the domain on the Account page, the network, and whether "
            "a proxy is needed. Nothing is lost: collection goes on where it stands."
        )


def _trust(ca_certificates: str) -> ssl.SSLContext:
    """certifi's authorities and the account's own; Splunk's Python has usually no store of its own."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_certificates.strip():
        # A form may have folded the lines: keep the base64 and wrap it again.
        bodies = ["".join(body.split()) for body in _CERTIFICATE.findall(ca_certificates)]
        try:
            if not bodies:
                raise ValueError("no BEGIN CERTIFICATE to END CERTIFICATE in it")
            for body in bodies:
                context.load_verify_locations(cadata=_pem(body))
        except (ValueError, ssl.SSLError) as error:
            raise Trouble(
                f"The CA certificates of the account cannot be read ({_reason(error)}): paste whole PEM certificates "
                "on the Account page, or leave the field empty."
            ) from None
    return context


def _pem(body: str) -> str:
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def _pool(proxy: Optional[Proxy], trust: ssl.SSLContext) -> urllib3.PoolManager:
    settings = {
        "ssl_context": trust,
        "cert_reqs": "CERT_REQUIRED",
        "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        "maxsize": CONNECTIONS,
    }
    if proxy is None:
        return urllib3.PoolManager(**settings)
    if proxy.kind == "http":
        credentials: Mapping[str, str] = {}
        if proxy.username:
            credentials = urllib3.make_headers(proxy_basic_auth=f"{proxy.username}:{proxy.password}")
        return urllib3.ProxyManager(f"http://{proxy.host}:{proxy.port}", proxy_headers=credentials, **settings)
    scheme = {("socks5", True): "socks5h", ("socks4", True): "socks4a"}.get((proxy.kind, proxy.resolves), proxy.kind)
    return SOCKSProxyManager(
        f"{scheme}://{proxy.host}:{proxy.port}",
        username=proxy.username or None,
        password=proxy.password or None,
        **settings,
    )


def _reason(error: BaseException) -> str:
    """An error's own words without Python's object addresses in them."""
    return plain(re.sub(r"<[^<>]*object at 0x[0-9a-f]+>:?\s*", "", str(error))) or type(error).__name__
