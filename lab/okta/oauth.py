"""The org authorization server: `POST /oauth2/v1/token` gives service apps access tokens.

Facts: facts/okta-api 2.3; RFC 6749 (4.4), RFC 7523 (private_key_jwt), RFC 9449 (DPoP). The client is
authenticated first, so a request that is sent back for a proof or a nonce has used up its assertion.
The descriptions are Okta's where public reports quote them.
"""

from __future__ import annotations

import secrets
from typing import Any, Dict, FrozenSet, NamedTuple, Optional
from urllib.parse import parse_qsl

import orjson

from lab.okta import signatures
from lab.okta.dpop import ALGORITHMS, BadProof, Nonces, Proofs
from lab.okta.exchange import OAuthRefusal, Request
from lab.okta.principals import Principals, ServiceApp

TOKEN = "/oauth2/v1/token"
METADATA = "/.well-known/oauth-authorization-server"
LIFETIME = 3600  # seconds
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_ASSERTION = 3600.0  # seconds
# Those of the Management API 5.1.0 that facts/okta-api names; any other is unknown here.
SCOPES = frozenset(
    {
        "okta.apiTokens.manage",
        "okta.apiTokens.read",
        "okta.apps.read",
        "okta.authenticators.read",
        "okta.behaviors.read",
        "okta.groups.read",
        "okta.logStreams.read",
        "okta.logs.read",
        "okta.networkZones.manage",
        "okta.networkZones.read",
        "okta.orgs.read",
        "okta.policies.read",
        "okta.principalRateLimits.read",
        "okta.rateLimits.read",
        "okta.roles.read",
        "okta.threatInsights.read",
        "okta.userRisk.read",
        "okta.users.manage",
        "okta.users.read",
    }
)


class AccessToken(NamedTuple):
    app: ServiceApp
    scopes: FrozenSet[str]
    ends: float  # epoch seconds
    thumbprint: str  # of the key it is bound to; empty for a bearer's


