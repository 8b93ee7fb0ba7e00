"""Sign-ins that are no password and factor: a partner's IdP, the AD agent, desktop SSO, passwordless.

`auth_via_IDP` comes from system@okta.com (facts/okta-log 2 and 3), with the person as its target.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator

from lab.okta import applications, ids
from lab.okta.day import Day
from lab.okta.event import Happening, Seat, happen, judgement, thing
from lab.okta.people import OKTA_SYSTEM
from lab.okta.sign_in import proof, verified

_WAYS = ("idp", "ad_agent", "desktop_sso", "passwordless")


def events(day: Day) -> Iterator[Happening]:
    works = [work for work in day.at_work() if not work.person.role and not work.person.has("kiosk")]
    for number, work in enumerate(day.pick("other_sign_ins", works)):
        rng = day.rng("other_sign_ins", work.person.number)
        person = work.person
        moments = work.moments(rng, 4)
        if not moments:
            continue
        session = ids.session_id(rng, day.organisation.cookie_prefix)
        seat = Seat(person.actor, person.laptop, work.sitting_at(moments[0]).line, session)
        at = moments[0] - 30
        way = _WAYS[(day.index + number) % len(_WAYS)]
        if way == "idp":
            by_okta = replace(seat, actor=OKTA_SYSTEM)
            partner = thing("AppInstance", ids.object_id(rng, "0oa"), "SAML 2.0 IdP", "Partner directory")
            yield happen(
                rng,
                at,
                "user.authentication.auth_via_IDP",
                by_okta,
                uri="/sso/saml2/" + ids.object_id(rng, "0oa"),
                target=[partner, person.actor.block],
                provider="FEDERATION",
                credential_type="ASSERTION",
                interface="IDP Instance",
            )
        elif way == "ad_agent":
            agent = "user.authentication.auth_via_AD_agent"
            yield happen(rng, at, agent, seat, uri="/idp/idx/challenge/answer", target=[person.actor.block])
        elif way == "desktop_sso":
            yield happen(
                rng, at, "user.authentication.auth_via_iwa", seat, uri="/login/agentlessDsso", credential_type="IWA",
                target=[person.actor.block],
            )  # fmt: skip
        else:
            yield proof(rng, at, person, seat, "SIGNED_NONCE")
            yield verified(rng, at + 0.5, seat)
        yield happen(rng, at + 1, "user.session.start", seat, uri="/idp/idx/identify", debug=judgement())
        for moment in moments:
            yield from applications.sign_on(
                rng, day, seat.on(work.sitting_at(moment).line), rng.choice(day.organisation.apps), moment
            )
