"""An AS by its number: what Okta says of an address's AS counts where no list knows the address."""

from __future__ import annotations

import pytest

from .ip_data_world import NOW, App

VPS_MALAYSIA = "AS55720"


def test_the_as_of_the_reports_provider_is_hosting_and_says_why(app: App) -> None:
    verdict = app.verdict(VPS_MALAYSIA)
    assert (verdict["type"], verdict["is_hosting"], verdict["confidence"]) == ("hosting", "true", "medium")
    assert (verdict["network"], verdict["asn"]) == (VPS_MALAYSIA, "55720")
    assert verdict["source"][0].startswith("okta_itdr:table ") and "BeyondTrust" in verdict["reason"]
    assert app.verdict(VPS_MALAYSIA.lower()) == verdict


@pytest.mark.parametrize("text", ["AS", "AS0", "AS4294967296", "AS-1", "AS 64500", "ASN64500", "AS1.10", "64500"])
def test_what_is_no_as_number_would_be_taken_for_one(app: App, text: str) -> None:
    assert app.verdict(text)["type"] == "malformed"


@pytest.mark.parametrize("text", ["AS64500", "AS7922", "AS4294967295"])
def test_an_as_that_nobody_judged_would_be_called_something(app: App, text: str) -> None:
    verdict = app.verdict(text)
    assert (verdict["type"], verdict["types"], verdict["is_hosting"]) == ("", [], "false")


def test_an_own_entry_for_the_as_wins_until_it_expires(app: App) -> None:
    app.own("AS55720,ordinary,Branch office,ann@example.com,their only line,2027-01-31")
    assert (app.verdict(VPS_MALAYSIA)["type"], app.verdict(VPS_MALAYSIA)["source"]) == ("ordinary", ["own"])
    assert app.verdict(VPS_MALAYSIA, NOW + 30 * 86400)["type"] == "hosting"


def test_a_fetched_list_that_names_the_as_speaks_beside_the_table(app: App) -> None:
    app.fetched("vpns", "AS55720,vpn,Some VPN,vpns,https://lists.example/vpn,2027-02-01,2027-01-14")
    verdict = app.verdict(VPS_MALAYSIA)
    assert (verdict["type"], verdict["types"], verdict["is_vpn"]) == ("hosting", ["hosting", "vpn"], "true")
    assert "list:vpns 2027-01-14" in verdict["source"]