class AuthorizationServer:
    """`as_seen`: a scope that was not granted is left out where another was, instead of refused; Okta does so
    (okta-sdk-golang issue 145, terraform-provider-okta issue 2375)."""

    def __init__(
        self, principals: Principals, proofs: Proofs, lifetime: float = LIFETIME, as_seen: bool = False
    ) -> None:
        self._principals = principals
        self._proofs = proofs
        self._lifetime = lifetime
        self._as_seen = as_seen
        self._nonces = Nonces()
        self._assertions = signatures.Once()
        self._given: Dict[str, AccessToken] = {}

    def access_token(self, text: str) -> Optional[AccessToken]:
        """What was given out, whether it has ended or not."""
        return self._given.get(text)

    def metadata(self, request: Request) -> bytes:
        """RFC 8414; public."""
        return orjson.dumps(
            {
                "issuer": request.origin,
                "token_endpoint": request.origin + TOKEN,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
                "dpop_signing_alg_values_supported": list(ALGORITHMS),
                "scopes_supported": sorted(SCOPES),
            }
        )

    def token(self, request: Request, now: float) -> bytes:
        form = _form(request)
        if form.get("grant_type") != "client_credentials":
            raise OAuthRefusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")
        app = self._client(form, request.url, now)
        thumbprint = self._bound_to(app, request, now)
        scopes = self._scopes(app, form.get("scope", ""))
        text = secrets.token_urlsafe(48)
        self._given[text] = AccessToken(app, frozenset(scopes), now + self._lifetime, thumbprint)
        return orjson.dumps(
            {
                "token_type": "DPoP" if thumbprint else "Bearer",
                "expires_in": self._lifetime,
                "access_token": text,
                "scope": " ".join(scopes),
            }
        )

    def _client(self, form: Dict[str, str], url: str, now: float) -> ServiceApp:
        """The app whose assertion this is (RFC 7523, section 3)."""
        if form.get("client_assertion_type") != ASSERTION_TYPE or not form.get("client_assertion"):
            raise _invalid_client(
                "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
                "token_endpoint_auth_method."
            )
        assertion = form["client_assertion"]
        try:
            client_id = signatures.unverified_claims(assertion).get("iss")
            app = self._principals.service_app(client_id)
            if app is None or form.get("client_id", client_id) != client_id:
                raise _invalid_client("Invalid value for 'client_id' parameter.")
            header = signatures.header(assertion)
            claims = signatures.claims(assertion, _key(app, header.get("kid")), "RS256")
        except signatures.Unreadable as error:
            raise _invalid_client("The client_assertion token is malformed.") from error
        except signatures.Forged as error:
            raise _invalid_client("The client_assertion signature is invalid.") from error
        self._check_claims(claims, client_id, url, now)
        return app

    def _check_claims(self, claims: Dict[str, Any], client_id: str, url: str, now: float) -> None:
        if claims.get("sub") != client_id:
            raise _invalid_client("The issuer and subject claims for client_assertion must be the client_id.")
        audience = claims.get("aud")
        if url not in (audience if isinstance(audience, list) else [audience]):
            raise _invalid_client(
                "The audience claim for client_assertion must be the endpoint invoked for the request."
            )
        ends = claims.get("exp")
        if not isinstance(ends, (int, float)) or isinstance(ends, bool):
            raise _invalid_client("The client_assertion token must have an expiration.")
        if ends <= now:
            raise _invalid_client("The client_assertion token is expired.")
        if ends > now + _LONGEST_ASSERTION:
            raise _invalid_client("The client_assertion token has an expiration too far into the future.")
        identity = claims.get("jti")
        if not isinstance(identity, str) or not identity:
            raise _invalid_client("The client_assertion token must have a jti.")
        if not self._assertions.take(f"{client_id} {identity}"):
            raise _invalid_client("The client_assertion token has already been used.")

    def _bound_to(self, app: ServiceApp, request: Request, now: float) -> str:
        """The thumbprint of the proof's key; empty for an app that need not prove anything and does not."""
        if not app.dpop and not request.header("DPoP"):
            return ""
        try:
            proof = self._proofs.check(request, now)
        except BadProof as error:
            raise OAuthRefusal(400, "invalid_dpop_proof", str(error)) from error
        if not self._nonces.accepts(proof.nonce, now):
            nonce = [("dpop-nonce", self._nonces.current(now))]
            raise OAuthRefusal(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", nonce)
        return proof.thumbprint

    def _scopes(self, app: ServiceApp, asked: str) -> list[str]:
        scopes = list(dict.fromkeys(asked.split()))
        if not scopes:
            raise _invalid_scope(
                "The authorization server resource does not have any configured default scopes, "
                "'scope' must be provided."
            )
        granted = [scope for scope in scopes if scope in app.scopes]
        others = [scope for scope in scopes if scope not in app.scopes]
        if not granted or any(scope not in SCOPES for scope in others) or (others and not self._as_seen):
            raise _invalid_scope("One or more scopes are not configured for the authorization server resource.")
        return granted


def _form(request: Request) -> Dict[str, str]:
    if request.environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise OAuthRefusal(400, "invalid_request", "The content type must be application/x-www-form-urlencoded.")
    pairs = parse_qsl(request.body().decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthRefusal(400, "invalid_request", "A parameter is given more than once.")  # RFC 6749, section 3.2
    return form


def _key(app: ServiceApp, kid: Optional[str]) -> Dict[str, Any]:
    """The app's key of that name; an app with a single key need not be told which."""
    if kid is None and len(app.public_jwks) == 1:
        return app.public_jwks[0]
    for jwk in app.public_jwks:
        if kid is not None and jwk.get("kid") == kid:
            return jwk
    raise _invalid_client("The client_assertion JWT kid is invalid.")


def _invalid_client(description: str) -> OAuthRefusal:
    return OAuthRefusal(401, "invalid_client", description)


def _invalid_scope(description: str) -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_scope", description)
