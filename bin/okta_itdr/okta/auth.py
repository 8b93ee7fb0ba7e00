"""How a request proves who is asking.

An authentication has `headers(method, url)`, asked anew for every request because some kinds sign
each one, and two pieces of advice for its errors: `renew` (refused credentials), `permit` (missing rights).
"""

from __future__ import annotations


class ApiToken:
    """An API token of an Okta administrator: `Authorization: SSWS …` on every request."""

    renew = (
        "create a new API token in the Okta Admin Console (Security > API > Tokens) and save it on the add-on's "
        "Account page"
    )
    permit = (
        "give the administrator who created the API token a role that may read the System Log, such as "
        "Read-only Administrator"
    )

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self, method: str, url: str) -> dict[str, str]:
        return {"Authorization": f"SSWS {self._token}"}

    def __repr__(self) -> str:
        return "ApiToken(…)"  # what a traceback or a log may show
