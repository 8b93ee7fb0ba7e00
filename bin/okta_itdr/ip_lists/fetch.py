"""Fetching a list: over https alone, by the proxy or not, as much as a list can be and no more."""

from __future__ import annotations

from typing import Dict, Mapping, NamedTuple, Optional
from urllib.parse import urljoin, urlsplit

import urllib3

from okta_itdr.https import BODY, CERTIFICATE, PROXY, PROXY_REFUSED, Proxy, failure, pool, reason, trust
from okta_itdr.ip_lists.bounded import within
from okta_itdr.ip_lists.network_list import NetworkList
from okta_itdr.ip_lists.trouble import NoList, NotPermitted, NotTaken, Unreachable
from okta_itdr.trouble import plain

LARGEST = 8 * 1024 * 1024  # bytes, unpacked
LONGEST_SECONDS = 180  # for all of it, redirects too
REDIRECTS = 5
_PIECE = 16 * 1024  # packed bytes at a time: what they unpack to must fit into memory
_REDIRECT = (301, 302, 303, 307, 308)
_VERSIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}  # RFC 9110, sections 13.1.2 and 13.1.3


class Fetched(NamedTuple):
    body: bytes
    version: Dict[str, str]  # by what the server will know it again: ETag, Last-Modified


def fetch(wanted: NetworkList, version: Mapping[str, str], proxy: Optional[Proxy]) -> Optional[Fetched]:
    """The list as it is now; None when the server still has `version`. Raises NotTaken."""
    late = Unreachable(f"after {LONGEST_SECONDS} seconds it had still not all come")
    return within(LONGEST_SECONDS, lambda: _fetch(wanted, version, proxy), late)


def _fetch(wanted: NetworkList, version: Mapping[str, str], proxy: Optional[Proxy]) -> Optional[Fetched]:
    client = pool(proxy, trust(wanted.ca_certificates, f"list {wanted.name}", "Inputs page"))
    address = wanted.address
    sent = {"Accept-Encoding": "gzip", "User-Agent": "TA_okta_itdr (Splunk add-on)"}
    sent.update({_VERSIONS[name]: value for name, value in version.items() if name in _VERSIONS})
    for _ in range(REDIRECTS + 1):
        try:
            response = client.request(
                "GET", address, headers=sent, redirect=False, retries=False, preload_content=False,
                enforce_content_length=True,
            )  # fmt: skip
            try:
                status, headers = response.status, response.headers
                if status == 200:
                    return Fetched(_body(response), {name: headers[name] for name in _VERSIONS if name in headers})
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _trouble(error, address, proxy) from None
        if status == 304 and version:
            return None
        if status not in _REDIRECT:
            raise _refusal(status, address)
        address = urljoin(address, headers.get("Location") or "")
        if not address.startswith("https://"):
            raise NoList(f"the server leads on to {_host(address)} without https, which is not followed")
    raise NoList(f"the server leads on from address to address, {REDIRECTS} times and more")


def _body(response: urllib3.HTTPResponse) -> bytes:
    body = bytearray()
    for piece in response.stream(_PIECE, decode_content=True):
        body += piece
        if len(body) > LARGEST:
            raise NoList(f"it is larger than {LARGEST >> 20} MB, which no list of networks for searches should be")
    return bytes(body)


def _refusal(status: int, address: str) -> NotTaken:
    host = _host(address)
    if status == 429 or status >= 500:
        return NoList(f"{host} could not answer ({status}) and is asked again at the next interval")
    if status in (401, 403, 407):
        return NotPermitted(f"{host} does not give it to us ({status}): it may want a key or another network")
    return NoList(f"{host} has no list there ({status}): check the address on the Inputs page")


def _trouble(error: Exception, address: str, proxy: Optional[Proxy]) -> NotTaken:
    host, why, kind = _host(address), reason(error), failure(error, proxy)
    if kind in (PROXY, PROXY_REFUSED):
        return Unreachable(
            f"the proxy {proxy.host}:{proxy.port} did not lead to {host} ({why}); check host, port, user name and "
            "password on the Proxy page"
        )
    if kind == CERTIFICATE:
        return Unreachable(
            f"{host} could not be trusted ({why}); if a proxy opens TLS on the way, paste its CA certificate as PEM "
            "into the input's CA certificates"
        )
    if kind == BODY:
        return NoList(f"{host} sent something that cannot be unpacked ({why})")
    return Unreachable(
        f"{host} could not be reached or broke off ({why}); if that stays, check the address, the network, and whether "
        "a proxy is needed"
    )


def _host(address: str) -> str:
    return plain(urlsplit(address).netloc.rpartition("@")[2]) or "the server"
