"""How often ordinary life happens: every figure of the simulated tenant, with its unit and source.

"facts" means facts/okta-log.md or DETECTIONS part E state the figure; "guess" means nobody published
one: a plausible figure, chosen high rather than low, because a tidy organisation flatters a detection.
"""

from __future__ import annotations

from typing import Dict, NamedTuple


class Rate(NamedTuple):
    """`value` in `unit`; a kind that does not happen daily happens on every `every`-th day, the first
    included, so that a demonstration of one day shows it."""

    value: float
    unit: str
    source: str
    every: int = 1


# Honest, and alarming: what a detection rightly reports as grave until somebody says that it was planned. These kinds
# are never forced into a demonstration's one day; they happen when their rates say.
ALARMING = frozenset(("federation", "roaming", "new_phones", "new_administrators"))

# Shares of the people who have a habit (one person at least).
SHARES: Dict[str, Rate] = {
    "border": Rate(0.03, "of people", "guess"),
    "egress": Rate(0.08, "of people", "guess"),
    "relay": Rate(0.05, "of people", "guess"),
    "old_machine": Rate(0.02, "of people", "guess"),
    "kiosk": Rate(0.05, "of people", "guess"),
    "two_browsers": Rate(0.10, "of people", "guess"),
    "stays_signed_in": Rate(0.05, "of people", "guess"),
    "web_view": Rate(0.15, "of people", "guess"),
    "vdi": Rate(0.03, "of people", "guess"),
    "own_vpn": Rate(0.01, "of people", "guess: a consumer VPN switched on at home"),
    "esr": Rate(0.03, "of people", "guess: Firefox's Extended Support Release"),
    "frozen_browser": Rate(0.02, "of people", "guess: a browser that somebody's image keeps back"),
}

RATES: Dict[str, Rate] = {
    # a person's day
    "attendance": Rate(0.92, "of people on a weekday", "guess"),
    "weekend": Rate(0.12, "of people on a Saturday or Sunday", "guess"),
    "sso": Rate(14, "app sign-ons a person and day", "guess"),
    "step_up": Rate(0.10, "of app sign-ons", "guess"),
    "mistyped": Rate(0.06, "of sign-ins, one failure before", "guess"),
    "sign_out": Rate(0.30, "of sessions", "guess"),
    "office_day": Rate(0.60, "of working days", "guess"),
    "hotspot": Rate(0.25, "of working days, an hour at lunch", "guess"),
    "commute": Rate(0.20, "of working days, the laptop on the phone's network on the way", "guess"),
    "evening": Rate(0.35, "of working days, a last hour at home", "guess"),
    "carrier_abroad": Rate(
        0.03, "of a phone's requests by a carrier's exit abroad", "facts: part E, 'sometimes'; guess"
    ),
    # machines and lines
    "phones": Rate(0.50, "of people use apps on the phone", "guess"),
    "phone_sso": Rate(6, "app sign-ons on the phone a day", "guess"),
    "dual_stack": Rate(0.40, "of requests over IPv6 where the line has it", "guess"),
    "oauth_exchange": Rate(1.0, "of sign-ons to an OpenID app, a token exchange after it", "facts: okta-log 0.6"),
    "browser_update": Rate(0.05, "of people and days", "guess; releases every 4 weeks"),
    "restored_laptop": Rate(0.02, "of people and days", "guess", 3),
    # administrators and their tools
    "console": Rate(2.5, "console openings an administrator and day", "guess"),
    "admin_actions": Rate(9, "changes an administrator and day", "guess"),
    "backend": Rate(1.0, "of console openings, Okta's backend in the session", "facts: okta-log 0.5; sample of 2021"),
    "trs_events": Rate(
        0.10, "of admin actions, continued by Okta without a client", "facts: DETECTIONS notions; guess"
    ),
    "hr_creates": Rate(0.003, "of people created by the HR system a day", "guess: half of them again a year"),
    "leavers": Rate(0.002, "of people deactivated by the HR system a day", "guess: as many leave in the end"),
    "hr_bulk": Rate(120, "accounts in a bulk import", "facts: part E, 'hundreds'; guess", 7),
    "terraform_runs": Rate(3, "a day", "guess"),
    "terraform_security": Rate(0.10, "of Terraform's runs change a policy or a zone", "guess"),
    "token_moves": Rate(10, "the day on which the SCIM client's network moves for good", "guess"),
    "scim_pushes": Rate(0.3, "a person and day", "guess"),
    "flows": Rate(0.2, "workflow runs a person and day", "guess"),
    "access_requests": Rate(0.005, "elevations a person and day, with three grants each", "guess"),
    "service_apps": Rate(24, "tokens a day that a monitoring app is given", "guess: one an hour"),
    "service_accounts": Rate(0.9, "of service accounts sign in a day, from the data centre", "guess"),
    "new_service_accounts": Rate(0.0004, "a person and day, named like older ones", "guess"),
    "guests": Rate(0.15, "of guests' accounts have their profiles pushed a day", "guess"),
    # administrators' rarer work
    "new_administrators": Rate(0.02, "an administrator and day, granted by the book", "guess"),
    "configuration": Rate(0.10, "policy, zone or app changes an administrator (super, organisation) and day", "guess"),
    "federation": Rate(0.05, "an identity provider's or hook's maintenance a day, by its owner", "guess"),
    "auditors": Rate(1, "round of reports a month", "guess", 30),
    "api_tokens": Rate(0.04, "an API token made or rotated a day", "guess"),
    "new_phones": Rate(0.003, "an administrator and day has a new phone, and the factors reset", "guess"),
    "sms_enrolments": Rate(0.002, "an administrator and day enrols a phone with SMS", "guess"),
    "roaming": Rate(0.005, "an administrator and day, Okta says that a session roams", "guess"),
    # people's rarer needs
    "self_service": Rate(0.01, "a person and day: password, unlock, a new factor", "guess"),
    "sms_codes": Rate(0.01, "a person and day proves itself by SMS", "guess"),
    "vpn_gateway": Rate(0.10, "of people sign in to the VPN by RADIUS a day", "guess"),
    # the rest of the world
    "spray": Rate(6, "rounds a day, and one more a thousand people", "facts: part B, 'all day'; guess"),
    "spray_names": Rate(15, "names a round, or a hundredth of the people", "guess"),
    "travel": Rate(0.02, "of people and days", "guess"),
    "other_sign_ins": Rate(0.10, "of sign-ins by IdP, AD agent or desktop SSO", "guess"),
    "kiosk": Rate(3, "sign-ins a kiosk person and day", "guess"),
    "denied_console": Rate(0.08, "refusals at the console an administrator and day, two at least", "guess"),
    "pen_test": Rate(1, "a fortnight", "guess", 14),
    "break_glass": Rate(1, "a month", "guess", 30),
    "support": Rate(1, "a fortnight", "guess", 14),
    "clean_up": Rate(0.07, "accounts closed after a scare, a thousand people and day", "guess"),
    "large_events": Rate(1, "event of about 40 kB a day", "facts: part E"),
    "system_jobs": Rate(0.5, "an hour and ten people", "guess"),
    # how the log itself behaves
    "unenriched": Rate(1 / 3, "of events, AS and proxy null", "facts: okta-log 3, 62 of 158"),
    "late": Rate(0.01, "of events, up to an hour", "facts: okta-log 0.11; guess"),
    "late_session_start": Rate(0.04, "of session starts, after the events that depend on them", "guess"),
    "twice": Rate(0.003, "of events", "guess"),
}
