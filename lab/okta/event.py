"""One System Log event in Okta's own shape: key order, nulls and texts as public samples have them.

In: an event type, a time, who does it from where, and what is particular. Out: a `Happening` whose body
is the event as Okta's API gives it. Nothing in a body says whether it is ordinary, hostile or simulated.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from lab.okta import ids
from lab.okta.clients import Browser, Machine
from lab.okta.people import OKTA_SYSTEM, Actor
from lab.okta.places import Line

Body = Dict[str, Any]


class Happening(NamedTuple):
    """An event and when it was published; `delay`, if known, is how much later Okta persisted it.

    `again`: how much later it was persisted a second time, if it was.
    """

    at: float
    body: Body
    delay: Optional[float] = None
    again: Optional[float] = None


# displayMessage and legacyEventType as samples and the catalogue have them; None: no sample carries one.
_TEXTS: Dict[str, Tuple[str, Optional[str]]] = {
    "user.session.start": ("User login to Okta", "core.user_auth.login_success"),
    "user.session.end": ("User logout from Okta", "core.user_auth.logout_success"),
    "user.session.clear": ("Clear user session", None),
    "user.session.access_admin_app": ("User accessing Okta admin app", "app.admin.sso.login.success"),
    "user.session.impersonation.grant": ("Grant impersonation access to the org", None),
    "user.session.impersonation.initiate": ("Impersonation session initiated", None),
    "user.session.impersonation.end": ("Impersonation session ended", None),
    "policy.evaluate_sign_on": ("Evaluation of sign-on policy", None),
    "user.authentication.sso": ("User single sign on to app", "app.auth.sso"),
    "user.authentication.auth_via_mfa": ("Authentication of user via MFA", "core.user.factor.attempt_success"),
    "user.authentication.verify": ("Verify user identity", None),
    "user.authentication.auth_via_IDP": ("Authenticate user via IDP", "core.user_auth.idp.saml.login_success"),
    "user.authentication.auth_via_AD_agent": ("Authenticate user with AD agent", None),
    "user.authentication.auth_via_iwa": ("Authenticate user via IWA", None),
    "system.push.send_factor_verify_push": ("A push was sent to a user for verification", None),
    "app.oauth2.token.grant.access_token": (
        "OIDC access token is granted",
        "app.oauth2.token.grant.access_token_success",
    ),
    "user.lifecycle.create": ("Create okta user", "core.user.config.user_creation.success"),
    "user.lifecycle.activate": ("Activate Okta user", "core.user.config.user_activated"),
    "user.lifecycle.deactivate": ("Deactivate Okta user", "core.user.config.user_deactivated"),
    "user.lifecycle.suspend": ("Suspend Okta user", None),
    "user.account.update_profile": ("Update user profile for Okta", None),
    "user.account.reset_password": ("User reset password for Okta", None),
    "user.account.lock": ("Max sign in attempts exceeded", "core.user_auth.account_locked"),
    "user.account.unlock": ("Unlock user account for Okta", None),
    "user.account.privilege.grant": ("Grant user privilege", "core.user.admin_privilege.granted"),
    "user.account.privilege.revoke": ("Revoke user privilege", "core.user.admin_privilege.revoked"),
    "group.user_membership.add": ("Add user to group membership", "core.user_group_member.user_add"),
    "group.user_membership.remove": ("Remove user from group membership", "core.user_group_member.user_remove"),
    "group.application_assignment.add": ("Add assigned application to group", None),
    "application.user_membership.add": ("Add user to application membership", None),
    "application.lifecycle.update": ("Update application", None),
    "application.provision.user.push_profile": ("Push user's profile to external application", None),
    "policy.rule.update": ("Update policy rule", None),
    "analytics.reports.export.request": ("Report CSV Export Requested", None),
    "analytics.reports.export.generate": ("Report CSV Export Generated", None),
    "analytics.reports.export.download": ("Report CSV Export Downloaded", None),
    "user.mfa.factor.deactivate": ("Reset factor for user", None),
    "user.mfa.factor.reset_all": ("Reset all factors for user", None),
    "user.mfa.factor.activate": ("Activate factor for user", None),
    "access.request.create": ("Access request created", None),
    "access.request.resolve": ("Access request resolved", None),
    "iam.resourceset.bindings.add": ("Admin role assignment is created", None),
    "workflows.user.delegatedflow.run": ("Delegated flow run", None),
    "security.threat.detected": ("Request from suspicious actor", "security.threat.detected"),
    "app.user_management": (
        "Successfully imported new member to an app group",
        "app.user_management.app_group_member_import.insert_success",
    ),
    "system.import.start": ("Import process started", None),
    "system.import.complete": ("Import process complete", None),
    "user.account.update_password": ("User update password for Okta", None),
    "user.lifecycle.unsuspend": ("Unsuspend Okta user", None),
    "user.lifecycle.reactivate": ("Reactivate Okta user", None),
    "user.lifecycle.delete.initiated": ("Delete Okta user initiated", None),
    "user.lifecycle.delete.completed": ("Delete Okta user completed", None),
    "user.mfa.factor.suspend": ("Suspend factor or authenticator enrollment method for user", None),
    "user.authentication.auth_via_radius": ("Authentication of user via Radius", None),
    "user.authentication.auth_via_social": ("Authenticate user with social login", None),
    "group.privilege.grant": ("Grant group privilege", None),
    "group.privilege.revoke": ("Revoke group privilege", None),
    "group.lifecycle.create": ("Create Okta group", None),
    "iam.resourceset.bindings.delete": ("Admin role assignment is deleted", None),
    "application.lifecycle.create": ("Create application", None),
    "application.lifecycle.activate": ("Activate application", None),
    "application.lifecycle.deactivate": ("Deactivate application", None),
    "application.lifecycle.delete": ("Delete application", None),
    "application.user_membership.remove": ("Remove user's application membership", None),
    "app.oauth2.client.privilege.grant": ("Grant OAuth client privilege", None),
    "app.oauth2.client.read_client_secret": ("Read client secret", None),
    "app.oauth2.as.token.grant.access_token": ("OAuth2 access token is granted", None),
    "policy.lifecycle.create": ("Create policy", "policy.created"),
    "policy.lifecycle.update": ("Update policy", None),
    "policy.rule.add": ("Add policy rule", None),
    "policy.rule.deactivate": ("Deactivate policy rule", None),
    "zone.create": ("Network zone create", None),
    "zone.update": ("Network zone update", None),
    "zone.delete": ("Network zone delete", None),
    "system.idp.lifecycle.create": ("Create an Identity Provider", None),
    "system.idp.lifecycle.update": ("Update an Identity Provider", None),
    "system.idp.lifecycle.activate": ("Activate an Identity Provider", None),
    "system.idp.lifecycle.deactivate": ("Deactivate an Identity Provider", None),
    "system.idp.key.create": ("Create an Identity Provider key", None),
    "system.api_token.create": ("Create API token", "api.token.create"),
    "system.api_token.revoke": ("Revoke API token", "api.token.revoke"),
    "system.api_token.request_outside_allowed_range": (
        "API token request from outside the allowed network zone",
        None,
    ),
    "system.org.rate_limit.warning": ("Rate limit warning", None),
    "system.log_stream.lifecycle.update": ("Update log stream", None),
    "event_hook.created": ("Event hook created", None),
    "event_hook.updated": ("Event hook updated", None),
    "event_hook.delivery": ("Event hook delivery", None),
    "inline_hook.updated": ("Inline hook updated", None),
    "inline_hook.executed": ("Inline hook executed", None),
    "security.authenticator.lifecycle.update": ("Update authenticator", None),
    "security.session.detect_client_roaming": ("Roaming session detected for user", None),
    "system.sms.send_factor_verify_message": ("Send second factor auth SMS", None),
    "system.sms.send_phone_verification_message": ("Send phone verification SMS message", None),
    "device.enrollment.create": ("Device enrolled", None),
    "app.oauth2.token.grant": ("OIDC token request", None),
}  # fmt: skip
_FAILED_LEGACY = {
    "user.session.start": "core.user_auth.login_failed",
    "user.authentication.auth_via_mfa": "core.user.factor.attempt_fail",
    "user.session.access_admin_app": None,
}
_NOBODY_CLIENT: Body = {
    "userAgent": None,
    "zone": None,
    "device": None,
    "id": None,
    "ipAddress": None,
    "geographicalContext": None,
}
# Without a session the log says "unknown", or null (facts/okta-log 0.12).
_NO_SESSION = ("unknown", "unknown", None)
# Sign-ins and policy are always enriched: Okta needs the network to decide.
ALWAYS_ENRICHED = frozenset(("user.session.start", "policy.evaluate_sign_on", "user.authentication.auth_via_mfa"))
NO_SECURITY: Body = {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None}


@dataclass(frozen=True, eq=False)
class Seat:
    """From where somebody acts: the actor, the machine, the line, the session or token.

    `session` None: none yet, as at a failed sign-in; `root` is given only where it is another session
    than `session`. Without a line there is no client at all (Okta acting by itself).
    """

    actor: Actor
    machine: Optional[Machine]
    line: Optional[Line]
    session: Optional[str] = None
    root: Optional[str] = None
    client_id: Optional[str] = None
    token: Optional[str] = None
    kind: str = "WEB"
    cookies: bool = True  # programs and phones' push answers carry no device token
    _clients: Dict[str, Body] = field(default_factory=dict, init=False, repr=False)

    def on(self, line: Line) -> Seat:
        return self if line is self.line else replace(self, line=line)

    def client(self, at: float) -> Body:
        if self.line is None or self.machine is None:
            return _NOBODY_CLIENT
        agent = self.machine.agent(at)
        known = self._clients.get(agent["rawUserAgent"])
        if known is None:
            known = self._clients[agent["rawUserAgent"]] = {
                "userAgent": agent,
                "zone": self.line.network.zone or "null",
                "device": self.machine.browser.device,
                "id": self.client_id,
                "ipAddress": self.line.ip,
                "geographicalContext": self.line.place.geographical_context,
            }
        return known


def program(actor: Actor, browser: Browser, line: Line, token: Optional[str], session: str) -> Seat:
    """A program with an API token: no cookies, a session of its own (`trs…`)."""
    return Seat(actor, Machine(browser, "", ""), line, session, token=token, cookies=False)


def system(session: Optional[str] = None) -> Seat:
    """Okta itself, in a job: no client."""
    return Seat(OKTA_SYSTEM, None, None, session, kind="JOB", cookies=False)


def happen(
    rng: Random,
    at: float,
    event_type: str,
    seat: Seat,
    *,
    uri: Optional[str] = None,
    query: str = "",
    target: Optional[List[Body]] = None,
    result: str = "SUCCESS",
    reason: Optional[str] = None,
    debug: Optional[Body] = None,
    request: Optional[str] = None,
    provider: Optional[str] = None,
    credential_provider: Optional[str] = None,
    credential_type: Optional[str] = None,
    interface: Optional[str] = None,
    device: bool = False,
    severity: Optional[str] = None,
    message: Optional[str] = None,
    detail: Optional[Body] = None,
    enriched: bool = True,
    delay: Optional[float] = None,
) -> Happening:
    """The event; `request` joins events of one request, `uri` and `query` make requestUri and url."""
    text, legacy = _TEXTS[event_type]
    failed = result in ("FAILURE", "DENY")
    request = request or ids.request_id(rng)
    line = seat.line
    data: Body = {}
    if seat.machine is not None and seat.cookies:
        data["deviceFingerprint"] = seat.machine.fingerprint
        data["dtHash"] = seat.machine.dt_hash
    if debug:
        data.update(debug)
    if uri is not None:
        data["requestId"] = request
        data["requestUri"] = uri
        data["threatSuspected"] = data.get("threatSuspected", "false")
        data["url"] = f"{uri}?{query}"
    session = seat.session or rng.choice(_NO_SESSION)
    if detail is None:
        detail = {"requestApiTokenId": seat.token} if seat.token else {}
    context: Body = {
        "authenticationProvider": provider,
        "credentialProvider": credential_provider,
        "credentialType": credential_type,
        "issuer": None,
        "interface": interface,
        "authenticationStep": 0,
    }
    if seat.root or session and session.startswith("idx"):  # Classic's events have no root session
        context["rootSessionId"] = seat.root or session
    context["externalSessionId"] = session
    body: Body = {
        "actor": seat.actor.block,
        "client": seat.client(at),
        "device": seat.machine.device if device and seat.machine else None,
        "authenticationContext": context,
        "displayMessage": message or text,
        "eventType": event_type,
        "outcome": {"result": result, "reason": reason},
        "published": published(at),
        "securityContext": line.network.security_context if line and enriched else NO_SECURITY,
        "severity": severity or ("WARN" if failed else "INFO"),
        "debugContext": {"debugData": data},
        "legacyEventType": _FAILED_LEGACY.get(event_type, legacy) if failed else legacy,
        "transaction": {"type": seat.kind, "id": request, "detail": detail},
        "uuid": ids.event_uuid(rng, at),
        "version": "0",
        "request": {"ipChain": [] if line is None else [_hop(line)]},
        "target": target,
    }
    return Happening(at, body, delay)


def published(at: float) -> str:
    """Okta's time text: UTC with milliseconds."""
    millis = round(at * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(millis // 1000)) + f".{millis % 1000:03d}Z"


def _hop(line: Line) -> Body:
    return {
        "ip": line.ip,
        "geographicalContext": line.place.geographical_context,
        "version": line.version,
        "source": None,
    }


def thing(kind: str, thing_id: str, name: str, alternate: str = "unknown", detail: Optional[Body] = None) -> Body:
    """One entry of `target`."""
    return {"id": thing_id, "type": kind, "alternateId": alternate, "displayName": name, "detailEntry": detail}


def app_user(rng: Random, actor: Actor) -> Body:
    return thing("AppUser", ids.object_id(rng, "0ua"), actor.display_name, actor.alternate_id)


BEHAVIOURS = ("New Geo-Location", "New Device", "New IP", "New State", "New Country", "Velocity", "New City")


def judgement(positive: Tuple[str, ...] = (), level: str = "LOW", reasons: str = "") -> Body:
    """Okta's own reading of a sign-in (debugData behaviors and risk), as samples write them."""
    pairs = ", ".join(f"{name}={'POSITIVE' if name in positive else 'NEGATIVE'}" for name in BEHAVIOURS)
    return {
        "behaviors": "{" + pairs + "}",
        "risk": f"{{reasons={reasons}, level={level}}}" if reasons else f"{{level={level}}}",
    }
