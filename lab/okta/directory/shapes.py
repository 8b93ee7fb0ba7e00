"""The JSON of one user, group, role, factor, app …, as Okta's Management API answers it (facts/okta-api 3).

Each call makes dicts of its own, so that to change one object changes no other.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Dict

from lab.okta.event import published

Json = Dict[str, Any]

ROLE_LABELS = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "READ_ONLY_ADMIN": "Read-Only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
}
# factorType → provider and vendorName
_MAKERS = {
    "webauthn": ("FIDO", "FIDO"),
    "u2f": ("FIDO", "FIDO"),
    "token:hardware": ("YUBICO", "YUBICO"),
}
_NEVER_ACTIVE = ("STAGED", "PROVISIONED")


def user(id: str, login: str, name: str, status: str, type_id: str, now: float) -> Json:
    first, _, last = (name or login.split("@")[0]).partition(" ")
    at = published(now)
    return {
        "id": id,
        "status": status,
        "created": at,
        "activated": None if status in _NEVER_ACTIVE else at,
        "statusChanged": at,
        "lastLogin": None,
        "lastUpdated": at,
        "passwordChanged": None if status in _NEVER_ACTIVE else at,
        "type": {"id": type_id},
        "profile": {
            "firstName": first,
            "lastName": last,
            "mobilePhone": None,
            "secondEmail": None,
            "login": login,
            "email": login,
        },
        "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": f"/api/v1/users/{id}"}},
    }


def group(id: str, name: str, type: str, now: float) -> Json:
    at = published(now)
    return {
        "id": id,
        "created": at,
        "lastUpdated": at,
        "lastMembershipUpdated": at,
        "objectClass": ["okta:user_group"],
        "type": type,  # OKTA_GROUP APP_GROUP BUILT_IN
        "profile": {"name": name, "description": None},
        "_links": {"users": {"href": f"/api/v1/groups/{id}/users"}, "apps": {"href": f"/api/v1/groups/{id}/apps"}},
    }


def role_assignment(id: str, type: str, assignment: str, now: float) -> Json:
    """`assignment`: USER GROUP CLIENT."""
    at = published(now)
    return {
        "id": id,
        "label": ROLE_LABELS[type],
        "type": type,
        "status": "ACTIVE",
        "created": at,
        "lastUpdated": at,
        "assignmentType": assignment,
    }


def custom_role_assignment(id: str, label: str, role: str, resource_set: str, assignment: str, now: float) -> Json:
    at = published(now)
    return {
        "id": id,
        "role": role,
        "resource-set": resource_set,
        "label": label,
        "type": "CUSTOM",
        "status": "ACTIVE",
        "created": at,
        "lastUpdated": at,
        "assignmentType": assignment,
    }


def assignee_path(assignment: str, id: str) -> str:
    start = {"USER": "/api/v1/users/", "GROUP": "/api/v1/groups/", "CLIENT": "/oauth2/v1/clients/"}
    return start[assignment] + id


def custom_role(id: str, label: str, now: float) -> Json:
    at, path = published(now), f"/api/v1/iam/roles/{id}"
    links = {"permissions": {"href": path + "/permissions"}, "self": {"href": path}}
    return {"id": id, "label": label, "description": label, "created": at, "lastUpdated": at, "_links": links}


def permission(role: str, label: str, now: float) -> Json:
    """`label`: okta.users.manage …"""
    at, path = published(now), f"/api/v1/iam/roles/{role}"
    links = {"role": {"href": path}, "self": {"href": f"{path}/permissions/{label}"}}
    return {"label": label, "conditions": None, "created": at, "lastUpdated": at, "_links": links}


def factor(id: str, user: str, type: str, name: str, status: str, now: float) -> Json:
    provider, vendor = _MAKERS.get(type, ("OKTA", "OKTA"))
    at = published(now)
    return {
        "id": id,
        "factorType": type,
        "provider": provider,
        "vendorName": vendor,
        "status": status,
        "created": at,
        "lastUpdated": at,
        "profile": _factor_profile(type, name),
        "_links": {"self": {"href": f"/api/v1/users/{user}/factors/{id}"}, "user": {"href": f"/api/v1/users/{user}"}},
    }


def _factor_profile(type: str, name: str) -> Json:
    if type in ("push", "signed_nonce"):
        return {
            "credentialId": name,
            "deviceType": "SmartPhone_IPhone",
            "keys": [],
            "name": "iPhone",
            "platform": "IOS",
            "version": "17.4",
        }
    if type in ("webauthn", "u2f"):
        return {"credentialId": name, "appId": None, "version": None, "authenticatorName": "YubiKey 5 FIPS Series"}
    if type in ("sms", "call"):
        return {"phoneNumber": "+1XXXXXX0142"}  # Okta masks it
    return {"credentialId": name}


def app(id: str, name: str, label: str, mode: str, now: float) -> Json:
    at = published(now)
    return {
        "id": id,
        "name": name,
        "label": label,
        "status": "ACTIVE",
        "lastUpdated": at,
        "created": at,
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {"autoLaunch": False, "hide": {"iOS": False, "web": False}},
        "features": [],
        "signOnMode": mode,
        "credentials": {"signing": {}},
        "settings": {"app": {}, "notifications": {"vpn": {"network": {"connection": "DISABLED"}}}},
        "_links": {"users": {"href": f"/api/v1/apps/{id}/users"}, "groups": {"href": f"/api/v1/apps/{id}/groups"}},
    }


def oidc_app(id: str, label: str, kind: str, now: float) -> Json:
    """`kind`: web browser native service; a service app authenticates by a key of its own."""
    made = app(id, "oidc_client", label, "OPENID_CONNECT", now)
    service = kind == "service"
    made["credentials"]["oauthClient"] = {
        "client_id": id,
        "autoKeyRotation": True,
        "token_endpoint_auth_method": "private_key_jwt" if service else "client_secret_basic",
    }
    made["settings"]["oauthClient"] = {
        "application_type": kind,
        "grant_types": ["client_credentials"] if service else ["authorization_code"],
        "response_types": ["token"] if service else ["code"],
        "redirect_uris": [],
        "dpop_bound_access_tokens": service,
    }
    return made


def api_token(id: str, name: str, user: str, now: float, lives: float, addresses: bool) -> Json:
    """Last used at `now`. `addresses`: whether it may be used from the tenant's own zone only."""
    at = published(now)
    return {
        "id": id,
        "name": name,
        "userId": user,
        "clientName": "Okta API",
        "created": at,
        "expiresAt": published(now + lives),
        "lastUpdated": at,
        "tokenWindow": "P30D",
        "network": {"connection": "ZONE" if addresses else "ANYWHERE"},
        "_link": {"self": {"href": f"/api/v1/api-tokens/{id}"}, "user": {"href": f"/api/v1/users/{user}"}},
    }


