"""Changes of policies, network zones and apps by those whose work it is, in the console: mostly to the better.

One in twenty takes a second factor away for an hour (a test, a migration) and puts it back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator

from lab.okta import configuration, ids
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening
from lab.okta.life.at_console import open_for

_RULES = ("Catch-all Rule", "Contractors", "Managed devices", "Offices")
_ZONES = ("Branch office Leeds", "Partner gateway", "Corporate Offices", "Blocked countries")
_SAID = ("acsUrl updated, audRestriction updated", "Label changed", "Pushing new users", "subDomain updated")


def events(day: Day) -> Iterator[Happening]:
    organisation = day.organisation
    rng = day.rng("configuration")
    owners = organisation.with_role("super", "organisation")
    for _ in range(day.times("configuration", len(owners))):
        owner = open_for(rng, day, "super", "organisation")
        if owner is None:
            return
        yield from owner.opening
        at, seat = owner.at, owner.seat
        draw = rng.random()
        if draw < 0.25:
            names = {"newPolicyRuleName": "Offices and VPN", "oldPolicyRuleName": "Offices"}
            yield configuration.change_rule(rng, seat, at, organisation.policy, rng.choice(_RULES), names)
        elif draw < 0.30:
            rule = "Contractors"
            yield configuration.change_rule(rng, seat, at, organisation.policy, rule, configuration.ONE_FACTOR)
            again = at + rng.uniform(20, 60) * MINUTE
            yield configuration.change_rule(
                rng, seat, again, organisation.policy, rule, configuration.TWO_FACTORS_AGAIN
            )
        elif draw < 0.5:
            how = "create" if rng.random() < 0.3 else "update"
            yield configuration.change_zone(rng, seat, at, rng.choice(_ZONES), how)
        elif draw < 0.9:
            app = rng.choice(organisation.apps)
            yield configuration.change_app(rng, seat, at, app, "update", rng.choice(_SAID))
        else:
            app = replace(rng.choice(organisation.apps[:8]), id=ids.object_id(rng, "0oa"), label="New SaaS (pilot)")
            yield configuration.change_app(rng, seat, at, app, "create")
            yield configuration.change_app(rng, seat, at + 2 * MINUTE, app, "activate")
