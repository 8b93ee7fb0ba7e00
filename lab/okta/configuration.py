"""What is changed in a tenant itself: identity providers, policies, zones, apps, tokens, hooks, log streams.

In: a seat, a person's in the console or a program's. Out: happenings, each at the path of Okta's API that does it.
"""

from __future__ import annotations

from random import Random
from typing import Iterator, Optional

from lab.okta import ids
from lab.okta.event import Body, Happening, Seat, happen, thing
from lab.okta.people import Actor, App, IdentityProvider


def change_idp(rng: Random, seat: Seat, at: float, idp: IdentityProvider, how: str) -> Happening:
    """`how`: create update activate deactivate."""
    uri = {"create": "/api/v1/idps", "update": f"/api/v1/idps/{idp.id}"}.get(
        how, f"/api/v1/idps/{idp.id}/lifecycle/{how}"
    )
    return happen(
        rng, at, f"system.idp.lifecycle.{how}", seat, uri=uri, target=[idp.target],
        debug={"protocol": idp.protocol, "idpName": idp.name},
    )  # fmt: skip


def add_idp_key(rng: Random, seat: Seat, at: float, idp: IdentityProvider) -> Happening:
    """A partner's new signing certificate."""
    return happen(rng, at, "system.idp.key.create", seat, uri="/api/v1/idps/credentials/keys", target=[idp.target])


def change_rule(
    rng: Random, seat: Seat, at: float, policy: tuple, rule: str, debug: Optional[Body] = None, how: str = "update"
) -> Happening:
    """A rule of a sign-on policy; `debug`: what of it (PolicyDebugData)."""
    rule_id = policy[0].replace("rst", "rul")
    target = [
        thing("PolicyEntity", policy[0], policy[1], detail={"policyType": "Okta:SignOn"}),
        thing("PolicyRule", rule_id, rule),
    ]
    uri = f"/api/v1/policies/{policy[0]}/rules/{rule_id}" + ("/lifecycle/deactivate" if how == "deactivate" else "")
    return happen(rng, at, f"policy.rule.{how}", seat, uri=uri, target=target, debug=debug)


ONE_FACTOR: Body = {
    "oldPolicyRuleRequirementsJson": '{"verificationMethod":{"factorMode":"2FA","type":"ASSURANCE"}}',
    "newPolicyRuleRequirementsJson": '{"verificationMethod":{"factorMode":"1FA","type":"ASSURANCE"}}',
}
TWO_FACTORS_AGAIN: Body = {
    "oldPolicyRuleRequirementsJson": ONE_FACTOR["newPolicyRuleRequirementsJson"],
    "newPolicyRuleRequirementsJson": ONE_FACTOR["oldPolicyRuleRequirementsJson"],
}


def change_zone(rng: Random, seat: Seat, at: float, name: str, how: str = "update") -> Happening:
    zone = ids.object_id(rng, "nzo")
    data = '{"type":"IP","gateways":[{"type":"CIDR","value":"192.0.2.0/28"}],"proxies":[]}'
    uri = "/api/v1/zones" if how == "create" else f"/api/v1/zones/{zone}"
    target = [thing("NetworkZoneEntity", zone, name)]
    return happen(rng, at, f"zone.{how}", seat, uri=uri, target=target, debug={"zoneData": data})


def change_app(rng: Random, seat: Seat, at: float, app: App, how: str = "update", said: str = "") -> Happening:
    """`said`: the catalogue's customMessage, what was changed."""
    uri = "/api/v1/apps" if how == "create" else f"/api/v1/apps/{app.id}"
    if how in ("activate", "deactivate"):
        uri += f"/lifecycle/{how}"
    debug = {"customMessage": said} if said else None
    return happen(rng, at, f"application.lifecycle.{how}", seat, uri=uri, target=[app.target], debug=debug)


def api_token(rng: Random, seat: Seat, at: float, token: str, name: str, how: str = "create") -> Happening:
    """Made or revoked; `networkConnection` as the catalogue has it."""
    uri = "/api/internal/tokens" if how == "create" else f"/api/internal/tokens/{token}/revoke"
    return happen(
        rng, at, f"system.api_token.{how}", seat, uri=uri, query="expand=user" if how == "create" else "",
        target=[thing("Token", token, name)], debug={"networkConnection": "ANYWHERE"} if how == "create" else None,
    )  # fmt: skip


def change_hook(
    rng: Random, seat: Seat, at: float, name: str, kind: str = "event_hook", how: str = "updated"
) -> Happening:
    hook = ids.object_id(rng, "who")
    uri = f"/api/v1/{'eventHooks' if kind == 'event_hook' else 'inlineHooks'}" + (
        "" if how == "created" else f"/{hook}"
    )
    return happen(rng, at, f"{kind}.{how}", seat, uri=uri, target=[thing("Hook", hook, name)])


def change_log_stream(rng: Random, seat: Seat, at: float, name: str) -> Happening:
    stream = ids.object_id(rng, "log")
    target = [thing("LogStream", stream, name)]
    return happen(
        rng, at, "system.log_stream.lifecycle.update", seat, uri=f"/api/v1/logStreams/{stream}", target=target
    )


def reset_all_factors(rng: Random, seat: Seat, at: float, user: Actor, factors: tuple = ()) -> Iterator[Happening]:
    """All of a person's factors at once; each one that was there is then deactivated in the same request."""
    request = ids.request_id(rng)
    uri = f"/api/v1/users/{user.id}/lifecycle/reset_factors"
    yield happen(rng, at, "user.mfa.factor.reset_all", seat, uri=uri, target=[user.block], request=request)
    for number, factor in enumerate(factors):
        yield happen(
            rng, at + 0.2 * (number + 1), "user.mfa.factor.deactivate", seat, uri=uri, target=[user.block],
            reason=f"User reset {factor} factor", request=request,
        )  # fmt: skip
