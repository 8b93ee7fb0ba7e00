"""An API Services app as the account: the packaged input against a tenant that checks every signature."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from app_keys import CLIENT, pem, private_jwk, public_jwk, sign_in_as_app
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from okta_itdr.okta.signing_key import KeyUnusable, SigningKey
from shipped import Done
from tenants import NOW, logged

from lab.http import Fault
from lab.okta.principals import ServiceApp

HOUR = 3600.0


@pytest.fixture
def tenant(tenant_of, splunkd, key):
    """One with the app; the account is the app's. `as_seen`: where Okta was seen to answer otherwise than RFCs say."""

    def make(as_seen: bool = True, token_lifetime: int = 3600, **app):
        ours = ServiceApp(CLIENT, [public_jwk(key)], **{"scopes": frozenset(["okta.logs.read"]), **app})
        made = tenant_of([logged("first", NOW + 1)], apps=[ours], as_seen=as_seen, token_lifetime=token_lifetime)
        sign_in_as_app(splunkd, key)
        return made

    return make


class Staying:
    """A run with a token in hand goes on polling: it is stopped once it has written what is awaited."""

    def __init__(self, collector) -> None:
        self._collector = collector

    def __call__(self, tenant, until, at: float = NOW + 10) -> Done:
        process = self._collector.splunk.start("okta_system_log.py")
        process.stdin.write(self._collector.definition().encode())
        process.stdin.close()
        process.stdin = None
        deadline = time.monotonic() + 40
        while not (tenant.asked and until()) and process.poll() is None and time.monotonic() < deadline:
            if tenant.asked and tenant.clock.now() < at:
                tenant.clock.set(at)
            time.sleep(0.05)
        time.sleep(0.3)
        process.terminate()
        out, err = process.communicate(timeout=60)
        return Done(process.returncode, out, err.decode())


@pytest.fixture
def stay(collector) -> Staying:
    collector.settings["interval"] = "1"
    return Staying(collector)


def uuids(done: Done) -> list[str]:
    return [json.loads(event.raw)["uuid"] for event in done.events]


def test_app_that_requires_dpop_would_have_to_be_weakened(tenant, stay, collector):
    """Bound token, a proof for each request, each with its own id; one token for all polls.

    The tenant lives in March 2026 and this host does not: assertion and proofs carry Okta's time.
    """
    one = tenant(dpop=True)
    assert abs(one.clock.now() - time.time()) > 30 * 24 * HOUR
    done = stay(one, lambda: len(one.asked) >= 5)
    assert (done.code, done.err, uuids(done)) == (0, "", ["first"])
    assert all(authorization.startswith("DPoP ") for authorization, _ in one.proofs)
    claims = [jwt.decode(proof, options={"verify_signature": False}) for _, proof in one.proofs]
    assert len({claim["jti"] for claim in claims}) == len(claims) >= 5
    assert one.tokens_asked_for == 3  # without proof, without nonce, with both: found out, not asked for


def test_app_without_dpop_would_not_work(tenant, stay):
    one = tenant(dpop=False)
    done = stay(one, lambda: len(one.asked) >= 3)
    assert (done.code, done.err, uuids(done)) == (0, "", ["first"])
    assert all(authorization.startswith("Bearer ") and not proof for authorization, proof in one.proofs)
    assert one.tokens_asked_for == 1


def test_token_would_be_used_until_it_is_refused(tenant, stay):
    """Renewed before it ends; while that fails, the one in hand is still good."""
    one = tenant(dpop=False, token_lifetime=5)
    failing = [Fault("status", path="/oauth2", status=503)]
    one.before = lambda: one.faults.add(failing.pop()) if one.tokens_asked_for and failing else None
    done = stay(one, lambda: one.tokens_asked_for >= 3, at=NOW + 3)
    assert (done.code, done.err, uuids(done)) == (0, "", ["first"])
    assert one.refused == 0


