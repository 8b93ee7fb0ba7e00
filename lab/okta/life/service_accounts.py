"""Service accounts: their daily sign-ins from the data centre, and new ones made by the book.

A new one is named like older ones (svc_backup2 beside svc_backup), by the administrator who always makes them.
"""

from __future__ import annotations

from random import Random
from typing import Iterator, Optional

from lab.okta import clients, console, ids, places
from lab.okta.clients import Machine
from lab.okta.day import Day
from lab.okta.event import Happening, Seat, happen, judgement
from lab.okta.life.at_console import AtConsole, open_for
from lab.okta.people import Actor
from lab.okta.rates import RATES

_LIBRARY = clients.service("Java/17.0.10")


def daily(day: Day) -> Iterator[Happening]:
    """One sign-in a day each, at its own minute, with a password alone, and out again."""
    organisation = day.organisation
    for number, account in enumerate(organisation.service_accounts):
        rng = day.rng("service_accounts", number)
        if rng.random() >= RATES["service_accounts"].value:
            continue
        at = day.start + (number * 37 % 1440) * 60 + rng.random() * 20
        office = places.SITES[number % 2].office
        seat = Seat(account, Machine(_LIBRARY, "", ""), office.line(number % 13), None, cookies=False)
        signed_in = Seat(
            account, seat.machine, seat.line, ids.session_id(rng, organisation.cookie_prefix), cookies=False
        )
        yield happen(
            rng, at, "user.session.start", signed_in, uri="/api/v1/authn", debug=judgement(), target=[account.block]
        )
        yield happen(rng, at + 30, "user.session.end", signed_in, uri="/api/v1/sessions/me")


def _usual_administrator(rng: Random, day: Day) -> Optional[AtConsole]:
    """Always the same one, or the deputy."""
    models = day.organisation.models
    for role in ("organisation", "super"):
        for work in day.console_workers(role):
            if work.person.number in models:
                return open_for(rng, day, work=work)
    return None


def made(day: Day) -> Iterator[Happening]:
    organisation = day.organisation
    rng = day.rng("new_service_accounts")
    for _ in range(day.times("new_service_accounts", len(organisation.people))):
        owner = _usual_administrator(rng, day)
        if owner is None:
            return
        yield from owner.opening
        older = rng.choice(organisation.service_accounts).display_name
        digit = older.rstrip("0123456789") != older
        name = older.rstrip("0123456789") + str(rng.randrange(2, 30)) if digit else older + str(rng.randrange(2, 6))
        account = Actor(ids.object_id(rng, "00u"), "User", f"{name}@{organisation.mail_domain}", name)
        yield from console.create_user(rng, owner.seat, owner.at, account, activate=rng.random() < 0.7)
