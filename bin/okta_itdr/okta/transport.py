"""HTTP to one host: TLS always verified, nothing retried or redirected behind our back, through a proxy or not."""

from __future__ import annotations

import threading
import time
from typing import Mapping, Optional
from urllib.parse import urlencode, urlsplit

import urllib3

from okta_itdr.https import BODY, CERTIFICATE, PROXY, PROXY_REFUSED, Proxy, failure, pool, reason, trust
from okta_itdr.okta.answer import Answer
from okta_itdr.okta.errors import CertificateRefused, ProxyRefused, ProxyTrouble, Unreachable, UnusableAnswer
from okta_itdr.okta.links import own
from okta_itdr.trouble import Trouble


class Transport:
    """Requests to the tenant at `domain` (`host` or `host:port`), by any thread.

    `ca_certificates`: PEM trusted beside certifi's. It also keeps Okta's time: every answer tells it.
    """

    def __init__(self, domain: str, ca_certificates: str = "", proxy: Optional[Proxy] = None) -> None:
        self.origin = f"https://{domain.lower()}"
        self.host = domain.rsplit(":", 1)[0].lower()
        self._proxy = proxy
        self._pool = pool(proxy, trust(ca_certificates, "account", "Account page"))
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
        why, kind = reason(error), failure(error, self._proxy)
        if kind in (PROXY, PROXY_REFUSED):
            trouble = ProxyRefused if kind == PROXY_REFUSED else ProxyTrouble
            return trouble(
                f"The proxy {self._proxy.host}:{self._proxy.port} did not lead to {self.host} ({why}): check host, "
                "port, user name and password on the Proxy page."
            )
        if kind == CERTIFICATE:
            return CertificateRefused(
                f"{self.host} could not be trusted ({why}): if a proxy opens TLS on the way, paste its CA certificate "
                "as PEM on the Account page."
            )
        if kind == BODY:
            return UnusableAnswer(f"{self.host} sent a body that cannot be unpacked ({why}). Nothing of it was used.")
        return Unreachable(
            f"{self.host} could not be reached ({why}): check the domain on the Account page, the network, and whether "
            "a proxy is needed. Nothing is lost: collection goes on where it stands."
        )
