"""OAuth for service apps as a collector meets it: client assertions, DPoP proofs and nonces, bound access tokens."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import uuid
from types import SimpleNamespace
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from lab.clock import Clock
from lab.okta.delivery import Logged
from lab.okta.principals import ApiToken, ServiceApp
from lab.okta.serve import TenantProcess, serve_log

NOW = 1_709_640_000.0
ID = "0oa1serviceapp"
KID = "first"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = frozenset({"okta.logs.read", "okta.users.read"})
DAY = 86400
TOKEN_PATH = "/oauth2/v1/token"
LOGS = "/api/v1/logs"
KEY, OTHER_KEY, PROOF_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(3))
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def public_jwk(key, **more):
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    jwk = algorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: jwk[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in jwk} | more


def private_jwk(key):
    return jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)


def app(**changed):
    given = {"client_id": ID, "public_jwks": [public_jwk(KEY, kid=KID)], "scopes": SCOPES}
    return ServiceApp(**{**given, **changed})


def hashed(token):
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


def without_nones(given):
    return {name: value for name, value in given.items() if value is not None}


class Collector:
    """Signs as a service app does; every part of what it sends can be changed, or left out with None."""

    def __init__(self, port, clock):
        self.origin = f"http://127.0.0.1:{port}"
        self.clock = clock
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.nonce = None

    def send(self, method, path, headers, body=None):
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        data = response.read()
        return SimpleNamespace(
            status=response.status,
            headers=response.headers,
            challenge=response.headers.get("WWW-Authenticate", ""),
            body=data,
            json=json.loads(data) if data else None,
        )

    def assertion(self, key=KEY, kid=KID, algorithm="RS256", **changed):
        now = self.clock.now()
        claims = {"iss": ID, "sub": ID, "aud": self.origin + TOKEN_PATH, "exp": now + 300, "jti": str(uuid.uuid4())}
        return jwt.encode(without_nones({**claims, **changed}), key, algorithm, without_nones({"kid": kid}))

    def proof(self, path, key=PROOF_KEY, algorithm="RS256", typ="dpop+jwt", jwk=None, **changed):
        claims = {
            "htm": "POST" if path == TOKEN_PATH else "GET",
            "htu": self.origin + path,
            "iat": int(self.clock.now()),
            "jti": str(uuid.uuid4()),
        }
        header = {"typ": typ, "jwk": jwk or public_jwk(key)}
        return jwt.encode(without_nones({**claims, **changed}), key, algorithm, header)

    def ask(self, proof=None, scope="okta.logs.read", **form):
        given = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": form.pop("client_assertion", None) or self.assertion(),
            **form,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", **({"DPoP": proof} if proof else {})}
        return self.send("POST", TOKEN_PATH, headers, urlencode(without_nones(given)))

    def learn_nonce(self):
        self.nonce = self.ask(self.proof(TOKEN_PATH)).headers["dpop-nonce"]

    def token_proof(self, **changed):
        return self.proof(TOKEN_PATH, **{"nonce": self.nonce, **changed})

    def bound_token(self, key=PROOF_KEY, algorithm="RS256", **ask):
        """A token that is bound to `key`."""
        self.learn_nonce()
        reply = self.ask(self.token_proof(key=key, algorithm=algorithm), **ask)
        assert reply.status == 200, reply.json
        return reply.json["access_token"]

    def read(self, token, scheme="DPoP", path=LOGS, query="", proof=None, **changed):
        headers = {"Authorization": f"{scheme} {token}"}
        if scheme == "DPoP" and proof is None:
            proof = self.proof(path, **{"ath": hashed(token), **changed})
        if proof:
            headers["DPoP"] = proof
        return self.send("GET", path + query, headers)


@pytest.fixture
def start(tmp_path):
    """start(*service apps, **options of serve_log) → a Collector, with the `server`."""
    started = []

    def started_with(*apps, log=(), token=None, **options):
        clock = Clock(tmp_path / f"clock{len(started)}", NOW)
        server = serve_log(log, clock, token, service_apps=apps, **options)
        collector = Collector(server.port, clock)
        collector.server = server
        started.append(collector)
        return collector

    yield started_with
    for collector in started:
        collector.connection.close()
        collector.server.stop()


@pytest.fixture
def bearer(start):
    """A collector of an app that need not use DPoP."""
    return start(app(dpop=False))


@pytest.fixture
def dpop(start):
    return start(app())


def refused(reply, status, error, words=""):
    assert (reply.status, reply.json["error"]) == (status, error), reply.json
    assert set(reply.json) == {"error", "error_description"}
    assert words in reply.json["error_description"]
    return True


# Tokens


def test_an_app_without_dpop_gets_a_bearer_token_that_reads_the_log(start):
    event = Logged(NOW - 5, NOW - 6, "one", b'{"uuid":"one"}')
    collector = start(app(dpop=False), log=[event])
    reply = collector.ask(scope="okta.logs.read okta.users.read")
    assert reply.status == 200
    token = reply.json.pop("access_token")
    assert reply.json == {"token_type": "Bearer", "expires_in": 3600, "scope": "okta.logs.read okta.users.read"}
    assert collector.read(token, "Bearer", query="?limit=5").json == [{"uuid": "one"}]
    assert collector.ask().json["access_token"] != token


def test_an_app_with_dpop_gets_a_bound_token_after_it_was_told_the_nonce(dpop):
    dpop.learn_nonce()
    reply = dpop.ask(dpop.token_proof())
    assert (reply.status, reply.json["token_type"]) == (200, "DPoP")
    assert dpop.read(reply.json["access_token"], query="?limit=5").status == 200


def test_an_app_that_need_not_use_dpop_is_bound_when_it_does(bearer):
    token = bearer.bound_token()
    assert bearer.read(token).status == 200
    assert bearer.read(token, "Bearer").status == 401


def test_a_proof_may_be_signed_with_an_elliptic_curve(dpop):
    token = dpop.bound_token(EC_KEY, "ES256")
    assert dpop.read(token, key=EC_KEY, algorithm="ES256").status == 200


def test_the_life_of_a_token_is_the_tenant_s_setting_and_the_clock_s_time(start):
    collector = start(app(dpop=False), token_lifetime=600)
    reply = collector.ask()
    assert reply.json["expires_in"] == 600
    collector.clock.set(NOW + 599)
    assert collector.read(reply.json["access_token"], "Bearer").status == 200
    collector.clock.set(NOW + 600)
    ended = collector.read(reply.json["access_token"], "Bearer")
    assert (ended.status, ended.json["errorCode"]) == (401, "E0000011")
    assert 'error="invalid_token"' in ended.challenge and "The access token has expired" in ended.challenge


def test_the_metadata_that_tells_where_tokens_are_is_public(dpop):
    reply = dpop.send("GET", "/.well-known/oauth-authorization-server", {})
    assert (reply.status, reply.json["token_endpoint"]) == (200, dpop.origin + TOKEN_PATH)
    assert reply.json["dpop_signing_alg_values_supported"] == ["RS256", "ES256"]


def test_the_token_endpoint_has_a_rate_limit_of_its_own(start):
    collector = start(app(dpop=False), requests_a_minute=1)
    first = collector.ask()
    assert (first.headers["X-Rate-Limit-Limit"], first.headers["X-Rate-Limit-Remaining"]) == ("2000", "1999")
    assert collector.ask().headers["X-Rate-Limit-Remaining"] == "1998"
    read = collector.read(first.json["access_token"], "Bearer")
    assert (read.status, read.headers["X-Rate-Limit-Limit"], read.headers["X-Rate-Limit-Remaining"]) == (200, "1", "0")
    assert collector.read(first.json["access_token"], "Bearer").status == 429
    assert collector.ask().status == 200
    collector.server.app.token_rate_limit.limit = 3
    assert (collector.ask().status, collector.ask().headers["X-Rate-Limit-Remaining"]) == (429, "0")


def test_another_method_than_post_gets_no_token(bearer):
    assert bearer.send("GET", TOKEN_PATH, {}).status == 405


@pytest.mark.parametrize("content", ["application/json", ""])
def test_what_is_no_form_is_refused(bearer, content):
    assert refused(bearer.send("POST", TOKEN_PATH, {"Content-Type": content}, b"{}"), 400, "invalid_request")


def test_a_parameter_given_twice_is_refused(bearer):
    body = "grant_type=client_credentials&grant_type=client_credentials"
    reply = bearer.send("POST", TOKEN_PATH, {"Content-Type": "application/x-www-form-urlencoded"}, body)
    assert refused(reply, 400, "invalid_request")


# Who the client is


def test_another_grant_type_is_refused(bearer):
    assert refused(bearer.ask(grant_type="password"), 400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "form", [{"client_assertion_type": None}, {"client_assertion_type": "other"}, {"client_secret": "s"}]
)
def test_a_client_secret_is_no_way_in(bearer, form):
    if "client_secret" in form:
        form = {**form, "client_assertion_type": None}
    assert refused(bearer.ask(**form), 401, "invalid_client", "must use the private_key_jwt")


@pytest.mark.parametrize("form", [{"client_assertion": "rubbish"}, {"client_assertion": "a.b.c"}])
def test_what_is_no_jwt_is_refused(bearer, form):
    assert refused(bearer.ask(**form), 401, "invalid_client", "malformed")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"key": OTHER_KEY}, "The client_assertion signature is invalid."),
        ({"key": "a secret of thirty-two characters", "algorithm": "HS256"}, "malformed"),
        ({"iss": "0oaUnknown", "sub": "0oaUnknown"}, "Invalid value for 'client_id' parameter."),
        ({"iss": None}, "Invalid value for 'client_id' parameter."),
        ({"sub": "0oaOther"}, "issuer and subject"),
        ({"aud": "https://elsewhere.example/oauth2/v1/token"}, "audience"),
        ({"aud": None}, "audience"),
        ({"exp": None}, "must have an expiration"),
        ({"exp": int(NOW)}, "The client_assertion token is expired."),
        ({"exp": int(NOW) + 3601}, "The client_assertion token has an expiration too far into the future."),
        ({"jti": None}, "must have a jti"),
        ({"jti": ""}, "must have a jti"),
        ({"kid": "unknown"}, "The client_assertion JWT kid is invalid."),
    ],
)
def test_an_assertion_that_is_wrong_in_one_thing_is_refused(bearer, changed, words):
    assert refused(bearer.ask(client_assertion=bearer.assertion(**changed)), 401, "invalid_client", words)
    assert bearer.ask().status == 200, "and only that one"


def test_an_assertion_may_end_an_hour_ahead_and_name_several_audiences(bearer):
    audiences = ["https://elsewhere.example", bearer.origin + TOKEN_PATH]
    assert bearer.ask(client_assertion=bearer.assertion(exp=NOW + 3600, aud=audiences)).status == 200


def test_an_assertion_is_measured_by_the_lab_s_clock(bearer):
    assertion = bearer.assertion()
    bearer.clock.set(NOW + 301)
    assert refused(bearer.ask(client_assertion=assertion), 401, "invalid_client", "expired")


def test_an_assertion_is_never_accepted_twice_not_even_after_a_nonce_was_asked_for(dpop):
    assertion = dpop.assertion()
    reply = dpop.ask(dpop.proof(TOKEN_PATH), client_assertion=assertion)
    dpop.nonce = reply.headers["dpop-nonce"]
    again = dpop.ask(dpop.token_proof(), client_assertion=assertion)
    assert refused(again, 401, "invalid_client", "The client_assertion token has already been used.")


def test_a_refused_assertion_may_come_again_corrected_under_its_jti(bearer):
    assert bearer.ask(client_assertion=bearer.assertion(jti="same", key=OTHER_KEY)).status == 401
    assert bearer.ask(client_assertion=bearer.assertion(jti="same")).status == 200


def test_another_client_id_than_the_assertion_s_is_refused(bearer):
    assert refused(bearer.ask(client_id="0oaOther"), 401, "invalid_client", "client_id")
    assert bearer.ask(client_id=ID).status == 200


def test_with_several_keys_the_kid_chooses_and_without_it_there_is_none(start):
    keys = [public_jwk(KEY, kid="first"), public_jwk(OTHER_KEY, kid="second")]
    collector = start(app(dpop=False, public_jwks=keys))
    words = "The client_assertion JWT kid is invalid."
    assert refused(collector.ask(client_assertion=collector.assertion(kid=None)), 401, "invalid_client", words)
    assert refused(collector.ask(client_assertion=collector.assertion(kid="third")), 401, "invalid_client", words)
    assert collector.ask(client_assertion=collector.assertion(OTHER_KEY, "second")).status == 200
    assert collector.ask(client_assertion=collector.assertion(OTHER_KEY, "first")).status == 401


def test_a_single_key_needs_no_kid(bearer):
    assert bearer.ask(client_assertion=bearer.assertion(kid=None)).status == 200


# What it may ask for


@pytest.mark.parametrize("scope", ["okta.logs.write", "okta.groups.read", "okta.logs.read okta.groups.read"])
def test_an_unknown_or_ungranted_scope_is_refused(bearer, scope):
    assert refused(bearer.ask(scope=scope), 400, "invalid_scope", "One or more scopes are not configured for")


def test_no_scope_is_refused(bearer):
    assert refused(bearer.ask(scope=None), 400, "invalid_scope", "'scope' must be provided")


def test_as_seen_of_okta_an_ungranted_scope_is_left_out_when_another_was_granted(start):
    collector = start(app(dpop=False), as_seen=True)
    assert collector.ask(scope="okta.logs.read okta.groups.read").json["scope"] == "okta.logs.read"
    assert refused(collector.ask(scope="okta.groups.read"), 400, "invalid_scope")
    assert refused(collector.ask(scope="okta.logs.read okta.logs.write"), 400, "invalid_scope")


# Proofs at the token endpoint


def test_without_a_proof_an_app_with_dpop_is_told_that_it_is_missing(dpop):
    assert refused(dpop.ask(), 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")


def test_a_proof_without_the_nonce_or_with_a_strange_one_is_sent_back_for_it(dpop):
    for claim in ({}, {"nonce": "strange"}, {"nonce": 7}, {"nonce": ["list"]}):
        reply = dpop.ask(dpop.proof(TOKEN_PATH, **claim))
        assert refused(reply, 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")
        assert reply.headers["dpop-nonce"]


def test_a_nonce_changes_after_a_day_and_works_for_three(start):
    collector = start(app(), token_lifetime=10 * DAY)
    begin = NOW - NOW % DAY + DAY  # a new one is given out from here
    collector.clock.set(begin)
    collector.learn_nonce()
    first = collector.nonce
    collector.clock.set(begin + DAY - 1)
    collector.learn_nonce()
    assert collector.nonce == first
    collector.clock.set(begin + DAY)
    collector.learn_nonce()
    assert collector.nonce != first
    for later, status in ((DAY, 200), (3 * DAY - 1, 200), (3 * DAY, 400)):
        collector.clock.set(begin + later)
        assert collector.ask(collector.token_proof(nonce=first)).status == status


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"typ": "jwt"}, "'typ'"),
        ({"algorithm": "RS512"}, "'alg'"),
        ({"jwk": public_jwk(OTHER_KEY)}, "signature"),
        ({"jwk": {"kty": "oct", "k": "c2VjcmV0"}}, "'jwk'"),
        ({"jwk": {"kty": "RSA", "n": "AQAB"}}, "malformed"),
        ({"jwk": public_jwk(EC_KEY)}, "malformed"),
        ({"jwk": private_jwk(PROOF_KEY)}, "must not hold a private key"),
        ({"htm": "GET"}, "'htm'"),
        ({"htm": None}, "'htm'"),
        ({"htu": "http://elsewhere.example/oauth2/v1/token"}, "'htu'"),
        ({"htu": None}, "'htu'"),
        ({"htu": "http://[::bad"}, "'htu'"),
        ({"iat": int(NOW) - 301}, "issued more than five minutes in the past"),
        ({"iat": int(NOW) + 301}, "issued more than five minutes in the future"),
        ({"iat": None}, "'iat'"),
        ({"jti": None}, "'jti'"),
    ],
)
def test_a_proof_that_is_wrong_in_one_thing_is_refused(dpop, changed, words):
    dpop.learn_nonce()
    assert refused(dpop.ask(dpop.token_proof(**changed)), 400, "invalid_dpop_proof", words)


@pytest.mark.parametrize("proof", ["rubbish", "a.b.c", "e30.e30."])
def test_what_is_no_proof_at_all_is_refused(dpop, proof):
    assert refused(dpop.ask(proof), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("end", ["?a=1", "#part", "?", "/"])
def test_the_htu_of_a_proof_is_the_address_without_query_and_fragment(dpop, end):
    dpop.learn_nonce()
    reply = dpop.ask(dpop.token_proof(htu=dpop.origin + TOKEN_PATH + end))
    assert refused(reply, 400, "invalid_dpop_proof", "'htu'")


def test_scheme_and_host_of_an_htu_may_be_in_capitals(dpop):
    dpop.learn_nonce()
    assert dpop.ask(dpop.token_proof(htu=dpop.origin.upper() + TOKEN_PATH)).status == 200


def test_a_proof_is_never_accepted_twice_not_even_when_it_is_signed_anew(dpop):
    dpop.learn_nonce()
    assert dpop.ask(dpop.token_proof(jti="same")).status == 200
    dpop.clock.set(NOW + 3000)
    reply = dpop.ask(dpop.token_proof(jti="same"))
    assert refused(reply, 400, "invalid_dpop_proof", "The DPoP proof JWT has already been used.")


def test_a_proof_of_a_token_request_does_not_serve_for_a_resource_too(dpop):
    token = dpop.bound_token()
    proof = dpop.token_proof(htm="GET", htu=dpop.origin + LOGS, jti="same", ath=hashed(token))
    assert dpop.read(token, proof=proof).status == 200
    assert dpop.ask(dpop.token_proof(jti="same")).status == 400


# Resources


def denied(reply, scheme, error, words="", status=401):
    assert reply.status == status
    assert reply.challenge.startswith(f"{scheme} ") and f'error="{error}"' in reply.challenge
    assert words in reply.challenge
    if status == 401:
        assert reply.json["errorCode"] == "E0000011"
    return True


def test_a_bound_token_is_worth_nothing_as_a_bearer_s(dpop):
    assert denied(dpop.read(dpop.bound_token(), "Bearer"), "DPoP", "invalid_token")


def test_a_bearer_s_token_is_no_bound_one(bearer):
    assert denied(bearer.read(bearer.ask().json["access_token"], "DPoP"), "DPoP", "invalid_token")


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_an_unknown_access_token_is_refused(dpop, scheme):
    assert denied(dpop.read("unknown", scheme), scheme, "invalid_token", "The access token is invalid.")


def test_an_access_token_is_no_api_token_nor_the_other_way(start):
    collector = start(app(dpop=False), token="api token")
    token = collector.ask().json["access_token"]
    assert collector.read(token, "SSWS").status == 401
    assert collector.read("api token", "Bearer").status == 401
    assert collector.read("api token", "SSWS").status == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"htm": "POST"}, "'htm'"),
        ({"htu": "http://elsewhere.example/api/v1/logs"}, "'htu'"),
        ({"iat": int(NOW) - 301}, "issued more than five minutes in the past"),
        ({"jti": None}, "'jti'"),
        ({"ath": None}, "'ath' claim in the DPoP proof does not match the presented access_token."),
        ({"ath": hashed("another token")}, "'ath'"),
        ({"key": OTHER_KEY}, "another key"),
        ({"proof": "rubbish"}, "malformed"),
    ],
)
def test_a_resource_proof_that_is_wrong_in_one_thing_is_refused(dpop, changed, words):
    token = dpop.bound_token()
    assert denied(dpop.read(token, **changed), "DPoP", "invalid_dpop_proof", words)
    assert dpop.read(token).status == 200


def test_a_key_is_the_same_key_whatever_else_its_jwk_says(dpop):
    dpop.learn_nonce()
    named = public_jwk(PROOF_KEY, kid="mine", alg="RS256", use="sig")
    token = dpop.ask(dpop.token_proof(jwk=named)).json["access_token"]
    assert dpop.read(token, jwk=public_jwk(PROOF_KEY)).status == 200


def test_a_resource_request_without_its_proof_is_told_so(dpop):
    token = dpop.bound_token()
    reply = dpop.send("GET", LOGS, {"Authorization": f"DPoP {token}"})
    assert denied(reply, "DPoP", "invalid_dpop_proof", "The DPoP proof JWT header is missing.")


def test_the_htu_of_a_resource_proof_lacks_the_query_of_the_request(dpop):
    token = dpop.bound_token()
    assert dpop.read(token, query="?limit=5").status == 200
    with_query = dpop.read(token, query="?limit=5", htu=dpop.origin + LOGS + "?limit=5")
    assert denied(with_query, "DPoP", "invalid_dpop_proof", "'htu'")


def test_a_resource_proof_is_good_for_one_request(dpop):
    token = dpop.bound_token()
    proof = dpop.proof(LOGS, ath=hashed(token))
    assert dpop.read(token, proof=proof).status == 200
    again = dpop.read(token, proof=proof)
    assert denied(again, "DPoP", "invalid_dpop_proof", "The DPoP proof JWT has already been used.")


def test_a_resource_proof_needs_no_nonce_and_may_have_an_old_one(dpop):
    token = dpop.bound_token()
    assert dpop.read(token, nonce="old").status == 200


def test_an_expired_bound_token_is_told_as_expired_and_not_as_a_bad_proof(dpop):
    token = dpop.bound_token()
    dpop.clock.set(NOW + 3600)
    assert denied(dpop.read(token), "DPoP", "invalid_token", "The access token has expired")


def test_as_seen_of_okta_a_bad_proof_is_a_400_without_a_body(start):
    collector = start(app(), as_seen=True)
    reply = collector.read(collector.bound_token(), iat=int(NOW) - 301)
    assert denied(reply, "DPoP", "invalid_dpop_proof", "five minutes in the past", status=400)
    assert reply.body == b""


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_token_without_the_scope_of_the_log_is_told_which_one(start, scheme):
    collector = start(app(dpop=scheme == "DPoP"))
    wrong = {"scope": "okta.users.read"}
    token = collector.bound_token(**wrong) if scheme == "DPoP" else collector.ask(**wrong).json["access_token"]
    reply = collector.read(token, scheme)
    words = "The access token provided does not contain the required scopes."
    assert denied(reply, scheme, "insufficient_scope", words, status=403)
    assert 'scope="okta.logs.read"' in reply.challenge and reply.body == b""


def test_an_app_without_an_administrator_role_has_a_token_and_no_permission(start):
    collector = start(app(dpop=False, role=None))
    reply = collector.read(collector.ask().json["access_token"], "Bearer")
    assert (reply.status, reply.json["errorCode"], reply.challenge) == (403, "E0000006", "")


def test_an_api_token_without_an_administrator_role_has_no_permission(start):
    collector = start(token=ApiToken("token", role=None))
    reply = collector.read("token", "SSWS")
    assert (reply.status, reply.json["errorCode"]) == (403, "E0000006")


def test_a_refused_request_uses_up_nothing_of_the_log_s_rate_limit(start):
    collector = start(app(), requests_a_minute=1)
    token = collector.bound_token()
    assert collector.read(token, iat=0).status == 401
    assert collector.read(token).status == 200


def test_a_tenant_in_a_process_of_its_own_knows_its_service_apps(tmp_path):
    settings = {"seed": "oauth", "people": 16, "start": "2024-03-05"}
    clock = Clock(tmp_path / "clock", NOW)
    process = TenantProcess(settings, clock.path, "token", service_apps=[app()], token_lifetime=60)
    try:
        collector = Collector(process.port, clock)
        token = collector.bound_token()
        assert collector.read(token).status == 200
        clock.set(NOW + 60)
        assert collector.read(token).status == 401
        collector.connection.close()
    finally:
        process.stop()
