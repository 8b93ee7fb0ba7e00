"""Okta's events for the tests of fields: one with a value for every flat field, and the same one blown up or rewritten.

The shape and order of keys are those of Okta's System Log API; what blows it up is what does so at Okta: a job's
targets, and a policy rule's changes in debugData.
"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any, Callable, Dict, List

Event = Dict[str, Any]
PUBLISHED = "2026-03-10T12:00:00.123Z"

USER = {
    "id": "00u2victim",
    "type": "User",
    "alternateId": "dana.weiß@acme.example",
    "displayName": "Dana Weiß",
    "detailEntry": None,
}
APPLICATION = {
    "id": "0oa3payroll",
    "type": "AppInstance",
    "alternateId": "Payroll",
    "displayName": "Payroll – Zürich",
    "detailEntry": {"signOnModeType": "SAML_2_0"},
}

SMALL: Event = {
    "actor": {
        "id": "00u1admin",
        "type": "User",
        "alternateId": "rosa.admin@acme.example",
        "displayName": "Rosa Admin",
        "detailEntry": None,
    },
    "client": {
        "userAgent": {"rawUserAgent": "Mozilla/5.0 (Macintosh) Chrome/122.0", "os": "Mac OS X", "browser": "CHROME"},
        "zone": "Office",
        "device": "Computer",
        "id": None,
        "ipAddress": "203.0.113.7",
        "geographicalContext": {
            "city": "Zürich",
            "state": "Zurich",
            "country": "Switzerland",
            "postalCode": "8001",
            "geolocation": {"lat": 47.3769, "lon": 8.5417},
        },
    },
    "device": None,
    "authenticationContext": {
        "authenticationProvider": None,
        "credentialProvider": None,
        "credentialType": None,
        "issuer": None,
        "interface": None,
        "authenticationStep": 0,
        "rootSessionId": "idxRoot1",
        "externalSessionId": "102External1",
    },
    "displayMessage": "Add user to application membership",
    "eventType": "application.user_membership.add",
    "outcome": {"result": "SUCCESS", "reason": "as ordered"},
    "published": PUBLISHED,
    "securityContext": {
        "asNumber": 64500,
        "asOrg": "example networks",
        "isp": "example isp",
        "domain": ".",
        "isProxy": False,
    },
    "severity": "INFO",
    "debugContext": {
        "debugData": {
            "dtHash": "d7" * 32,
            "factor": "SIGNED_NONCE",
            "privilegeGranted": "Help Desk administrator",
            "proxyType": "service",
            "requestId": "request1",
            "requestUri": "/api/v1/apps/0oa3payroll/users",
            "threatSuspected": "false",
            "tunnels": '[{"anonymous":true,"operator":"EXAMPLE_VPN","type":"VPN"}]',
            "url": "/api/v1/apps/0oa3payroll/users?expand=user",
        }
    },
    "legacyEventType": "app.generic.provision.assign_user_to_app",
    "transaction": {"type": "WEB", "id": "transaction1", "detail": {"requestApiTokenId": "00T4token"}},
    "uuid": "11111111-2222-3333-4444-555555555555",
    "version": "0",
    "request": {"ipChain": [{"ip": "203.0.113.7", "version": "V4", "source": None}, {"ip": "198.51.100.9"}]},
    "target": [APPLICATION, USER],
}

# What the flat fields are of it, beside the tenant (its host) and the lists: target_id, target_name, ip_chain.
FIELDS: Dict[str, object] = {
    "event_type": "application.user_membership.add",
    "uuid": "11111111-2222-3333-4444-555555555555",
    "outcome": "SUCCESS",
    "outcome_reason": "as ordered",
    "actor_user": "rosa.admin@acme.example",
    "actor_id": "00u1admin",
    "actor_type": "User",
    "target_user": "dana.weiß@acme.example",
    "target_user_id": "00u2victim",
    "target_user_name": "Dana Weiß",
    "target_app": "Payroll – Zürich",
    "src_ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (Macintosh) Chrome/122.0",
    "os": "Mac OS X",
    "browser": "CHROME",
    "zone": "Office",
    "country": "Switzerland",
    "city": "Zürich",
    "lat": 47.3769,
    "lon": 8.5417,
    "asn": "64500",
    "as_org": "example networks",
    "is_proxy": "true",
    "tunnels": '[{"anonymous":true,"operator":"EXAMPLE_VPN","type":"VPN"}]',
    "proxy_type": "service",
    "external_session_id": "102External1",
    "session_key": "idxRoot1",
    "api_token_id": "00T4token",
    "dthash": "d7" * 32,
    "request_uri": "/api/v1/apps/0oa3payroll/users",
    "request_url": "/api/v1/apps/0oa3payroll/users?expand=user",
    "privilege": "Help Desk administrator",
    "factor": "SIGNED_NONCE",
}

# Where in an event each field of one value is read; tunnels stay as they are, since is_proxy depends on them.
PATHS = {
    "event_type": "eventType",
    "uuid": "uuid",
    "outcome": "outcome.result",
    "outcome_reason": "outcome.reason",
    "actor_user": "actor.alternateId",
    "actor_id": "actor.id",
    "actor_type": "actor.type",
    "src_ip": "client.ipAddress",
    "user_agent": "client.userAgent.rawUserAgent",
    "os": "client.userAgent.os",
    "browser": "client.userAgent.browser",
    "zone": "client.zone",
    "country": "client.geographicalContext.country",
    "city": "client.geographicalContext.city",
    "proxy_type": "debugContext.debugData.proxyType",
    "external_session_id": "authenticationContext.externalSessionId",
    "session_key": "authenticationContext.rootSessionId",
    "api_token_id": "transaction.detail.requestApiTokenId",
    "dthash": "debugContext.debugData.dtHash",
    "request_uri": "debugContext.debugData.requestUri",
    "request_url": "debugContext.debugData.url",
    "privilege": "debugContext.debugData.privilegeGranted",
    "factor": "debugContext.debugData.factor",
}


class Missing:
    """In place of a value: the key is left out."""

    def __repr__(self) -> str:
        return "missing"


MISSING = Missing()


def small(**values: object) -> Event:
    """The event; `values` are those of flat fields (PATHS), MISSING to leave the key out."""
    event = copy.deepcopy(SMALL)
    for field, value in values.items():
        *above, last = PATHS[field].split(".")
        inner = event
        for key in above:
            inner = inner[key]
        if value is MISSING:
            del inner[last]
        else:
            inner[last] = value
    return event


def crowd(event: Event, place: str) -> Event:
    """With 300 targets more, those of the event before, among or behind them."""
    others = [
        {
            "id": f"00g{number:05d}",
            "type": "UserGroup",
            "alternateId": "unknown",
            "displayName": f"Group {number}",
            "detailEntry": None,
        }
        for number in range(300)
    ]
    at = {"first": 0, "middle": 150, "last": 300}[place]
    return {**event, "target": others[:at] + event["target"] + others[at:]}


def changed(event: Event) -> Event:
    """With the changes of a policy rule of 40 kB in debugData, before everything that stands there."""
    rule = {"conditions": {"network": {"include": [f"nzo{number:05d}" for number in range(1500)]}}, "type": "SIGN_ON"}
    change = json.dumps({"from": rule, "to": {**rule, "published": "2001-01-01T00:00:00.000Z"}})
    debug = {"debugData": {"changeDetails": change, **event["debugContext"]["debugData"]}}
    return {**event, "debugContext": debug}


LARGE: Dict[str, Callable[[Event], Event]] = {
    "300 targets behind": lambda event: crowd(event, "first"),
    "300 targets around": lambda event: crowd(event, "middle"),
    "300 targets before": lambda event: crowd(event, "last"),
    "a changed policy rule": changed,
    "both": lambda event: changed(crowd(event, "middle")),
}


def shuffled(value: Any, random: Random) -> Any:
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


def alphabetical(value: Any) -> Any:
    """The same JSON as EventBridge and others write it."""
    return json.loads(json.dumps(value, sort_keys=True))


def okta(event: Event) -> str:
    """As Okta writes it and our input keeps it."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


WRITINGS: Dict[str, Callable[[Event], str]] = {
    "Okta's": okta,
    "the official add-on's": json.dumps,  # blanks, and escapes for all but ASCII
    "with blanks everywhere": lambda event: json.dumps(event, separators=(" , ", " : "), ensure_ascii=False),
}


def orders(event: Event, seeds: int) -> List[Event]:
    return [event, alphabetical(event), *(shuffled(event, Random(seed)) for seed in range(seeds))]
