"""Demonstrating Proof of Possession (RFC 9449): a token is worth nothing without the key it was given to."""

from __future__ import annotations

import hashlib
import uuid
from urllib.parse import urlsplit, urlunsplit

from okta_itdr.okta.signing_key import SigningKey, encoded


class DpopKey:
    """A key that lives in this process alone, and the proofs it signs, one for each request."""

    def __init__(self) -> None:
        self._key = SigningKey.generate()

    def proof(self, method: str, url: str, now: float, nonce: str = "", access_token: str = "") -> str:
        """The `DPoP` header. `now` is Okta's time; `nonce` what Okta gave last; the token for a resource request."""
        claims: dict[str, object] = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": urlunsplit(urlsplit(url)._replace(query="", fragment="")),  # section 4.2
            "iat": int(now),
        }
        if nonce:
            claims["nonce"] = nonce
        if access_token:
            claims["ath"] = encoded(hashlib.sha256(access_token.encode("ascii")).digest())
        return self._key.jwt({"typ": "dpop+jwt", "jwk": self._key.public_jwk}, claims)
