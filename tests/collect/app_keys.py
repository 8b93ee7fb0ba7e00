"""A service app's key, as Okta and openssl write it, and the account that signs in with it."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from secrets_used import secret

CLIENT = "0oa1serviceapp"


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secret(json.loads(private_jwk(made))["d"][:40])
    secret(pem(made).split("\n")[5])
    return made


def pem(key, form=serialization.PrivateFormat.PKCS8, lock=None) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, lock or serialization.NoEncryption()).decode()


def private_jwk(key) -> str:
    return json.dumps({**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key)), "kid": "key-1"})


def public_jwk(key, kid: str = "key-1") -> dict:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


def sign_in_as_app(splunkd, key) -> None:
    """Account `acme` is the app's from now on."""
    account = splunkd.confs["ta_okta_itdr_account"]["acme"]
    account.update(authentication="service_app", client_id=CLIENT, key_id="")
    splunkd.secrets["ta_okta_itdr_account", "acme"] = {"private_key": private_jwk(key)}
