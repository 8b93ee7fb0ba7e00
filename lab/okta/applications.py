"""What people do all day: single sign-on to apps, with a step-up now and then."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Iterator

from lab.okta import ids
from lab.okta.day import Day
from lab.okta.event import Happening, Seat, app_user, happen, judgement, thing
from lab.okta.people import Actor, App, Person
from lab.okta.rates import RATES
from lab.okta.sign_in import evaluation, proof, verified


def sign_on(rng: Random, day: Day, seat: Seat, app: App, at: float) -> Iterator[Happening]:
    """Policy says ALLOW, the app is opened; an OpenID app then exchanges its code for a token."""
    request = ids.request_id(rng)
    openid = app.mode == "OPENID_CONNECT"
    uri = "/oauth2/v1/authorize" if openid else f"/app/{app.instance}/{app.id}/sso/saml"
    yield evaluation(rng, at, seat, app, "ALLOW", day.organisation.policy, request=request, uri=uri, debug=judgement())
    yield happen(
        rng,
        at + 0.15,
        "user.authentication.sso",
        seat,
        uri=uri,
        query="client_id=" + app.id if openid else "",
        target=[app.target, app_user(rng, seat.actor)],
        request=request,
        debug={
            "initiationType": "SP_INITIATED" if rng.random() < 0.7 else "IDP_INITIATED",
            "signOnMode": "OpenID Connect" if openid else "SAML 2.0",
        },
    )
    if openid and day.wants("oauth_exchange") and rng.random() < RATES["oauth_exchange"].value:
        yield exchange(rng, seat, app, at + 0.9)


def exchange(rng: Random, seat: Seat, app: App, at: float) -> Happening:
    """The code-to-token request bears no device cookie, so that Okta hands it a new token: a second dtHash."""
    assert seat.machine is not None
    client = Actor(app.id, "PublicClientApp", app.id, app.label)
    requesting = replace(seat, actor=client, machine=replace(seat.machine, dt_hash=ids.dt_hash(rng)), client_id=app.id)
    return happen(
        rng,
        at,
        "app.oauth2.token.grant.access_token",
        requesting,
        uri="/oauth2/v1/token",
        target=[
            thing("access_token", ids.object_id(rng, "AT."), "Access Token"),
            seat.actor.block,
        ],
    )


def step_up(rng: Random, day: Day, person: Person, seat: Seat, app: App, at: float) -> Iterator[Happening]:
    """An app that asks again: CHALLENGE, the factor on this machine, verified, ALLOW."""
    factor = "SIGNED_NONCE" if person.factor == "OKTA_VERIFY_PUSH" else person.factor
    yield evaluation(rng, at, seat, app, "CHALLENGE", day.organisation.policy, debug=judgement())
    yield proof(rng, at + 5, person, seat, factor)
    yield verified(rng, at + 5.2, seat)
    yield from sign_on(rng, day, seat, app, at + 5.5)


def use(rng: Random, day: Day, person: Person, seat: Seat, at: float) -> Iterator[Happening]:
    """One app of the company, sometimes with a step-up."""
    app = rng.choice(day.organisation.apps)
    if rng.random() < RATES["step_up"].value:
        yield from step_up(rng, day, person, seat, app, at)
    else:
        yield from sign_on(rng, day, seat, app, at)
