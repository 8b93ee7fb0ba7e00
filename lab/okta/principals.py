"""Who may ask the tenant's API: API tokens, and service apps that prove themselves with a private key.

Facts: facts/okta-api 2.3. A service app may do what both its granted scopes and its administrator role allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Optional, Union


@dataclass(frozen=True)
class ApiToken:
    token: str
    role: Optional[str] = "READ_ONLY_ADMIN"


@dataclass(frozen=True)
class ServiceApp:
    """An API Services app: `public_jwks` are its keys, `scopes` what was granted, `dpop` whether it must use DPoP."""

    client_id: str
    public_jwks: list[dict[str, Any]]
    scopes: frozenset[str]
    role: Optional[str] = "READ_ONLY_ADMIN"
    dpop: bool = True


@dataclass(frozen=True)
class Principals:
    """All that the tenant knows."""

    api_tokens: tuple[ApiToken, ...] = ()
    service_apps: tuple[ServiceApp, ...] = ()

    @classmethod
    def of(cls, token: Union[str, ApiToken, None], service_apps: Iterable[ServiceApp] = ()) -> Principals:
        """`token`: one of a read-only administrator where only its text is given; None where the tenant has none."""
        tokens = () if token is None else (ApiToken(token) if isinstance(token, str) else token,)
        return cls(tokens, tuple(service_apps))

    def api_token(self, text: str) -> Optional[ApiToken]:
        return next((one for one in self.api_tokens if one.token == text), None)

    def service_app(self, client_id: object) -> Optional[ServiceApp]:
        return next((one for one in self.service_apps if one.client_id == client_id), None)
