"""Every attack in every variant that the tests and the benchmark replay: attack → variant → settings."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

from lab.okta.attacks import ATTACKS, Attack

Settings = Dict[str, Any]
_BROWSER: Dict[str, Settings] = {
    "device_cookie_stolen_too": {"vary": True, "whole_har": True},
    "from_rented_servers": {"vary": True, "rented": True},
    "in_the_victims_own_country": {"same_country": True},
    "over_ipv6": {"vary": True, "ipv6": True},
    "forty_minutes_late": {"vary": True, "late": 2400.0},
    "out_of_order": {"vary": True, "out_of_order": True},
    "delivered_twice": {"vary": True, "repeated": True},
}
VARIANTS: Dict[str, Dict[str, Settings]] = {
    "beyondtrust_2023": {
        "as_reported": {},
        "other_addresses_agents_and_names": {"vary": True},
        **_BROWSER,
        "over_ipv6": {"ipv6": True},
        "console_never_opened_by_the_victim": {"vary": True, "console_open": False},
        "console_opened_by_the_thief": {"vary": True, "console_succeeds": True},
        "without_as_and_proxy": {"vary": True, "unenriched": True},
        "victim_idle": {"vary": True, "victim_works_on": False},
        "own_country_device_cookie_victim_idle": {"same_country": True, "whole_har": True, "victim_works_on": False},
        "two_victims": {"vary": True, "victims": 2},
        "nobody_defends": {"vary": True, "defended": False},
    },
    "administrators_report_and_idp": {
        "as_reported": {},
        "other_addresses_and_agents": {"vary": True},
        **_BROWSER,
        "while_the_victim_works": {"vary": True, "by_day": True},
        "console_refused": {"vary": True, "console_succeeds": False},
    },
    "help_desk_reset_then_idp": {
        "as_reported": {},
        "other_addresses_names_and_delays": {"vary": True},
        "from_rented_servers": {"vary": True, "rented": True},
        "in_the_victims_own_country": {"same_country": True},
        "over_ipv6": {"vary": True, "ipv6": True},
        "forty_minutes_late": {"vary": True, "late": 2400.0},
        "delivered_twice": {"vary": True, "repeated": True},
        "no_policy_weakened_no_username_changed": {"vary": True, "weakens": False, "renames_here": False},
        "hours_after_the_reset": {"vary": True, "waits": 2.5 * 3600.0},
    },
    "api_token_from_vps": {
        "scim_token": {},
        "other_addresses_agents_and_names": {"vary": True},
        "hr_token": {"vary": True, "token": "hr"},
        "terraform_token_with_its_own_agent": {"vary": True, "token": "terraform", "same_client": True},
        "role_for_the_new_account": {"vary": True, "grants": True},
        "refused_by_its_zone": {"vary": True, "refused": True},
        "through_a_vpn_service": {"vary": True, "rented": False},
        "over_ipv6": {"vary": True, "ipv6": True},
        "forty_minutes_late": {"vary": True, "late": 2400.0},
        "delivered_twice": {"vary": True, "repeated": True},
    },
    "cookie_replay_by_script": {
        "python_requests": {},
        "other_scripts": {"vary": True},
        "device_cookie_stolen_too": {"vary": True, "whole_har": True},
        "from_rented_servers": {"vary": True, "rented": True},
        "in_the_victims_own_country": {"same_country": True},
        "headless_browser": {"vary": True, "headless": True},
        "administrators_cookie": {"vary": True, "administrator": True},
        "over_ipv6": {"vary": True, "ipv6": True},
        "forty_minutes_late": {"vary": True, "late": 2400.0},
        "delivered_twice": {"vary": True, "repeated": True},
    },
}


def make(attack: str, variant: str, **more: Any) -> Attack:
    """`more`: settings besides, such as the day it happens on."""
    return ATTACKS[attack](**{**VARIANTS[attack][variant], **more})


def every() -> Iterator[Tuple[str, str]]:
    """Attack and variant, all of them."""
    for attack, variants in VARIANTS.items():
        for variant in variants:
            yield attack, variant
