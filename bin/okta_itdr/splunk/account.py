"""What the admin set on the add-on's pages. Secrets come decrypted from splunkd and stay in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit

from solnlib.conf_manager import ConfManager
from solnlib.credentials import CredentialNotExistException
from solnlib.soln_exceptions import ConfManagerException, ConfStanzaNotExistException
from solnlib.utils import is_true
from splunklib.binding import AuthenticationError, HTTPError

from okta_itdr.okta.auth import ApiToken
from okta_itdr.okta.client import Proxy
from okta_itdr.splunk import APP
from okta_itdr.trouble import Trouble

ACCOUNTS = "ta_okta_itdr_account"
SETTINGS = "ta_okta_itdr_settings"

# A name, not an address: certificates are issued to the tenant's name. The last label of a name has a letter.
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[.-])?[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*(:\d{1,5})?")


class SettingsError(Trouble):
    """A setting is missing, wrong or cannot be read."""


@dataclass(frozen=True)
class Account:
    """One Okta tenant and how to ask it. `domain`: `host` or `host:port`."""

    name: str
    domain: str
    authentication: ApiToken
    ca_certificates: str


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
        domain, token = stanza.get("domain") or "", stanza.get("api_token") or ""
        if not _DOMAIN.fullmatch(domain):
            raise SettingsError(
                f"The domain {domain!r} of account {name!r} is none: give the name alone, like example.okta.com, on "
                "the Account page."
            )
        if not token:
            raise SettingsError(f"Account {name!r} has no API token: save one on the Account page.")
        return Account(name, domain, ApiToken(token), stanza.get("ca_certificates") or "")

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
        level = (self._stanza(SETTINGS, "logging") or {}).get("loglevel") or "INFO"
        if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
            raise SettingsError(f"The log level {level!r} is none: choose one on the Logging page.")
        return level

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
