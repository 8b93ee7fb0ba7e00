"""What the admin set on the add-on's pages. Secrets come decrypted from splunkd and stay in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Mapping, Optional, Sequence
from urllib.parse import urlsplit

from solnlib.conf_manager import ConfManager
from solnlib.credentials import CredentialNotExistException
from solnlib.soln_exceptions import ConfManagerException, ConfStanzaNotExistException
from solnlib.utils import is_true
from splunklib.binding import AuthenticationError, HTTPError

from okta_itdr.https import Proxy
from okta_itdr.okta.api_token import ApiToken
from okta_itdr.okta.client import Authentication, Client
from okta_itdr.okta.rate_limit import Shares
from okta_itdr.okta.transport import Transport
from okta_itdr.splunk import APP, SETTINGS
from okta_itdr.splunk.log import log_level
from okta_itdr.trouble import Trouble

ACCOUNTS = "ta_okta_itdr_account"

SERVICE_APP, API_TOKEN = "service_app", "api_token"
_CREDENTIALS = ("authentication", "api_token", "client_id", "private_key", "key_id")
_NEEDED = {
    API_TOKEN: {"api_token": "API token"},
    SERVICE_APP: {"client_id": "client ID", "private_key": "private key"},
}

# A name, not an address: certificates are issued to the tenant's name. The last label of a name has a letter.
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[.-])?[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*(:\d{1,5})?")


class SettingsError(Trouble):
    """A setting is missing, wrong or cannot be read."""


@dataclass(frozen=True)
class Account:
    """One Okta tenant and how to ask it. `domain`: `host` or `host:port`."""

    name: str
    domain: str
    ca_certificates: str
    shares: Shares
    _credentials: Mapping[str, str] = field(repr=False)

    def client(self, scopes: Sequence[str], proxy: Optional[Proxy], every_scope: bool = True) -> Client:
        """Asks the tenant as this account does, with an access token of `scopes`, or of those granted of them.

        Raises Trouble where its key cannot be used.
        """
        transport = Transport(self.domain, self.ca_certificates, proxy)
        return Client(transport, self._authentication(transport, scopes, every_scope))

    def _authentication(self, transport: Transport, scopes: Sequence[str], every_scope: bool) -> Authentication:
        if self._credentials["authentication"] == API_TOKEN:
            return ApiToken(self._credentials["api_token"])
        # RSA in Python: only those who need it load it.
        from okta_itdr.okta.service_app import ServiceApp
        from okta_itdr.okta.signing_key import SigningKey

        key = SigningKey.read(self._credentials["private_key"])
        client_id, kid = self._credentials["client_id"], self._credentials["key_id"]
        return ServiceApp(transport, client_id, key, scopes, kid, every_scope)


class Settings:
    """The add-on's settings at the splunkd of `server_uri`."""

    def __init__(self, server_uri: str, session_key: str) -> None:
        splunkd = urlsplit(server_uri)
        self._session_key = session_key
        # Named rather than discovered: splunkd told us its address.
        self._splunkd = {"scheme": splunkd.scheme, "host": splunkd.hostname, "port": splunkd.port}

    def account(self, name: str) -> Account:
        """Raises SettingsError when there is no such account or it cannot be used."""
        stanza = self._stanza(ACCOUNTS, name)
        if stanza is None:
            raise SettingsError(
                f"There is no account {name!r}: save it on the add-on's Account page, or choose another for the input."
            )
        return account_of(name, stanza)

    def proxy(self) -> Optional[Proxy]:
        """The proxy of the Proxy page; None when it is switched off."""
        stanza = self._stanza(SETTINGS, "proxy") or {}
        if not is_true(stanza.get("proxy_enabled") or "0"):
            return None
        host, port, kind = stanza.get("proxy_url") or "", stanza.get("proxy_port") or "", stanza.get("proxy_type")
        if not host or not port.isdigit() or kind not in ("http", "socks4", "socks5"):
            raise SettingsError(
                f"The proxy is switched on but not complete (type {kind!r}, host {host!r}, port {port!r}): fill in the "
                "Proxy page or switch it off."
            )
        return Proxy(
            kind,
            host,
            int(port),
            stanza.get("proxy_username") or "",
            stanza.get("proxy_password") or "",
            is_true(stanza.get("proxy_rdns") or "0"),
        )

    def log_level(self) -> str:
        return log_level(self._stanza(SETTINGS, "logging") or {})

    def _stanza(self, conf: str, stanza: str) -> Optional[dict]:
        """A stanza with its secrets decrypted; None when there is none. Raises SettingsError for everything else."""
        realm = f"__REST_CREDENTIAL__#{APP}#configs/conf-{conf}"
        try:
            return ConfManager(self._session_key, APP, realm=realm, **self._splunkd).get_conf(conf).get(stanza)
        except (ConfManagerException, ConfStanzaNotExistException):
            return None
        except CredentialNotExistException:
            raise SettingsError(
                f"Splunk has no secret for [{stanza}] of {conf}.conf: save it again on the add-on's page."
            ) from None
        except (HTTPError, AuthenticationError, OSError, ValueError) as error:
            raise SettingsError(
                f"splunkd did not give [{stanza}] of {conf}.conf ({type(error).__name__}: {error}): look for the cause "
                "in splunkd.log."
            ) from None


def account_of(name: str, stanza: Mapping[str, str]) -> Account:
    """The account that a stanza with its secrets in clear describes. Raises SettingsError when it cannot be used."""
    domain = stanza.get("domain") or ""
    if not _DOMAIN.fullmatch(domain):
        raise SettingsError(
            f"The domain {domain!r} of account {name!r} is none: give the name alone, like example.okta.com, on "
            "the Account page."
        )
    credentials = {setting: stanza.get(setting) or "" for setting in _CREDENTIALS}
    needed = _NEEDED.get(credentials["authentication"])
    if needed is None:
        raise SettingsError(
            f"Account {name!r} does not say how it signs in ({credentials['authentication']!r}): choose on the Account "
            "page."
        )
    missing = [title for setting, title in needed.items() if not credentials[setting]]
    if missing:
        raise SettingsError(f"Account {name!r} has no {' and no '.join(missing)}: save it on the Account page.")
    return Account(name, domain, stanza.get("ca_certificates") or "", _shares(name, stanza), credentials)


def _shares(name: str, stanza: Mapping[str, str]) -> Shares:
    def part(field: str, default: float) -> float:
        text = stanza.get(field) or ""
        if not text:
            return default
        if not text.isdigit() or not 1 <= int(text) <= 100:
            raise SettingsError(f"Account {name!r}: {field} is {text!r}, not a percentage from 1 to 100.")
        return int(text) / 100

    return Shares(part("rate_share", Shares().all), part("backfill_share", Shares().backfill))
