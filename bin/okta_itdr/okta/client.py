"""HTTP to one Okta tenant: TLS always verified, one host only, nothing retried or redirected behind our back."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from typing import Mapping, Optional
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3
from urllib3.contrib.socks import SOCKSProxyManager

from okta_itdr.okta.auth import ApiToken
from okta_itdr.okta.errors import CertificateRefused, ProxyRefused, ProxyTrouble, Unreachable, UnusableAnswer, plain
from okta_itdr.okta.links import own
from okta_itdr.trouble import Trouble

CONNECT_SECONDS = 20
READ_SECONDS = 90  # Okta gives up on a query after 30

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


@dataclass(frozen=True)
class Answer:
    """What Okta answered, whatever its status. `path` and `cursor` tell what had been asked."""

    host: str
    path: str
    cursor: bool  # asked with `after=`: at a place that an earlier answer had named
    status: int
    headers: urllib3.response.HTTPHeaderDict
    body: bytes


class Client:
    """Requests to the tenant at `domain` (`host` or `host:port`); `ca_certificates`: PEM trusted beside certifi's."""

    def __init__(
        self, domain: str, authentication: ApiToken, ca_certificates: str = "", proxy: Optional[Proxy] = None
    ) -> None:
        self.origin = f"https://{domain.lower()}"
        self.host = domain.rsplit(":", 1)[0].lower()
        self.authentication = authentication
        self._proxy = proxy
        self._pool = _pool(proxy, _trust(ca_certificates))

    def url(self, path: str, **query: object) -> str:
        return f"{self.origin}{path}?{urlencode(query)}"

    def get(self, url: str) -> Answer:
        """GET `url`, which must be the tenant's own. Raises Unreachable and its kin; any status is an Answer."""
        own(url, self.origin)
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "TA_okta_itdr (Splunk add-on)",
            **self.authentication.headers("GET", url),
        }
        parts = urlsplit(url)
        try:
            response = self._pool.request(
                "GET", url, headers=headers, redirect=False, retries=False, enforce_content_length=True
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._trouble(error) from None
        return Answer(self.host, parts.path, "after=" in parts.query, response.status, response.headers, response.data)

    def _trouble(self, error: Exception) -> Trouble:
        """What it means that urllib3 raised `error` instead of giving an answer."""
        why = _reason(error)
        # A SOCKS proxy's failures come as failed connections: behind a proxy there are no others.
        by_proxy = self._proxy and isinstance(error, urllib3.exceptions.NewConnectionError)
        if by_proxy or isinstance(error, urllib3.exceptions.ProxyError):
            kind = ProxyRefused if " 407 " in why else ProxyTrouble
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
