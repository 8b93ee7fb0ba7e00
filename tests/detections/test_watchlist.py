"""The admin's own watchlist beside the one that came with the add-on: networks, IPv6, expiry, what is no address."""

from __future__ import annotations

import pytest
from installed_addon import LOG, addon, moment
from okta_events import event

pytestmark = pytest.mark.usefixtures("tarball")

NOW = moment("2026-03-10T12:00:00Z")
T = NOW - 3600
LISTED = (
    "`okta_itdr_log` `okta_itdr_watchlist_terms` | stats min(_time) AS first_time BY tenant src_ip uuid "
    "| `okta_itdr_watched(src_ip,first_time)` | where isnotnull(indicator) | table src_ip indicator listed_by"
)
OWN = [
    {"_key": "one", "indicator": "198.51.100.0/24", "reason": "scans", "source": "a partner"},
    {"_key": "two", "indicator": "203.0.113.64/27"},
    {"_key": "three", "indicator": "2001:DB8:40::/48", "reason": "six"},
    {"_key": "four", "indicator": "192.0.2.9/32", "reason": "old", "expires": T},
    {"_key": "five", "indicator": "evil.example"},
    {"_key": "six", "indicator": "23.105.182.0/24", "reason": "the whole neighbourhood"},
]


@pytest.fixture(scope="module")
def splunk():
    with addon(NOW) as installed:
        installed.write("okta_itdr_watchlist", *OWN)
        addresses = {
            "198.51.100.7": T, "198.51.101.7": T, "203.0.113.70": T, "203.0.113.60": T, "2001:db8:40::7": T,
            "2001:db8:41::7": T, "192.0.2.9": T - 60, "23.105.182.19": T, "202.59.10.100": T, "192.0.2.10": T,
        }  # fmt: skip
        later = event(T + 60, "user.session.start", address="192.0.2.9", name="after the expiry")
        installed.index(LOG, [later, *(event(at, "user.session.start", address=ip) for ip, at in addresses.items())])
        yield installed


def listed(splunk):
    return {row["src_ip"]: (row["indicator"], row["listed_by"]) for row in splunk.search(LISTED, NOW)}


def test_an_entry_counts_by_network_and_time_your_own_first(splunk):
    found = listed(splunk)
    assert found.keys() == {
        "198.51.100.7",
        "203.0.113.70",
        "2001:db8:40::7",
        "192.0.2.9",
        "23.105.182.19",
        "202.59.10.100",
    }
    assert found["198.51.100.7"] == ("198.51.100.0/24", "your list: scans, a partner")
    assert found["203.0.113.70"] == ("203.0.113.64/27", "your list")
    assert found["23.105.182.19"] == ("23.105.182.0/24", "your list: the whole neighbourhood")
    assert found["202.59.10.100"][0] == "202.59.10.100/32"
    assert "harfiles of 2023-10-20" in found["202.59.10.100"][1]


def test_an_expired_entry_still_counts_for_what_happened_before(splunk):
    rows = [row for row in splunk.search(LISTED, NOW) if row["src_ip"] == "192.0.2.9"]
    assert len(rows) == 1  # of two events: before and after


def test_the_first_pipe_reads_candidates_alone(splunk):
    """What no entry can mean is not read: the index answers, not the lookup."""
    rows = splunk.search("`okta_itdr_log` `okta_itdr_watchlist_terms` | stats count BY src_ip", NOW)
    assert {row["src_ip"] for row in rows}.isdisjoint({"198.51.101.7", "192.0.2.10"})


@pytest.mark.parametrize("wide", ["0.0.0.0/0", "2000::/3", "::/0"])
def test_a_network_too_wide_for_a_term_reads_every_event(splunk, wide):
    splunk.write("okta_itdr_watchlist", {"_key": "wide", "indicator": wide})
    assert len(listed(splunk)) > 6
    splunk.write("okta_itdr_watchlist", {"_key": "wide", "indicator": "198.51.100.0/24"})


def test_more_entries_than_terms_pay_are_still_all_found(splunk):
    many = [{"_key": f"many{i}", "indicator": f"100.{i // 250}.{i % 250}.1/32"} for i in range(600)]
    splunk.write("okta_itdr_watchlist", *many)
    rows = splunk.search("`okta_itdr_log` `okta_itdr_watchlist_terms` | stats count BY src_ip", NOW)
    assert len(rows) == 10
    assert "203.0.113.70" in listed(splunk)
