"""The policies, authenticators and settings of a hardened tenant: what a posture check finds nothing against.

Admin Console: phishing-resistant, from a managed device. Every catch-all denies. A session always asks MFA.
Facts: facts/okta-api 3. A Classic tenant has no policies of apps, so its console is guarded by the session's alone.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from lab.okta.directory import shapes
from lab.okta.directory.state import POLICY_TYPES, Directory

Json = Dict[str, Any]
_RULE_TYPES = {"OKTA_SIGN_ON": "SIGN_ON"}  # the others' rules are named as the policy
_ANYWHERE: Json = {"network": {"connection": "ANYWHERE"}}
_AUTHENTICATORS = (  # key, name, type
    ("okta_password", "Password", "password"),
    ("okta_email", "Email", "email"),
    ("okta_verify", "Okta Verify", "app"),
    ("webauthn", "FIDO2 (WebAuthn)", "security_key"),
    ("phone_number", "Phone", "phone"),
)
_PHISHING_RESISTANT = {
    "deviceBound": "REQUIRED",
    "hardwareProtection": "REQUIRED",
    "phishingResistant": "REQUIRED",
    "userPresence": "REQUIRED",
    "userVerification": "REQUIRED",
}

# name, settings, name of the rule, actions of the one policy of its type
_OTHER: Dict[str, Tuple[str, Json, str, Json]] = {
    "MFA_ENROLL": ("Default Policy", {}, "Default Rule", {"enroll": {"self": "CHALLENGE"}}),
    "PASSWORD": (
        "Default Policy",
        {
            "password": {
                "complexity": {"minLength": 14, "minLowerCase": 1, "minUpperCase": 1, "minNumber": 1, "minSymbol": 0},
                "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 8},
                "lockout": {"maxAttempts": 6, "autoUnlockMinutes": 30, "showLockoutFailures": False},
            },
            "recovery": {"factors": {"okta_email": {"status": "ACTIVE"}, "okta_sms": {"status": "INACTIVE"}}},
        },
        "Default Rule",
        {
            "passwordChange": {"access": "ALLOW"},
            "selfServicePasswordReset": {"access": "ALLOW"},
            "selfServiceUnlock": {"access": "DENY"},
        },
    ),
    "IDP_DISCOVERY": ("Idp Discovery Policy", {}, "Default Rule", {"idp": {"providers": [{"type": "OKTA"}]}}),
    "PROFILE_ENROLLMENT": (
        "Default Policy",
        {},
        "Catch-all Rule",
        {"profileEnrollment": {"access": "DENY", "unknownUserAction": "DENY"}},
    ),
    "POST_AUTH_SESSION": (
        "Session protection policy",
        {},
        "Session violation",
        {"postAuthSession": {"failureActions": [{"action": "TERMINATE_SESSION"}]}},
    ),
    "ENTITY_RISK": (
        "Entity risk policy",
        {},
        "High risk",
        {"entityRisk": {"actions": [{"action": "TERMINATE_ALL_SESSIONS"}]}},
    ),
}


def furnish(directory: Directory, console: Tuple[str, str], apps: Tuple[str, str], now: float) -> None:
    """Policies and settings into `directory`, whose zones stand; `console` and `apps`: id and name of those app
    policies, which only Identity Engine has."""
    with directory.lock:
        _sign_on(directory, now)
        _others(directory, now)
        if directory.kind == "idx":
            for key, name, type in _AUTHENTICATORS:
                made = shapes.authenticator(directory.new_id("aut"), key, name, type, now)
                directory.authenticators[made["id"]] = made
            _console(directory, *console, now)
            _apps(directory, *apps, now)
        for name, type, settings in (
            ("New Geo-Location", "ANOMALOUS_LOCATION", {"granularity": "CITY", "maxEventsUsedForEvaluation": 20}),
            ("New Device", "ANOMALOUS_DEVICE", {"maxEventsUsedForEvaluation": 20}),
            ("New IP", "ANOMALOUS_IP", {"maxEventsUsedForEvaluation": 50}),
            ("Velocity", "VELOCITY", {"velocityKph": 805}),
        ):
            behavior = shapes.behavior(directory.new_id("bhv"), name, type, now, **settings)
            directory.behaviors[behavior["id"]] = behavior


def add_policy(directory: Directory, type: str, name: str, now: float, *, id: str = "", **more: Any) -> Json:
    """After those of its type; `more`: conditions, settings, system."""
    with directory.lock:
        priority = 1 + sum(policy["type"] == type for policy in directory.policies.values())
        system = more.pop("system", False)
        policy = shapes.policy(id or directory.new_id("00p"), type, name, priority, system, now, **more)
        directory.policies[policy["id"]] = policy
        directory.rules[policy["id"]] = []
        return policy


def add_rule(directory: Directory, policy: str, name: str, now: float, **more: Any) -> Json:
    """After the policy's others; `more`: conditions, actions, system, priority."""
    with directory.lock:
        type = directory.policies[policy]["type"]
        priority = more.pop("priority", len(directory.rules[policy]))
        rule = shapes.rule(
            directory.new_id("0pr"),
            policy,
            _RULE_TYPES.get(type, type),
            name,
            priority,
            now,
            **more,
        )
        directory.rules[policy].append(rule)
        return rule


def assurance(*, phishing_resistant: bool = True, factors: str = "2FA", again: str = "PT0S") -> Json:
    """`verificationMethod` of type ASSURANCE."""
    possession = dict(_PHISHING_RESISTANT) if phishing_resistant else {"userPresence": "OPTIONAL"}
    return {
        "type": "ASSURANCE",
        "factorMode": factors,
        "reauthenticateIn": again,
        "constraints": [{"possession": possession}],
    }


