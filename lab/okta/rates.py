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
    "hr_creates": Rate(0.05, "of people created by the HR system a day", "guess"),
    "hr_bulk": Rate(120, "accounts in a bulk import", "facts: part E, 'hundreds'; guess", 7),
    "terraform_runs": Rate(3, "a day", "guess"),
    "scim_pushes": Rate(0.3, "a person and day", "guess"),
    "flows": Rate(12, "workflow runs a day", "guess"),
    "access_requests": Rate(2, "elevations a day, with three grants each", "guess"),
    # the rest of the world
    "spray": Rate(6, "rounds a day", "facts: part B, 'all day'; guess"),
    "spray_names": Rate(15, "names a round", "guess"),
    "travel": Rate(0.02, "of people and days", "guess"),
    "other_sign_ins": Rate(0.10, "of sign-ins by IdP, AD agent or desktop SSO", "guess"),
    "kiosk": Rate(3, "sign-ins a kiosk person and day", "guess"),
    "denied_console": Rate(2, "people refused at the console a day", "guess"),
    "pen_test": Rate(1, "a fortnight", "guess", 14),
    "break_glass": Rate(1, "a month", "guess", 30),
    "support": Rate(1, "a fortnight", "guess", 14),
    "clean_up": Rate(1, "account closed after a scare, a fortnight", "guess", 14),
    "large_events": Rate(1, "event of about 40 kB a day", "facts: part E"),
    "system_jobs": Rate(0.5, "an hour and ten people", "guess"),
    # how the log itself behaves
    "unenriched": Rate(1 / 3, "of events, AS and proxy null", "facts: okta-log 3, 62 of 158"),
    "late": Rate(0.01, "of events, up to an hour", "facts: okta-log 0.11; guess"),
    "late_session_start": Rate(0.04, "of session starts, after the events that depend on them", "guess"),
    "twice": Rate(0.003, "of events", "guess"),
}
