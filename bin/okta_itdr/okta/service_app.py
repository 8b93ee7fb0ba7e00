"""An Okta API Services app: OAuth 2.0 client credentials, proved by private_key_jwt, bound by DPoP where Okta asks.

Okta: "Implement OAuth for Okta with a service app" and "Configure OAuth 2.0 DPoP"; RFC 7523, RFC 9449. The
access token stays in memory and is renewed before it ends. Times are Okta's: this host's clock may be wrong.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Optional, Sequence

from okta_itdr.okta.answer import Answer
from okta_itdr.okta.dpop import DpopKey
from okta_itdr.okta.errors import (
    KeyRefused,
    NotPermitted,
    NotThere,
    OktaTrouble,
    RateLimited,
    ScopeRefused,
    ServerTrouble,
    UnusableAnswer,
    reference_of,
    told,
)
from okta_itdr.okta.rate_limit import wait_after_429
from okta_itdr.okta.signing_key import SigningKey
from okta_itdr.okta.transport import Transport
from okta_itdr.trouble import Trouble

TOKEN_PATH = "/oauth2/v1/token"
METADATA_PATH = "/.well-known/oauth-authorization-server"  # public; its answer tells Okta's time
RENEWED_AT = 0.8  # of a token's life
ASSERTION_SECONDS = 300  # Okta accepts up to an hour

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ServiceApp:
    """The app `client_id`, whose token is asked for with `scopes`.

    Without `every_scope` those that are not granted are done without: Okta names them where they are needed.
    """

    renew = (
        "check the client ID and the key ID on the Account page, and that the public half of the private key is saved "
        "and active in the app (Okta Admin Console, Applications, the app's General tab)"
    )
    renewed_by_itself = True

    def __init__(
        self,
        transport: Transport,
        client_id: str,
        key: SigningKey,
        scopes: Sequence[str],
        kid: str = "",
        every_scope: bool = True,
    ) -> None:
        self._transport = transport
        self._client_id = client_id
        self._key = key
        self._kid = kid or key.kid
        self._scopes = list(scopes)
        self._every_scope = every_scope
        self._url = transport.url(TOKEN_PATH)
        self._dpop: Optional[DpopKey] = None  # until Okta asks for it
        self._nonce = ""
        self._token = _NONE
        self._lock = threading.Lock()

    def headers(self, method: str, url: str) -> dict[str, str]:
        with self._lock:
            token = self._valid_token()
            if not token.bound:
                return {"Authorization": f"Bearer {token.text}"}
            proof = self._dpop.proof(method, url, self._now(), self._nonce, token.text)
            return {"Authorization": f"DPoP {token.text}", "DPoP": proof}

    def refused(self, answer: Answer) -> bool:
        """The token may have been revoked, the proof's nonce or time be wrong: all mend with a new token or proof."""
        challenge = answer.headers.get("WWW-Authenticate", "")
        if answer.status != 401 and "invalid_dpop_proof" not in challenge and "use_dpop_nonce" not in challenge:
            return False
        with self._lock:
            self._nonce = answer.headers.get("DPoP-Nonce") or self._nonce
            if "use_dpop_nonce" not in challenge:
                self._token = _NONE
            return True

    def permit(self, scope: str) -> str:
        if scope:
            return f"grant the app the scope {scope} (Okta Admin Console, the app's Okta API Scopes tab)"
        return (
            "give the app an administrator role that may read it, such as Read-only Administrator (Okta Admin Console, "
            f"the app's Admin roles tab), and the scope {' '.join(self._scopes)}"
        )

    def __repr__(self) -> str:
        return f"ServiceApp({self._client_id})"  # what a traceback or a log may show

    def _valid_token(self) -> _Token:
        now = time.monotonic()
        if now < self._token.renew_at:
            return self._token
        try:
            self._token = self._ask_for_all()
        except Trouble as trouble:
            if not trouble.transient or now >= self._token.ends:
                raise
            # Renewal comes early: the token in hand is good until a later try succeeds.
        return self._token

    def _ask_for_all(self) -> _Token:
        try:
            return self._ask(self._scopes)
        except ScopeRefused:
            if self._every_scope:
                raise
        granted = [scope for scope in self._scopes if self._is_granted(scope)]
        token = self._ask(granted or self._scopes)
        self._scopes = granted
        return token

    def _is_granted(self, scope: str) -> bool:
        try:
            self._ask([scope])
        except ScopeRefused:
            return False
        return True

    def _ask(self, scopes: Sequence[str]) -> _Token:
        for _ in range(4):  # without proof, with one, with a nonce, with a newer nonce
            answer = self._transport.request("POST", self._url, self._proof(), self._form(scopes))
            if answer.status == 200:
                return self._given(answer, scopes)
            error = told(answer)[0]
            if error == "use_dpop_nonce" and answer.headers.get("DPoP-Nonce"):
                self._nonce = answer.headers["DPoP-Nonce"]
                self._dpop = self._dpop or DpopKey()
            elif error == "invalid_dpop_proof" and self._dpop is None:
                self._dpop = DpopKey()
            else:
                raise self._refusal(answer, scopes)
        raise self._refusal(answer, scopes)

    def _proof(self) -> dict[str, str]:
        if self._dpop is None:
            return {}
        return {"DPoP": self._dpop.proof("POST", self._url, self._now(), self._nonce)}

    def _form(self, scopes: Sequence[str]) -> dict[str, str]:
        now = int(self._now())
        assertion = self._key.jwt(
            {"kid": self._kid} if self._kid else {},
            {
                "iss": self._client_id,
                "sub": self._client_id,
                "aud": self._url,
                "iat": now,
                "exp": now + ASSERTION_SECONDS,
                "jti": str(uuid.uuid4()),  # a new one each time: Okta takes none twice
            },
        )
        return {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }

    def _now(self) -> float:
        if self._transport.now() is None:
            self._transport.request("GET", self._transport.url(METADATA_PATH), {})
        now = self._transport.now()
        if now is None:
            raise UnusableAnswer(
                f"{self._transport.host} does not tell the time (no Date header), so nothing can be signed for it: "
                "look for a proxy that rewrites answers."
            )
        return now

    def _given(self, answer: Answer, scopes: Sequence[str]) -> _Token:
        """The token of an answer; Okta leaves scopes that are not granted out of it, when any is."""
        token = _token(answer)
        missing = set(scopes) - set(str(answer.json().get("scope", " ".join(scopes))).split())
        if missing and self._every_scope:
            raise NotPermitted(
                f"Okta left scopes out of the token of the app {self._client_id} {reference_of(answer)}: "
                f"{self.permit(' '.join(sorted(missing)))}."
            )
        return token

    def _refusal(self, answer: Answer, scopes: Sequence[str]) -> Trouble:
        error, error_id, words = told(answer)
        reference = reference_of(answer, error, error_id)
        if answer.status == 429:
            return RateLimited(f"Okta's rate limit for tokens is used up {reference}.", wait_after_429(answer, 1))
        if error in ("invalid_client", "unauthorized_client"):
            return KeyRefused(f"Okta gave the app {self._client_id} no access token {reference}{words}: {self.renew}.")
        if error in ("invalid_scope", "access_denied"):
            return ScopeRefused(
                f"Okta gave the app {self._client_id} no access token {reference}{words}: "
                f"{self.permit(' '.join(scopes))}."
            )
        if answer.status == 404 or 300 <= answer.status < 400:
            return NotThere(
                f"{answer.host} has no token endpoint at {TOKEN_PATH} {reference}: check that the domain on the "
                "Account page is the Okta tenant's own, without -admin."
            )
        if answer.status >= 500:
            return ServerTrouble(f"Okta could not give an access token {reference}{words}; it is asked for again.")
        return OktaTrouble(
            f"Okta gave the app {self._client_id} no access token {reference}{words}: give Okta's support the request "
            "id."
        )


class _Token:
    """`bound`: to our DPoP key. `renew_at` and `ends` are of this host's monotonic clock."""

    def __init__(self, text: str, bound: bool, seconds: float) -> None:
        self.text = text
        self.bound = bound
        self.renew_at = time.monotonic() + seconds * RENEWED_AT if text else 0.0
        self.ends = time.monotonic() + seconds if text else 0.0


_NONE = _Token("", False, 0)


def _token(answer: Answer) -> _Token:
    given = answer.json()
    try:
        kind, text, seconds = given["token_type"].lower(), given["access_token"], float(given["expires_in"])
        if kind not in ("dpop", "bearer") or not text:
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnusableAnswer(
            f"{answer.host} answered {TOKEN_PATH} with something that is no access token {reference_of(answer)}: look "
            "for a proxy that rewrites answers."
        ) from None
    return _Token(text, kind == "dpop", seconds)