def zone(id: str, name: str, type: str, usage: str, now: float, **more: Any) -> Json:
    """`type`: IP DYNAMIC DYNAMIC_V2. `usage`: POLICY BLOCKLIST. `more`: gateways, proxies, locations, asns …"""
    at = published(now)
    links = {"self": {"href": f"/api/v1/zones/{id}"}}
    head = {"type": type, "id": id, "name": name, "status": "ACTIVE", "usage": usage, "created": at, "lastUpdated": at}
    return {**head, "system": False, **more, "_links": links}


def authenticator(id: str, key: str, name: str, type: str, now: float) -> Json:
    at = published(now)
    return {
        "type": type,
        "id": id,
        "key": key,
        "status": "ACTIVE",
        "name": name,
        "created": at,
        "lastUpdated": at,
        "settings": {"allowedFor": "any"},
        "_links": {"self": {"href": f"/api/v1/authenticators/{id}"}},
    }


def policy(id: str, type: str, name: str, priority: int, system: bool, now: float, **more: Any) -> Json:
    """`more`: conditions and settings."""
    at, path = published(now), f"/api/v1/policies/{id}"
    return {
        "id": id,
        "status": "ACTIVE",
        "name": name,
        "description": name,
        "priority": priority,
        "system": system,
        "conditions": None,
        **deepcopy(more),
        "created": at,
        "lastUpdated": at,
        "type": type,
        "_links": {"self": {"href": path}, "rules": {"href": path + "/rules"}},
    }


def rule(id: str, policy: str, type: str, name: str, priority: int, now: float, **more: Any) -> Json:
    """`more`: conditions and actions; `system` for a catch-all."""
    at, path = published(now), f"/api/v1/policies/{policy}/rules/{id}"
    return {
        "id": id,
        "status": "ACTIVE",
        "name": name,
        "priority": priority,
        "created": at,
        "lastUpdated": at,
        "system": False,
        "conditions": None,
        **deepcopy(more),
        "type": type,
        "_links": {"self": {"href": path}},
    }


def behavior(id: str, name: str, type: str, now: float, **settings: Any) -> Json:
    """`type`: ANOMALOUS_LOCATION ANOMALOUS_DEVICE ANOMALOUS_IP VELOCITY."""
    at = published(now)
    head = {"id": id, "name": name, "type": type, "status": "ACTIVE", "created": at, "lastUpdated": at}
    return {**head, "settings": settings, "_links": {"self": {"href": f"/api/v1/behaviors/{id}"}}}


def log_stream(id: str, name: str, type: str, now: float, **settings: Any) -> Json:
    """`type`: aws_eventbridge splunk_cloud_logstreaming."""
    at = published(now)
    head = {"id": id, "name": name, "type": type, "status": "ACTIVE", "created": at, "lastUpdated": at}
    return {**head, "settings": settings, "_links": {"self": {"href": f"/api/v1/logStreams/{id}"}}}
