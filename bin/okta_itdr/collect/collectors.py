"""Every kind of input, by its scheme."""

from __future__ import annotations

from okta_itdr.collect.inventory import INVENTORY
from okta_itdr.collect.system_log import SYSTEM_LOG

COLLECTORS = {collector.scheme: collector for collector in (SYSTEM_LOG, INVENTORY)}
