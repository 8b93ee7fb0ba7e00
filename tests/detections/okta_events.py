"""Okta events of a test's own, with what the test says and the rest as Okta writes it."""

from __future__ import annotations

from typing import Any, Dict, Optional
from uuid import NAMESPACE_URL, uuid5

from installed_addon import iso

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
PLACES = {
    "Germany": {"city": "Munich", "country": "Germany", "geolocation": {"lat": 48.14, "lon": 11.58}},
    "Austria": {"city": "Kufstein", "country": "Austria", "geolocation": {"lat": 47.58, "lon": 12.17}},
    "Malaysia": {"city": "Kuala Lumpur", "country": "Malaysia", "geolocation": {"lat": 3.14, "lon": 101.69}},
}  # fmt: skip
PERSON = {"id": "00uann", "type": "User", "alternateId": "ann@acme.com", "displayName": "Ann Ames"}
SYSTEM = {"id": "00usystem", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System"}


def event(
    at: float,
    event_type: str,
    outcome: str = "SUCCESS",
    *,
    session: Optional[str] = "idxHome",
    root: Optional[str] = None,
    address: Optional[str] = "192.0.2.10",
    asn: Optional[int] = 3320,
    proxy: Optional[bool] = False,
    country: Optional[str] = "Germany",
    os: Optional[str] = "Windows 10",
    browser: Optional[str] = "CHROME",
    agent: Optional[str] = CHROME.format(140),
    client_id: Optional[str] = None,
    zone: str = "null",
    dthash: Optional[str] = None,
    uri: Optional[str] = None,
    token: Optional[str] = None,
    actor: Optional[Dict[str, Any]] = None,
    target: Optional[list] = None,
    name: str = "",
) -> Dict[str, Any]:
    """One raw event at `at` (epoch seconds); `name` tells apart what is otherwise the same, as uuid does."""
    made: Dict[str, Any] = {
        "actor": actor or PERSON,
        "client": {
            "userAgent": None if agent is None else {"rawUserAgent": agent, "os": os, "browser": browser},
            "zone": zone,
            "id": client_id,
            "ipAddress": address,
            "geographicalContext": PLACES.get(country or ""),
        },
        "authenticationContext": {"rootSessionId": root, "externalSessionId": session},
        "eventType": event_type,
        "outcome": {"result": outcome, "reason": None},
        "published": iso(at),
        "securityContext": {"asNumber": asn, "asOrg": None, "isProxy": proxy},
        "debugContext": {"debugData": {"requestUri": uri, "dtHash": dthash}},
        "transaction": {"detail": {"requestApiTokenId": token} if token else {}},
        "target": target,
    }
    made["uuid"] = str(uuid5(NAMESPACE_URL, f"{name} {made}"))
    return made


def user(login: str, identity: str = "00uother") -> Dict[str, Any]:
    """An account as a target."""
    return {"id": identity, "type": "User", "alternateId": login, "displayName": login}
