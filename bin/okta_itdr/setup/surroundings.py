"""What the checks look at, read once where several need it."""

from __future__ import annotations

from functools import cached_property
from typing import Callable, Dict, Optional

from okta_itdr.setup.indexes import DATA_MACRO, data_names
from okta_itdr.setup.searches import TABLE
from okta_itdr.splunk.administration import Administration
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble

ENTERPRISE_SECURITY = "SplunkEnterpriseSecuritySuite"
OFFICIAL = "Splunk_TA_okta_identity_cloud"
DAYS = 7  # that are looked at for events

_LOG = 'sourcetype="OktaIM2:log"'


class Surroundings:
    """The search head, asked by `splunk` as an administrator and by `rest` for collections and lookup files.

    `shipped_networks`: the day of the shipped IP data; raises Trouble where it cannot be read.
    """

    def __init__(self, splunk: Administration, rest: Splunk, shipped_networks: Callable[[], str]) -> None:
        self.splunk = splunk
        self.rest = rest
        self.shipped_networks = shipped_networks

    @cached_property
    def now(self) -> float:
        """Epoch seconds by splunkd's clock."""
        return self.rest.now()

    @cached_property
    def saved_searches(self) -> Dict[str, dict]:
        return self.splunk.saved_searches()

    @cached_property
    def table(self) -> str:
        """The table of detections, CSV."""
        text = self.rest.lookup_file(TABLE).read()
        if text is None:
            raise Trouble(f"The table of detections, {TABLE}, is not there: install the add-on again.")
        return text

    @cached_property
    def data_definition(self) -> str:
        """Where Okta's data is, as the macro says."""
        return self.splunk.macro(DATA_MACRO)

    @cached_property
    def newest_events(self) -> Dict[str, float]:
        """The time of the newest event of Okta's log by host, which is the tenant.

        By indexed fields alone, where the macro is names of indexes: a week of a large tenant is then read at once.
        """
        names = data_names(self.data_definition)
        search = "search `okta_itdr_log` | stats max(_time) AS newest BY host"
        if names is not None:
            search = f"| tstats max(_time) AS newest WHERE {self.data_definition if names else ''} {_LOG} BY host"
        return {row["host"]: float(row["newest"]) for row in self.splunk.search(search, f"-{DAYS}d")}

    @cached_property
    def enterprise_security(self) -> Optional[dict]:
        return self.splunk.app(ENTERPRISE_SECURITY)
