"""The input that keeps a list of networks: what it is given of Splunk, and what it says there."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Mapping

from okta_itdr.collect.argument import Argument
from okta_itdr.collect.health import Health
from okta_itdr.ip_lists.fetch import fetch
from okta_itdr.ip_lists.network_list import OKTA, TYPES, NetworkList, check, network_list
from okta_itdr.ip_lists.refresh import Refreshed, refresh
from okta_itdr.ip_lists.shelves import OKTA_RANGES, LookupShelf, RangesShelf, Shelf, lookup_name
from okta_itdr.ip_lists.version import Version
from okta_itdr.splunk.account import Settings
from okta_itdr.splunk.modular_input import Started
from okta_itdr.splunk.rest import Splunk
from okta_itdr.trouble import Trouble


class IpListInput:
    """Modular input okta_itdr_ip_list, on the search head."""

    scheme = "okta_itdr_ip_list"
    title = "IP List"
    description = (
        "A list of networks that you chose, kept fresh for ipintel: Tor exits, a provider's ranges, Okta's own."
    )
    arguments = (
        Argument("address", "Address", "Where the list is, beginning with https://.", required=True),
        Argument("type", "Holds", f"What its networks are: {', '.join(TYPES)}.", required=True),
        Argument("provider", "Provider", "Whose they are, as searches show it.", required=False),
        Argument("parts", "Parts", "Of JSON: names below which to look, with commas between.", required=False),
        Argument("keep_for", "Keep for (days)", "How long it counts without another fetch.", required=False),
        Argument("fewest", "Fewest networks", "With fewer it is not believed.", required=False),
        Argument("most", "Most networks", "With more it is not taken.", required=False),
        Argument("ca_certificates", "CA certificates", "PEM trusted beside the public authorities.", required=False),
    )

    def check(self, settings: Mapping[str, str]) -> None:
        check(settings)

    def work(self, started: Started) -> None:
        splunk = Splunk(started.server_uri, started.session_key)
        now = splunk.now()
        health = Health("", "", self.scheme, started.name, counts=())
        try:
            done = _refresh(started, splunk, now)
        except Trouble as trouble:
            health.state(list="kept")
            started.tell_health(health.report(now, trouble), now)
            raise
        health.state(list="written" if done.written else "unchanged", entries=done.entries, left_out=done.left_out)
        started.tell_health(health.report(now), now)


def _refresh(started: Started, splunk: Splunk, now: float) -> Refreshed:
    pages = Settings(started.server_uri, started.session_key)
    started.log.setLevel(pages.log_level())
    wanted = network_list(started.name, started.settings)
    proxy = pages.proxy()
    done = refresh(
        wanted,
        _shelf(wanted, splunk),
        Version(started.folder, wanted),
        lambda version: fetch(wanted, version, proxy),
        datetime.fromtimestamp(now, timezone.utc).date(),
    )
    started.log.info(
        "List %s from %s: %d networks, %d lines left out, %s.",
        wanted.name, wanted.shown, done.entries, done.left_out, "written" if done.written else "nothing to write",
    )  # fmt: skip
    return done


def _shelf(wanted: NetworkList, splunk: Splunk) -> Shelf:
    if wanted.type == OKTA:
        return RangesShelf(wanted, splunk.collection(OKTA_RANGES))
    return LookupShelf(wanted, splunk.lookup_file(lookup_name(wanted)))
