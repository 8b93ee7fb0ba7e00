"""Okta's paging: the Link header, and which links may be followed."""

from __future__ import annotations

import re
from typing import Iterable
from urllib.parse import urlsplit

from okta_itdr.okta.errors import ForeignLink
from okta_itdr.trouble import plain

# RFC 8288: <target>; name="value"; …, several in one header or in several headers.
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
_URL = re.compile(r"[!#-;=?-\[\]_a-z~]+")  # RFC 3986's characters and no others


def next_link(headers: Iterable[str], origin: str) -> str | None:
    """The target of rel=next among the `Link` headers of an answer of `origin`; None when there is none.

    Raises ForeignLink when it leads anywhere but to `origin`.
    """
    for header in headers:
        for target, parameters in _LINK.findall(header):
            relation = _RELATION.search(parameters)
            if relation and "next" in (relation.group(1) or relation.group(2) or "").lower().split():
                return own(target, origin)
    return None


def own(url: str, origin: str) -> str:
    """`url` itself if scheme, host and port are those of `origin` (`https://host[:port]`), else ForeignLink.

    Signs that URL readers disagree about (a backslash, a user before the host) are refused too: what
    is compared here must be what is called later.
    """
    try:
        parts = urlsplit(url)
        same = _endpoint(parts) == _endpoint(urlsplit(origin))
    except ValueError:
        same = False
    if not same or "@" in parts.netloc or not _URL.fullmatch(url):
        raise ForeignLink(
            f"A link that should lead on at {origin} leads to {_where(url)}. It was not followed and the key was not "
            "sent there; nothing was lost. If the account's domain was changed, create a new input for the new domain."
        )
    return url


def _endpoint(parts) -> tuple[str, str, int | None]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _where(url: str) -> str:
    """Scheme and host of a link for a message: its query may hold what is nobody's business."""
    return plain(re.split(r"[?#]", url, maxsplit=1)[0])[:120] or "nowhere"
