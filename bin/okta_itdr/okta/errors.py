"""Okta's refusals and the ways not to reach it, one class a kind of trouble.

Okta's error body is {"errorCode", "errorSummary", "errorId", "errorCauses": [{"errorSummary"}]}; support
asks for errorId and the X-Okta-Request-Id header, so every message carries both (Okta API reference,
"Errors"). Whatever is not a 2xx becomes one of these and is never read as data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from okta_itdr.okta.answer import Answer
from okta_itdr.trouble import LONGEST_QUOTE, Trouble, plain

if TYPE_CHECKING:
    from okta_itdr.okta.client import Authentication

_NO_FEATURE = "E0000015"  # as 401 or 403: the feature is not enabled for the tenant
_SCOPE = re.compile(r'\bscope="([^"]*)"')  # RFC 6750, section 3; Okta writes it before the error


class OktaTrouble(Trouble):
    """Okta answered, and not with what was asked for."""

    kind = "Server Error"


class RequestRefused(OktaTrouble):
    """400 and its like: the request itself is wrong, so asking again cannot help."""

    kind = "Configuration Error"


class CursorRefused(RequestRefused):
    """400 for a next link: the place in the log that was remembered is not known any more."""


class KeyRefused(OktaTrouble):
    """401: the credentials are not valid (any more)."""

    kind = "Authentication Error"


class NotPermitted(OktaTrouble):
    """403: the credentials are valid and may not do this."""

    kind = "Permission Error"


class ScopeRefused(NotPermitted):
    """The app was not granted the scope it takes, so none of the like can be read."""


class NotThere(OktaTrouble):
    """404, or a redirect: this host is not the tenant's API."""

    kind = "Configuration Error"


class ServerTrouble(OktaTrouble):
    """5xx: Okta could not answer."""

    transient = True


class RateLimited(OktaTrouble):
    """429, which is no failure: `wait` seconds, then the same request again."""

    transient = True

    def __init__(self, text: str, wait: float) -> None:
        super().__init__(text)
        self.wait = wait


class UnusableAnswer(OktaTrouble):
    """A 200 whose body is not what the API promises: cut off, garbled, or somebody else's page."""

    transient = True


class ForeignLink(OktaTrouble):
    """A link that leads away from the account's own host; following it would hand over the key."""


class Unreachable(Trouble):
    """No answer at all: name, route, time-out, reset."""

    kind = "Connection Error"
    transient = True


class ProxyTrouble(Unreachable):
    """The proxy could not be reached or did not lead on."""


class ProxyRefused(ProxyTrouble):
    """407: the proxy wants other credentials."""

    transient = False


class CertificateRefused(Trouble):
    """TLS: the other side did not prove to be who it says."""

    kind = "Connection Error"


def refusal(answer: Answer, authentication: Authentication) -> OktaTrouble:
    """The trouble that an answer other than 2xx and 429 stands for; what to do depends on the authentication."""
    code, error_id, words = told(answer)
    reference = reference_of(answer, code, error_id)
    status = answer.status
    challenge = answer.headers.get("WWW-Authenticate", "")
    if code == _NO_FEATURE:
        return NotPermitted(f"The tenant has nothing at {answer.path} for this key {reference}{words}")
    if status == 401 or "invalid_dpop_proof" in challenge:  # the latter as a 400
        return KeyRefused(f"Okta refused the key {reference}: {authentication.renew}.")
    if status == 403:
        scope = _SCOPE.search(challenge) if "insufficient_scope" in challenge else None
        permit = authentication.permit(plain(scope.group(1)) if scope else "")
        kind = ScopeRefused if scope else NotPermitted
        return kind(f"Okta does not let this key read {answer.path} {reference}: {permit}.")
    if status == 404:
        return NotThere(
            f"{answer.host} has nothing at {answer.path} {reference}: check that the domain on the Account page "
            "is the Okta tenant's own, without -admin."
        )
    if 300 <= status < 400:
        return NotThere(
            f"{answer.host} redirects elsewhere instead of answering {reference}: put the domain that the Okta tenant "
            "really has on the Account page."
        )
    if status >= 500:
        return ServerTrouble(
            f"Okta could not answer {reference}{words}. Nothing is lost: the same page is asked for again."
        )
    if status == 400 and answer.cursor:
        return CursorRefused(
            f"Okta no longer knows the place in the log up to which events were collected {reference}{words}"
        )
    return RequestRefused(
        f"Okta did not accept the request for {answer.path} {reference}{words}. "
        "Check the input's settings, first of all its filter and its start date."
    )


def unusable(answer: Answer, why: str) -> UnusableAnswer:
    """The trouble with a 200 whose body cannot be used because of `why`."""
    return UnusableAnswer(
        f"{answer.host} answered {answer.path} with something that is not what was asked for: {why} "
        f"{reference_of(answer)}. Nothing of it was used; the same is asked for again. If it stays so, look for a "
        "proxy that rewrites answers, or give Okta's support the request id."
    )


def reference_of(answer: Answer, code: str = "", error_id: str = "") -> str:
    """What Okta's support finds the request by, in brackets."""
    parts = [str(answer.status) + (f" {code}" if code else "")]
    if error_id:
        parts.append(f"errorId {error_id}")
    request_id = plain(answer.headers.get("X-Okta-Request-Id"))
    parts.append(f"request {request_id}" if request_id else "no request id")
    return f"({', '.join(parts)})"


def told(answer: Answer) -> tuple[str, str, str]:
    """(errorCode, errorId, what Okta says in words, ready to append); empty where the body is not Okta's.

    The OAuth endpoint has "error" and "error_description" in their place (RFC 6749, section 5.2).
    """
    error = answer.json()
    if not isinstance(error, dict):
        return "", "", ""
    code = plain(error.get("errorCode") or error.get("error"))
    summary = plain(error.get("errorSummary") or error.get("error_description"))
    causes = error.get("errorCauses")
    if isinstance(causes, list):
        said = [plain(cause.get("errorSummary")) for cause in causes if isinstance(cause, dict)]
        summary = "; ".join(filter(None, [summary, *said]))
    return code, plain(error.get("errorId")), f': "{summary[:LONGEST_QUOTE]}"' if summary else ""
