"""The Account page: an account that cannot do its work is not saved, unless the admin says so."""

from __future__ import annotations

from typing import Mapping

from solnlib.utils import is_true
from splunktaucclib.rest_handler.admin_external import AdminExternalHandler, get_splunkd_endpoint
from splunktaucclib.rest_handler.error import RestError

from okta_itdr.collect.collectors import COLLECTORS
from okta_itdr.collect.connection_test import try_log
from okta_itdr.collect.system_log import SYSTEM_LOG
from okta_itdr.splunk.account import Settings, account_of
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

_MASK = "******"  # what the form sends back for a secret that was not touched


class AccountPage(AdminExternalHandler):
    """UCC's handler, with a test of the connection before anything is stored."""

    def handleCreate(self, confInfo):  # noqa: N802  Splunk's names
        self._test({})
        super().handleCreate(confInfo)

    def handleEdit(self, confInfo):  # noqa: N802
        (stored,) = self.handler.get(self.callerArgs.id, decrypt=True)
        self._test(stored.content)
        super().handleEdit(confInfo)

    def handleRemove(self, confInfo):  # noqa: N802
        users = self._inputs()
        if users:
            raise RestError(400, f"The account is used by {', '.join(users)}: give those inputs another one first.")
        super().handleRemove(confInfo)

    def _inputs(self) -> list[str]:
        try:
            inputs = Splunk(get_splunkd_endpoint(), self.getSessionKey()).stanzas("inputs")
        except Trouble as trouble:
            raise RestError(500, str(trouble)) from None
        ours = tuple(f"{scheme}://" for scheme in COLLECTORS)
        users = [name for name, stanza in inputs.items() if stanza.get("account") == self.callerArgs.id]
        return sorted(name for name in users if name.startswith(ours))

    def _test(self, stored: Mapping[str, str]) -> None:
        sent = {name: value for name, value in self.payload.items() if value != _MASK}
        stanza = {**stored, **sent}
        if not is_true(stanza.get("test_connection") or "0"):
            return
        try:
            proxy = Settings(get_splunkd_endpoint(), self.getSessionKey()).proxy()
            try_log(account_of(self.callerArgs.id, stanza).client(SYSTEM_LOG.scopes, proxy))
        except Trouble as trouble:
            raise RestError(
                400,
                f"{trouble} The account was not saved; switch off the test to save it all the same, on a host that "
                "does not collect itself, say.",
            ) from None
