"""JSON Web Tokens signed by others (RFC 7515, 7519), read without believing them or the machine's clock."""

from __future__ import annotations

import json
import threading
from typing import Any, Dict, Set

import jwt


class Unreadable(Exception):
    """It is no signed JWT, or the key is none of that algorithm."""


class Forged(Exception):
    """The signature is not the key's."""


def header(token: str) -> Dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Unreadable(str(error)) from error


def unverified_claims(token: str) -> Dict[str, Any]:
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise Unreadable(str(error)) from error


def claims(token: str, jwk: Dict[str, Any], algorithm: str) -> Dict[str, Any]:
    """What the holder of that public key has signed."""
    try:
        key = jwt.PyJWK(jwk, algorithm)
        said = json.loads(jwt.PyJWS().decode(token, key.key, algorithms=[algorithm]))
    except jwt.InvalidSignatureError as error:
        raise Forged(str(error)) from error
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(said, dict):
        raise Unreadable("the claims are no object")
    return said


class Once:
    """Ids that are accepted a single time, for ever; asked by any thread."""

    def __init__(self) -> None:
        self._used: Set[str] = set()
        self._lock = threading.Lock()

    def take(self, identity: str) -> bool:
        with self._lock:
            if identity in self._used:
                return False
            self._used.add(identity)
            return True