def test_revoked_token_would_end_collection(tenant, stay):
    one = tenant(dpop=True)
    revoked = []

    def revoke() -> None:
        if len(one.asked) == 3 and not revoked:
            revoked.append(True)
            one.clock.set(NOW + 2 * HOUR)  # it has ended at Okta, long before we would renew it

    one.before = revoke
    done = stay(one, lambda: len(one.asked) >= 6, at=NOW + 1)
    assert (done.code, done.err) == (0, "")
    assert one.tokens_asked_for > 3


@pytest.mark.parametrize("as_seen", [True, False], ids=["as seen", "by the book"])
@pytest.mark.parametrize(
    "granted, account, words",
    [
        ({"scopes": frozenset(["okta.users.read"])}, {}, ["scope okta.logs.read", "Okta API Scopes tab"]),
        ({"role": None}, {}, ["Read-only Administrator", "Admin roles tab", "okta.logs.read"]),
        ({}, {"client_id": "0oaanother"}, ["gave the app 0oaanother no access token", "client ID"]),
        ({}, {"key_id": "key-9"}, ["kid is invalid", "key ID"]),
    ],
    ids=["scope", "role", "client", "key"],
)
def test_what_is_missing_would_not_be_named(tenant, collector, splunkd, granted, account, words, as_seen):
    tenant(as_seen, dpop=False, **granted)
    splunkd.confs["ta_okta_itdr_account"]["acme"].update(account)
    done = collector.run()
    assert (done.code, done.events) == (1, [])
    for word in words:
        assert word in done.err
    assert done.err.count("\n") == 1 and done.health[0]["error"] in done.err


def test_other_key_would_be_told_as_something_else(tenant, collector, splunkd):
    tenant()
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    splunkd.secrets["ta_okta_itdr_account", "acme"] = {"private_key": pem(stranger)}
    done = collector.run()
    assert (done.code, done.events) == (1, [])
    assert "invalid_client" in done.err and "public half" in done.err


def test_key_as_okta_or_openssl_writes_it_would_not_be_read(key):
    """JWK, PKCS#8, PKCS#1, and folded into one line by a form field; the signature is right."""
    forms = [
        private_jwk(key),
        pem(key),
        pem(key, serialization.PrivateFormat.TraditionalOpenSSL),
        " ".join(pem(key).split("\n")),
        f"\n{pem(key)}\n",
    ]
    for form in forms:
        signing = SigningKey.read(form)
        token = signing.jwt({"typ": "JWT"}, {"iss": "me"})
        assert jwt.decode(token, key.public_key(), algorithms=["RS256"]) == {"iss": "me"}
        assert signing.public_jwk == {name: public_jwk(key)[name] for name in ("kty", "n", "e")}
    assert SigningKey.read(private_jwk(key)).kid == "key-1"


def test_key_that_cannot_be_used_would_not_say_why(key):
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    locked = serialization.BestAvailableEncryption(b"secret")
    jwk = json.loads(private_jwk(key))
    for text, why in [
        ("", "neither a JWK nor PEM"),
        ("MIIEvQIBADANBg", "neither a JWK nor PEM"),
        (pem(key, lock=locked), "locked with a passphrase"),
        (pem(key, serialization.PrivateFormat.TraditionalOpenSSL, locked), "locked with a passphrase"),
        (pem(small), "has 1024 bits"),
        (pem(curve), "not an RSA key"),
        (pem(curve, serialization.PrivateFormat.TraditionalOpenSSL), "ec private key"),
        (pem(key)[:900] + "\n-----END PRIVATE KEY-----", "damaged or cut off"),
        (json.dumps(public_jwk(key)), "the JWK lacks d, p, q"),
        (json.dumps({**jwk, "p": jwk["q"]}), "do not belong together"),
        (json.dumps({**jwk, "kty": "EC"}), "not an RSA key"),
        ('{"kty":', "no JSON"),
        ("[]", "neither a JWK nor PEM"),
    ]:
        with pytest.raises(KeyUnusable, match=why) as refused:
            SigningKey.read(text)
        assert len(text) < 60 or text[30:60] not in str(refused.value)
