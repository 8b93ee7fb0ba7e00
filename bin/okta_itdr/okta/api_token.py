"""An API token of an Okta administrator: `Authorization: SSWS …` on every request."""

from __future__ import annotations

from okta_itdr.okta.answer import Answer


class ApiToken:
    """For those who must; an access token (service_app.py) expires, is bound to a key and names its scopes."""

    renew = (
        "create a new API token in the Okta Admin Console (Security > API > Tokens) and save it on the add-on's "
        "Account page"
    )
    renewed_by_itself = False

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self, method: str, url: str) -> dict[str, str]:
        return {"Authorization": f"SSWS {self._token}"}

    def refused(self, answer: Answer) -> bool:
        """Whether other credentials may do better: there are none, the token stays what it is."""
        return False

    def permit(self, scope: str) -> str:
        """What to do where Okta does not permit what was asked."""
        return (
            "give the administrator who created the API token a role that may read it, such as Read-only Administrator"
        )

    def __repr__(self) -> str:
        return "ApiToken(…)"  # what a traceback or a log may show
