"""An RSA private key as admins have it, and what is signed with it: JSON Web Tokens, RS256 (RFC 7515, 7518).

Okta hands out keys as JWK or as PEM (PKCS#8); OpenSSL also writes PKCS#1. A form field may have folded a
PEM's lines into one. Nothing of the key ever stands in an error.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Mapping

import rsa
from pyasn1.codec.der import decoder
from pyasn1.error import PyAsn1Error

from okta_itdr.trouble import Trouble

SMALLEST = 2048  # bits that Okta accepts

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_MEMBERS = ("n", "e", "d", "p", "q")  # RFC 7518, section 6.3; the others follow from these
_RSA_ENCRYPTION = "1.2.840.113549.1.1.1"  # RFC 8017, appendix A.1


class KeyUnusable(Trouble):
    """The private key of the account cannot be used; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The private key of the account cannot be used: {why}. Paste the RSA private key of the Okta app, as JWK "
            "or as PEM, on the Account page."
        )


class SigningKey:
    """`kid`: the name under which Okta knows the public half; empty where the key does not say."""

    def __init__(self, key: rsa.PrivateKey, kid: str = "") -> None:
        self._key = key
        self.kid = kid

    @classmethod
    def read(cls, text: str) -> SigningKey:
        """The key in `text`, JWK or PEM. Raises KeyUnusable."""
        text = text.strip()
        return _from_jwk(text) if text.startswith("{") else _from_pem(text)

    @classmethod
    def generate(cls) -> SigningKey:
        """A key of our own, for as long as the process lives."""
        return cls(rsa.newkeys(SMALLEST)[1])

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half, its required members only (RFC 7518, section 6.3.1)."""
        return {"kty": "RSA", "n": _encoded_number(self._key.n), "e": _encoded_number(self._key.e)}

    def jwt(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """The signed token; `alg` is ours to say."""
        signed = ".".join(encoded(_compact(part)) for part in ({"alg": "RS256", **header}, claims))
        return f"{signed}.{encoded(rsa.sign(signed.encode('ascii'), self._key, 'SHA-256'))}"

    def __repr__(self) -> str:
        return "SigningKey(…)"  # what a traceback or a log may show


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_pem(text: str) -> SigningKey:
    found = _PEM.search(text)
    if not found:
        raise KeyUnusable("it is neither a JWK nor PEM")
    label, body = found.groups()
    if "ENCRYPTED" in label or "ENCRYPTED" in body:
        raise KeyUnusable("it is locked with a passphrase (openssl pkey writes it without one)")
    if label not in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        raise KeyUnusable(f"it is a {label.lower()}")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
        if label == "PRIVATE KEY":
            der = _inside_pkcs8(der)
        key = rsa.PrivateKey.load_pkcs1(der, "DER")
    except (ValueError, IndexError, TypeError, PyAsn1Error):
        raise KeyUnusable("it is damaged or cut off") from None
    return _checked(key, "")


def _inside_pkcs8(der: bytes) -> bytes:
    """The PKCS#1 key in a PrivateKeyInfo: version, algorithm, key (RFC 5208, section 5)."""
    info, _ = decoder.decode(der)
    if str(info[1][0]) != _RSA_ENCRYPTION:
        raise KeyUnusable("it is not an RSA key")
    return bytes(info[2])


def _from_jwk(text: str) -> SigningKey:
    try:
        jwk = json.loads(text)
    except ValueError:
        raise KeyUnusable("it begins like a JWK but is no JSON") from None
    if jwk.get("kty") != "RSA":
        raise KeyUnusable("it is not an RSA key")
    missing = [member for member in _MEMBERS if not isinstance(jwk.get(member), str)]
    if missing:
        raise KeyUnusable(f"the JWK lacks {', '.join(missing)}: it may be the public half")
    try:
        numbers = [int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in _MEMBERS]
    except ValueError:
        raise KeyUnusable("a member of the JWK is no number") from None
    try:
        key = rsa.PrivateKey(*numbers)
    except (ValueError, ArithmeticError):  # whose text would show the numbers
        raise KeyUnusable("its parts do not belong together") from None
    return _checked(key, jwk["kid"] if isinstance(jwk.get("kid"), str) else "")


def _checked(key: rsa.PrivateKey, kid: str) -> SigningKey:
    bits = key.n.bit_length()
    if bits < SMALLEST:
        raise KeyUnusable(f"it has {bits} bits, Okta wants at least {SMALLEST}")
    if key.p * key.q != key.n:
        raise KeyUnusable("its parts do not belong together")
    return SigningKey(key, kid)


def _encoded_number(number: int) -> str:
    return encoded(int(number).to_bytes((int(number).bit_length() + 7) // 8, "big"))


def _compact(part: Mapping[str, object]) -> bytes:
    return json.dumps(part, separators=(",", ":")).encode("utf-8")
