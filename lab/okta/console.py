"""The Admin Console and what administrators change there or over the API behind it.

In: a seat. Out: happenings. Console pages post to `/admin/…` and to the same `/api/v1/…` as scripts do
(facts/okta-log 0.3), so a URI alone never says which it was.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Iterator, List, Optional

from lab.okta import clients, ids, places
from lab.okta.clients import Machine
from lab.okta.day import Day
from lab.okta.event import Body, Happening, Seat, app_user, happen, judgement, system, thing
from lab.okta.people import Actor, App, Group
from lab.okta.rates import RATES
from lab.okta.sign_in import evaluation

CONSOLE_CLIENT = "okta.b58d5b75-07d4-5f25-bf59-368a1261a405"  # public: Okta's documentation and many samples
MANAGED_RULE = "Managed devices"
_BACKEND = Machine(clients.OKTA_INTEGRATIONS, "", "")


def open_console(rng: Random, day: Day, seat: Seat, at: float) -> Iterator[Happening]:
    """Policy allows, Okta's backend exchanges the code, the console is open."""
    organisation = day.organisation
    request = ids.request_id(rng)
    yield evaluation(
        rng,
        at,
        seat,
        organisation.admin_console,
        "ALLOW",
        organisation.console_policy,
        rule=MANAGED_RULE,
        request=request,
        uri="/oauth2/v1/authorize",
        debug=judgement(),
    )
    if day.wants("okta_backend") and rng.random() < RATES["backend"].value:
        yield backend_token(rng, day, seat, at + 0.6)
    yield happen(
        rng,
        at + 0.9,
        "user.session.access_admin_app",
        seat,
        uri="/admin/sso/callback",
        query=f"code=******&state={ids.request_id(rng)}",
        target=[app_user(rng, seat.actor)],
        debug={"idpOktaHosted": "true", "idpType": "OKTA"},
    )


def backend_token(rng: Random, day: Day, seat: Seat, at: float) -> Happening:
    """Okta's own server in the administrator's session: its address and agent, AS and proxy unknown."""
    backend = Seat(
        seat.actor, _BACKEND, places.OKTA_BACKEND.line(0), seat.session, client_id=CONSOLE_CLIENT, cookies=False
    )
    return happen(
        rng,
        at,
        "user.authentication.sso",
        backend,
        uri="/oauth2/v1/token",
        target=[day.organisation.admin_console.target, app_user(rng, seat.actor)],
        debug={
            "initiationType": "NA",
            "redirectUri": f"https://{day.organisation.domain}/admin/sso/callback",
            "signOnMode": "OpenID Connect",
        },
        enriched=False,
    )


def refused_console(
    rng: Random, day: Day, seat: Seat, at: float, *, by_policy: bool = True, debug: Optional[Body] = None
) -> Iterator[Happening]:
    """The policy's DENY, or the console's own refusal of somebody who is no administrator."""
    organisation = day.organisation
    if by_policy:
        yield evaluation(
            rng,
            at,
            seat,
            organisation.admin_console,
            "DENY",
            organisation.console_policy,
            uri="/oauth2/v1/authorize",
            debug=debug or judgement(),
        )
        return
    yield happen(
        rng,
        at,
        "user.session.access_admin_app",
        seat,
        uri="/admin/sso/callback",
        target=[app_user(rng, seat.actor)],
        result="FAILURE",
        reason="User is not an administrator",
    )


def create_user(
    rng: Random, seat: Seat, at: float, created: Actor, *, activate: bool = False, delay: Optional[float] = None
) -> Iterator[Happening]:
    request = ids.request_id(rng)
    query = f"activate={'true' if activate else 'false'}"
    block = [created.block]
    yield happen(
        rng,
        at,
        "user.lifecycle.create",
        seat,
        uri="/api/v1/users",
        query=query,
        target=block,
        request=request,
        delay=delay,
    )
    if activate:
        yield happen(
            rng,
            at + 0.2,
            "user.lifecycle.activate",
            seat,
            uri="/api/v1/users",
            query=query,
            target=block,
            request=request,
            delay=delay,
        )
    else:
        uri = f"/api/v1/users/{created.id}/lifecycle/activate"
        yield happen(rng, at + 15, "user.lifecycle.activate", seat, uri=uri, query="sendEmail=true", target=block)