def chain(*steps: List[str], again: str = "PT2H") -> Json:
    """`verificationMethod` of type AUTH_METHOD_CHAIN: each step a list of alternatives `key/method`."""
    following: List[Json] = []
    for methods in reversed(steps):
        named = [dict(zip(("key", "method"), method.split("/"))) for method in methods]
        step: Json = {"authenticationMethods": named}
        following = [{**step, "next": following} if following else step]
    return {"type": "AUTH_METHOD_CHAIN", "chains": [{**one, "reauthenticateIn": again} for one in following]}


def _app_sign_on(access: str, method: Json) -> Json:
    return {
        "appSignOn": {"access": access, "keepMeSignedIn": {"postAuth": "NOT_ALLOWED"}, "verificationMethod": method}
    }


def _sign_on(directory: Directory, now: float) -> None:
    signon = {
        "access": "ALLOW",
        "requireFactor": True,
        "factorPromptMode": "ALWAYS",
        "rememberDeviceByDefault": False,
        "session": {"usePersistentCookie": False, "maxSessionIdleMinutes": 60, "maxSessionLifetimeMinutes": 720},
    }
    if directory.kind == "idx":
        signon["primaryFactor"] = "PASSWORD_IDP_ANY_FACTOR"
    refused = [zone["id"] for zone in directory.zones.values() if zone["usage"] == "BLOCKLIST"]
    network = {"connection": "ZONE", "exclude": refused} if refused else {"connection": "ANYWHERE"}
    policy = add_policy(directory, "OKTA_SIGN_ON", "Everyone", now, conditions=_everyone(directory))["id"]
    add_rule(
        directory,
        policy,
        "MFA always",
        now,
        priority=1,
        conditions={"network": network, "authContext": {"authType": "ANY"}, "people": {"users": {"exclude": []}}},
        actions={"signon": signon},
    )
    default = add_policy(directory, "OKTA_SIGN_ON", "Default Policy", now, system=True)["id"]
    add_rule(
        directory,
        default,
        "Default Rule",
        now,
        priority=1,
        system=True,
        conditions=dict(_ANYWHERE),
        actions={"signon": {**signon, "access": "DENY"}},
    )


def _console(directory: Directory, id: str, name: str, now: float) -> None:
    add_policy(directory, "ACCESS_POLICY", name, now, id=id)
    add_rule(
        directory,
        id,
        "Managed device, phishing-resistant",
        now,
        conditions={
            **_ANYWHERE,
            "device": {"registered": True, "managed": True, "assurance": {"include": []}},
            "people": {"users": {"exclude": []}, "groups": {"include": [], "exclude": []}},
            "riskScore": {"level": "ANY"},
        },
        actions=_app_sign_on("ALLOW", assurance()),
    )
    _catch_all(directory, id, now)


def _apps(directory: Directory, id: str, name: str, now: float) -> None:
    add_policy(directory, "ACCESS_POLICY", name, now, id=id, system=True)
    add_rule(
        directory,
        id,
        "Security key after the password",
        now,
        conditions={**_ANYWHERE, "riskScore": {"level": "ANY"}},
        actions=_app_sign_on(
            "ALLOW",
            chain(["okta_password/password"], ["webauthn/webauthn", "okta_verify/signed_nonce"]),
        ),
    )
    add_rule(
        directory,
        id,
        "Any two factors",
        now,
        conditions={**_ANYWHERE, "device": {"registered": True, "managed": False}},
        actions=_app_sign_on("ALLOW", assurance(phishing_resistant=False, again="PT12H")),
    )
    _catch_all(directory, id, now)


def _catch_all(directory: Directory, policy: str, now: float) -> None:
    method = assurance(phishing_resistant=False)
    actions = _app_sign_on("DENY", method)
    add_rule(directory, policy, "Catch-all Rule", now, priority=99, system=True, actions=actions)


def _others(directory: Directory, now: float) -> None:
    """One policy, the system's, of each other type the kind has."""
    for type in POLICY_TYPES[directory.kind]:
        if type in ("OKTA_SIGN_ON", "ACCESS_POLICY"):
            continue
        name, settings, rule, actions = _OTHER[type]
        if type == "MFA_ENROLL":
            settings = _enrolment(directory.kind)
        more = {"settings": settings} if settings else {}
        policy = add_policy(directory, type, name, now, system=True, conditions=_everyone(directory), **more)["id"]
        add_rule(directory, policy, rule, now, priority=1, system=True, conditions=dict(_ANYWHERE), actions=actions)


def _enrolment(kind: str) -> Json:
    wanted = {"okta_verify": "REQUIRED", "webauthn": "OPTIONAL"}
    if kind == "idx":
        wanted = {"okta_password": "REQUIRED", "okta_email": "OPTIONAL", **wanted, "phone_number": "OPTIONAL"}
        enrolled = [{"key": key, "enroll": {"self": enrol}, "constraints": None} for key, enrol in wanted.items()]
        return {"type": "AUTHENTICATORS", "authenticators": enrolled}
    wanted = {"okta_otp": "REQUIRED", "okta_push": "REQUIRED", "fido_webauthn": "OPTIONAL", "okta_sms": "OPTIONAL"}
    return {"factors": {key: {"consent": {"type": "NONE"}, "enroll": {"self": enrol}} for key, enrol in wanted.items()}}


def _everyone(directory: Directory) -> Json:
    built_in = [id for id, group in directory.groups.items() if group["type"] == "BUILT_IN"]
    return {"people": {"groups": {"include": built_in}}}
