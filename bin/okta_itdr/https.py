"""HTTPS as all of the add-on asks: TLS always verified, straight or through the proxy of the Proxy page."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from typing import Mapping, Optional

import certifi
import urllib3
from urllib3.contrib.socks import SOCKSProxyManager

from okta_itdr.trouble import Trouble, plain

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


def trust(ca_certificates: str, whose: str, page: str) -> ssl.SSLContext:
    """certifi's authorities and the admin's own; Splunk's Python has usually no store of its own.

    Raises Trouble for what is no PEM; `whose`, `page`: "account", "Account page".
    """
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
                f"The CA certificates of the {whose} cannot be read ({reason(error)}): paste whole PEM certificates "
                f"on the {page}, or leave the field empty."
            ) from None
    return context


def _pem(body: str) -> str:
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def pool(proxy: Optional[Proxy], trusted: ssl.SSLContext) -> urllib3.PoolManager:
    """Where requests are made: straight, or through `proxy`."""
    settings = {
        "ssl_context": trusted,
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


PROXY_REFUSED, PROXY, CERTIFICATE, BODY, UNREACHABLE = "proxy refused", "proxy", "certificate", "body", "unreachable"


def failure(error: Exception, proxy: Optional[Proxy]) -> str:
    """Which of these it was that urllib3 raised `error` instead of giving an answer."""
    why = reason(error)
    # A SOCKS proxy's failures come as failed connections: behind a proxy there are no others.
    by_proxy = proxy and isinstance(error, urllib3.exceptions.NewConnectionError)
    if by_proxy or isinstance(error, urllib3.exceptions.ProxyError):
        return PROXY_REFUSED if " 407 " in why or "authentication" in why.lower() else PROXY
    if isinstance(error, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in why:
        return CERTIFICATE
    return BODY if isinstance(error, urllib3.exceptions.DecodeError) else UNREACHABLE


def reason(error: BaseException) -> str:
    """An error's own words without Python's object addresses in them."""
    return plain(re.sub(r"<[^<>]*object at 0x[0-9a-f]+>:?\s*", "", str(error))) or type(error).__name__