def update_profile(rng: Random, seat: Seat, at: float, user: Actor) -> Happening:
    return happen(
        rng,
        at,
        "user.account.update_profile",
        seat,
        uri=f"/api/v1/users/{user.id}",
        target=[user.block],
        debug={"changedAttributes": rng.choice(("title", "department,manager", "mobilePhone", "costCenter"))},
    )


def add_to_group(rng: Random, seat: Seat, at: float, user: Actor, group: Group) -> Happening:
    console = rng.random() < 0.5
    uri = f"/admin/group/{group.id}/addUser" if console else f"/api/v1/groups/{group.id}/users/{user.id}"
    return happen(rng, at, "group.user_membership.add", seat, uri=uri, target=[user.block, group.target])


def assign_app(rng: Random, seat: Seat, at: float, user: Actor, app: App) -> Happening:
    target = [app.target, app_user(rng, user), user.block]
    return happen(rng, at, "application.user_membership.add", seat, uri=f"/api/v1/apps/{app.id}/users", target=target)


def grant_roles(rng: Random, seat: Seat, at: float, user: Actor, roles: List[str], request: str) -> Happening:
    """`privilegeGranted` is the whole list after the change (facts/okta-log 0.9)."""
    return happen(
        rng,
        at,
        "user.account.privilege.grant",
        seat,
        uri=f"/api/internal/administrators/{user.id}",
        target=[user.block],
        request=request,
        debug={"privilegeGranted": ", ".join(roles)},
    )


def revoke_roles(rng: Random, seat: Seat, at: float, user: Actor) -> Happening:
    uri = f"/api/internal/administrators/{user.id}"
    return happen(rng, at, "user.account.privilege.revoke", seat, uri=uri, target=[user.block])


def reset_factors(rng: Random, seat: Seat, at: float, user: Actor, factor: str) -> Happening:
    return happen(
        rng,
        at,
        "user.mfa.factor.deactivate",
        seat,
        uri=f"/api/v1/users/{user.id}/lifecycle/reset_factors",
        target=[user.block],
        reason=f"User reset {factor} factor",
    )


def enrol_factor(rng: Random, seat: Seat, at: float, factor: str) -> Happening:
    return happen(
        rng,
        at,
        "user.mfa.factor.activate",
        seat,
        uri="/idp/idx/challenge/answer",
        target=[seat.actor.block],
        reason=f"User set up {factor} factor",
    )


def clear_sessions(rng: Random, seat: Seat, at: float, user: Actor) -> Happening:
    return happen(
        rng, at, "user.session.clear", seat, uri=f"/api/v1/users/{user.id}/sessions", query="oauthTokens=true",
        target=[user.block],
    )  # fmt: skip


def close_account(rng: Random, seat: Seat, at: float, user: Actor, how: str = "deactivate") -> Happening:
    uri = f"/api/v1/users/{user.id}/lifecycle/{how}"
    return happen(rng, at, f"user.lifecycle.{how}", seat, uri=uri, target=[user.block])


PASSWORD_HEALTH = "password-health"
REPORTS = {"mfa": "MFA Usage", "app-access": "Recent Unassignments", "admin-access": "Administrator Roles"}


def export_report(rng: Random, seat: Seat, at: float, report: str) -> Iterator[Happening]:
    """Requested, generated by Okta in a job, downloaded by the one who asked."""
    job = ids.request_id(rng)[:20]
    health = report == PASSWORD_HEALTH
    target = [thing("Report", report, "Okta Password Health" if health else REPORTS[report])]
    uri = f"/reports/{report}/" if health else f"/reports/user/{report}/"
    yield happen(
        rng,
        at,
        "analytics.reports.export.request",
        seat,
        uri=uri + "async_csv_download_schedule",
        target=target,
        debug={"jobid": job},
    )
    yield happen(rng, at + 40, "analytics.reports.export.generate", system(), target=target, debug={"jobid": job})
    yield happen(
        rng,
        at + 95,
        "analytics.reports.export.download",
        seat,
        uri=f"{uri}download/{job}.csv",
        target=target,
        debug={"jobid": job},
    )


def continued_by_okta(rng: Random, seat: Seat, at: float, group: Group, user: Actor) -> Happening:
    """What Okta goes on doing for an administrator: a `trs` id, the real root session, no client."""
    continued = replace(
        seat, machine=None, line=None, session=ids.session_id(rng, "trs"), root=seat.session, cookies=False
    )
    return happen(rng, at, "group.user_membership.add", continued, target=[user.block, group.target])
