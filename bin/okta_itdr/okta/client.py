"""What the add-on asks of a tenant, and as whom."""

from __future__ import annotations

from typing import Protocol

from okta_itdr.okta.answer import Answer
from okta_itdr.okta.transport import Transport


class Authentication(Protocol):
    """How a request proves who is asking (api_token.py, service_app.py); asked by any thread."""

    renew: str  # what to do about refused credentials
    renewed_by_itself: bool  # it holds something that is worth staying for: an access token of an hour

    def headers(self, method: str, url: str) -> dict[str, str]:
        """For one request: some kinds sign each. Raises Trouble where there are none to be had."""

    def refused(self, answer: Answer) -> bool:
        """Take in an answer that is none; True when it was for the credentials' sake and new ones may do better."""

    def permit(self, scope: str) -> str:
        """What to do about missing rights; `scope` is the one that Okta named, or empty."""


class Client:
    """Authenticated requests to the tenant at the end of `transport`."""

    def __init__(self, transport: Transport, authentication: Authentication) -> None:
        self.transport = transport
        self.authentication = authentication
        self.origin = transport.origin
        self.host = transport.host
        self.url = transport.url
        self.now = transport.now

    def get(self, url: str) -> Answer:
        """GET the tenant's own `url`; any status is an answer. Raises Unreachable and its kin."""
        answer = self._get(url)
        if not 200 <= answer.status < 300 and self.authentication.refused(answer):
            answer = self._get(url)
        return answer

    def _get(self, url: str) -> Answer:
        return self.transport.request("GET", url, self.authentication.headers("GET", url))
