"""How people sign in: the events of one interactive sign-in, in Identity Engine's order.

In: a seat whose session begins. Out: its happenings; the last but one is `user.session.start`.
"""

from __future__ import annotations

from random import Random
from typing import Iterator, Optional, Tuple

from lab.okta import ids
from lab.okta.clients import Machine
from lab.okta.day import Day
from lab.okta.event import Body, Happening, Seat, happen, judgement, thing
from lab.okta.people import App, Person
from lab.okta.places import Line
from lab.okta.rates import RATES

_WIDGET = "okta-auth-js/7.8.1 okta-signin-widget-7.24.2"
# factor → authenticator's name, the method as the log writes it
FACTORS = {
    "OKTA_VERIFY_PUSH": ("Okta Verify", "Get a push notification"),
    "SIGNED_NONCE": ("Okta Verify", "Use Okta FastPass"),
    "FIDO_WEBAUTHN": ("Security Key or Biometric", "Security Key or Biometric"),
    "OKTA_SOFT_TOKEN": ("Okta Verify", "Enter a code"),
    "SMS_FACTOR": ("Phone", "SMS"),
}


def sign_in(
    rng: Random, day: Day, person: Person, seat: Seat, at: float, phone: Optional[Line] = None
) -> Iterator[Happening]:
    """Password, then the person's factor; `phone` is where the phone is that answers a push."""
    organisation = day.organisation
    if rng.random() < RATES["mistyped"].value:
        yield refused(rng, at - 20, seat)
    widget = {"oktaUserAgentExtended": _WIDGET}
    yield evaluation(rng, at, seat, organisation.dashboard, "CHALLENGE", organisation.policy, debug=widget)
    yield proof(rng, at + 4, person, seat, "PASSWORD_AS_FACTOR")
    done = at + 9
    if person.factor == "OKTA_VERIFY_PUSH" and phone is not None:
        yield happen(
            rng,
            at + 6,
            "system.push.send_factor_verify_push",
            seat,
            uri="/idp/idx/challenge",
            target=[person.actor.block],
            debug={"deviceCategory": "MOBILE"},
        )
        done = at + 9 + rng.random() * 20
        yield push_answer(rng, done, person, seat, phone)
    elif person.factor == "OKTA_VERIFY_PUSH":
        yield proof(rng, done, person, seat, "SIGNED_NONCE")
    else:
        yield proof(rng, done, person, seat, person.factor)
    yield evaluation(rng, done + 0.4, seat, organisation.dashboard, "ALLOW", organisation.policy, debug=judgement())
    yield happen(
        rng,
        done + 0.6,
        "user.session.start",
        seat,
        uri="/idp/idx/challenge/answer",
        target=[thing("AuthenticatorEnrollment", ids.object_id(rng, "pfd"), FACTORS[person.factor][0])],
        debug={**judgement(), **widget},
        device=True,
    )
    yield verified(rng, done + 0.7, seat)


def refused(rng: Random, at: float, seat: Seat) -> Happening:
    """A failed sign-in: no session yet (facts/okta-log 0.12)."""
    stranger = Seat(seat.actor, seat.machine, seat.line)
    return happen(
        rng,
        at,
        "user.session.start",
        stranger,
        uri="/idp/idx/challenge/answer",
        result="FAILURE",
        reason="INVALID_CREDENTIALS",
        debug=judgement(),
    )


def proof(rng: Random, at: float, person: Person, seat: Seat, factor: str) -> Happening:
    """`auth_via_mfa` on the machine itself (Identity Engine logs the password so too)."""
    name, method = ("Password", "Password") if factor == "PASSWORD_AS_FACTOR" else FACTORS[factor]
    enrolment = thing(
        "AuthenticatorEnrollment",
        ids.object_id(rng, "pfd"),
        name,
        detail={"methodTypeUsed": method, "methodUsedVerifiedProperties": "[USER_PRESENCE]"},
    )
    return happen(
        rng,
        at,
        "user.authentication.auth_via_mfa",
        seat,
        uri="/idp/idx/challenge/answer",
        target=[person.actor.block, enrolment],
        debug={"factor": factor},
        provider="FACTOR_PROVIDER",
        credential_provider="OKTA_CREDENTIAL_PROVIDER",
        device=factor == "SIGNED_NONCE",
    )


def push_answer(rng: Random, at: float, person: Person, seat: Seat, phone: Line) -> Happening:
    """The phone answers inside the browser's session, with its own agent, line and no cookies."""
    answering = Seat(person.actor, Machine(person.verify, "", "", person.phone.lag), phone, seat.session, cookies=False)
    transaction = f"/api/v1/authn/factors/{ids.object_id(rng, 'opf')}/transactions/{ids.request_id(rng)[:20]}/verify"
    return happen(
        rng,
        at,
        "user.authentication.auth_via_mfa",
        answering,
        uri=transaction,
        target=[person.actor.block],
        debug={"factor": "OKTA_VERIFY_PUSH", **judgement()},
        provider="FACTOR_PROVIDER",
        credential_provider="OKTA_CREDENTIAL_PROVIDER",
    )


def verified(rng: Random, at: float, seat: Seat) -> Happening:
    return happen(
        rng,
        at,
        "user.authentication.verify",
        seat,
        uri="/idp/idx/challenge/answer",
        target=[seat.actor.block],
        debug=judgement(),
    )


def evaluation(
    rng: Random,
    at: float,
    seat: Seat,
    app: App,
    result: str,
    policy: Tuple[str, str],
    *,
    rule: str = "Catch-all Rule",
    request: Optional[str] = None,
    uri: str = "/idp/idx/identify",
    debug: Optional[Body] = None,
    delay: Optional[float] = None,
) -> Happening:
    """`policy.evaluate_sign_on` for an app: ALLOW, CHALLENGE or DENY, never SUCCESS."""
    detail = {**app.target["detailEntry"], "signOnModeEvaluationResult": _MODES[result]}
    return happen(
        rng,
        at,
        "policy.evaluate_sign_on",
        seat,
        uri=uri,
        target=[
            {**app.target, "detailEntry": detail},
            thing("PolicyEntity", policy[0], policy[1], detail={"policyType": "Okta:SignOn"}),
            thing("Rule", policy[0].replace("rst", "rul"), rule, detail={"policyRuleFactorMode": "2FA"}),
        ],
        result=result,
        reason=f"Sign-on policy evaluation resulted in {result}",
        request=request,
        debug=debug,
        device=True,
        delay=delay,
    )


_MODES = {"ALLOW": "AUTHENTICATED", "CHALLENGE": "REQUIRES_AUTHENTICATION", "DENY": "DENIED"}
