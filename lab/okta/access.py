"""Whether a request for a resource is let in: by an API token, or by an access token, bound by DPoP or not.

Facts: facts/okta-api 2.3 and 2.4; RFC 6750 (3), RFC 9449 (7.1). The challenges are worded and ordered as
Okta's are (okta-sdk-golang issue 145, terraform-provider-okta issue 2375), which send no body with
insufficient_scope.
"""

from __future__ import annotations

from typing import Optional

from lab.okta.dpop import ALGORITHMS, BadProof, Proofs
from lab.okta.exchange import Refusal, Request
from lab.okta.oauth import AccessToken, AuthorizationServer
from lab.okta.principals import Principals


class Access:
    """`as_seen`: a bad proof is refused with 400 and no body, as Okta does, instead of RFC 9449's 401
    (developer.okta.com/blog on DPoP; okta-sdk-dotnet issue 875)."""

    def __init__(
        self, principals: Principals, authorization: AuthorizationServer, proofs: Proofs, as_seen: bool = False
    ) -> None:
        self._principals = principals
        self._authorization = authorization
        self._proofs = proofs
        self._as_seen = as_seen

    def admit(self, request: Request, now: float, scope: str = "") -> str:
        """The administrator role with which the request may read what `scope` stands for; else raise the Refusal."""
        scheme, _, text = request.header("Authorization").partition(" ")
        if scheme == "SSWS":
            api_token = self._principals.api_token(text)
            if api_token is None:
                raise _invalid_token()
            role = api_token.role
        elif scheme in ("Bearer", "DPoP"):
            access_token = self._checked(request, now, scheme, text, scope)
            if scope and scope not in access_token.scopes:
                words = "The access token provided does not contain the required scopes."
                raise Refusal(403, "", "", _challenge(request, scheme, scope, "insufficient_scope", words))
            role = access_token.app.role
        else:
            raise _invalid_token()
        if role is None:
            raise forbidden()
        return role

    def _checked(self, request: Request, now: float, scheme: str, text: str, scope: str) -> AccessToken:
        """The access token, if it is valid and presented by who holds it."""
        token = self._authorization.access_token(text)
        wrong: Optional[str] = None
        if token is None:
            wrong = "The access token is invalid."
        elif token.ends <= now:
            wrong = "The access token has expired."
        elif token.thumbprint and scheme == "Bearer":
            scheme, wrong = "DPoP", "The access token is bound to a key and needs a DPoP proof."
        elif not token.thumbprint and scheme == "DPoP":
            wrong = "The access token is not bound to a key."
        if token is None or wrong:
            raise _invalid_token(_challenge(request, scheme, scope, "invalid_token", wrong or ""))
        if scheme == "DPoP":
            self._check_proof(request, now, text, token, scope)
        return token

    def _check_proof(self, request: Request, now: float, text: str, token: AccessToken, scope: str) -> None:
        try:
            if self._proofs.check(request, now, text).thumbprint != token.thumbprint:
                raise BadProof("The DPoP proof JWT is signed by another key than the access token is bound to.")
        except BadProof as error:
            headers = _challenge(request, "DPoP", scope, "invalid_dpop_proof", str(error))
            raise (Refusal(400, "", "", headers) if self._as_seen else _invalid_token(headers)) from error


def forbidden() -> Refusal:
    return Refusal(403, "E0000006", "You do not have permission to perform the requested action")


def _invalid_token(headers: tuple = ()) -> Refusal:
    return Refusal(401, "E0000011", "Invalid token provided", headers)


def _challenge(request: Request, scheme: str, scope: str, error: str, description: str) -> tuple:
    parts = {
        "algs": " ".join(ALGORITHMS) if scheme == "DPoP" else "",
        "authorization_uri": f"{request.origin}/oauth2/v1/authorize",
        "realm": request.origin,
        "scope": scope,
        "error": error,
        "error_description": description,
        "resource": request.path,
    }
    said = ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)
    return (("WWW-Authenticate", f"{scheme} {said}"),)
