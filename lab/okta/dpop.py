"""DPoP proofs as Okta checks them (RFC 9449, sections 4.3, 7 and 8; Okta: "Configure OAuth 2.0 DPoP").

In: a request with its `DPoP` header. Out: the thumbprint of the key that signed it, and the nonce it names.
The descriptions are Okta's where public reports quote them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any, Dict, NamedTuple
from urllib.parse import urlsplit

from lab.okta import signatures
from lab.okta.exchange import Request

ALGORITHMS = ("RS256", "ES256")
MISSING = "The DPoP proof JWT header is missing."
_LEEWAY = 300.0  # seconds between the proof's time and ours
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")  # RFC 7518, section 6
_THUMBPRINT = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}  # RFC 7638, section 3.2: in this order
_PORTS = {"http": 80, "https": 443}


class BadProof(Exception):
    """Why the proof proves nothing."""


class Proof(NamedTuple):
    thumbprint: str
    nonce: object  # whatever the claim is


class Proofs:
    """Checks proofs, and remembers them so that none is accepted twice."""

    def __init__(self) -> None:
        self._ids = signatures.Once()

    def check(self, request: Request, now: float, access_token: str = "") -> Proof:
        """The proof that came with the request, for `access_token` where it asks for a resource."""
        text = request.header("DPoP")
        if not text:
            raise BadProof(MISSING)
        try:
            header = signatures.header(text)
            jwk = _public_jwk(header)
            claims = signatures.claims(text, jwk, header["alg"])
        except signatures.Unreadable as error:
            raise BadProof("The DPoP proof JWT is malformed.") from error
        except signatures.Forged as error:
            raise BadProof("The DPoP proof JWT signature is invalid.") from error
        self._check_claims(claims, request, now)
        if access_token and claims.get("ath") != digest(access_token.encode()):
            raise BadProof("'ath' claim in the DPoP proof does not match the presented access_token.")
        if not self._ids.take(claims["jti"]):
            raise BadProof("The DPoP proof JWT has already been used.")
        return Proof(thumbprint(jwk), claims.get("nonce"))

    def _check_claims(self, claims: Dict[str, Any], request: Request, now: float) -> None:
        if claims.get("htm") != request.method:
            raise BadProof("'htm' claim in the DPoP proof JWT is invalid.")
        if not _same(claims.get("htu"), request.url):
            raise BadProof("'htu' claim in the DPoP proof JWT is invalid.")
        issued = claims.get("iat")
        if not isinstance(issued, (int, float)) or isinstance(issued, bool):
            raise BadProof("'iat' claim in the DPoP proof JWT is invalid.")
        if abs(now - issued) > _LEEWAY:
            side = "past" if issued < now else "future"
            raise BadProof(f"The DPoP proof JWT is issued more than five minutes in the {side}.")
        if not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise BadProof("'jti' claim in the DPoP proof JWT is invalid.")


class Nonces:
    """The nonce changes every 24 hours; each works for three days after it was first given out."""

    period = 86400.0
    life = 3 * 86400.0

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def current(self, now: float) -> str:
        return self._of(int(now // self.period))

    def accepts(self, nonce: object, now: float) -> bool:
        last = int(now // self.period)
        return nonce in [self._of(last - back) for back in range(int(self.life // self.period))]

    def _of(self, number: int) -> str:
        return hmac.new(self._secret, str(number).encode(), "sha256").hexdigest()[:32]


def thumbprint(jwk: Dict[str, Any]) -> str:
    """RFC 7638, SHA-256."""
    members = {name: jwk[name] for name in _THUMBPRINT[jwk["kty"]]}
    return digest(json.dumps(members, separators=(",", ":")).encode())


def digest(data: bytes) -> str:
    """SHA-256 in base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _public_jwk(header: Dict[str, Any]) -> Dict[str, Any]:
    if header.get("typ") != "dpop+jwt":
        raise BadProof("'typ' in the DPoP proof JWT header is invalid.")
    if header.get("alg") not in ALGORITHMS:
        raise BadProof("'alg' in the DPoP proof JWT header is invalid.")
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or jwk.get("kty") not in tuple(_THUMBPRINT):
        raise BadProof("'jwk' in the DPoP proof JWT header is invalid.")
    if any(member in jwk for member in _PRIVATE):
        raise BadProof("'jwk' in the DPoP proof JWT header must not hold a private key.")
    return jwk


def _same(htu: object, url: str) -> bool:
    """Scheme and host in any case, the scheme's own port or none; a query or fragment is wrong (section 4.2)."""
    if not isinstance(htu, str):
        return False
    try:
        ours, theirs = urlsplit(url), urlsplit(htu)
        places = {
            (part.scheme, part.hostname, part.port or _PORTS.get(part.scheme), part.path) for part in (ours, theirs)
        }
    except ValueError:
        return False
    return len(places) == 1 and "?" not in htu and "#" not in htu
