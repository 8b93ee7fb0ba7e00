"""Administrators at work: the console opened from where they sit, changes by the book, reports, resets.

Okta's backend shows up in their sessions at each opening; some of what they start Okta goes on with.
"""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import console, ids
from lab.okta.day import MINUTE, Day, WorkingDay
from lab.okta.event import Happening, Seat
from lab.okta.people import ROLES, Actor, Person
from lab.okta.rates import RATES


def events(day: Day) -> Iterator[Happening]:
    for work in day.administrators_at_work():
        if work.person.number not in day.roster.without_console:
            yield from _one(day, work)


def _one(day: Day, work: WorkingDay) -> Iterator[Happening]:
    rng = day.rng("administrators", work.person.number)
    openings = [work.sessions[0].start + 8 * MINUTE]
    openings += work.moments(rng, max(1, round(rng.gauss(RATES["console"].value - 1, 0.7))))
    if len(work.sessions) > 1:
        openings.append(work.sessions[1].start + 8 * MINUTE)
    for at in sorted(openings):
        seat = work.seat(rng, at)
        if seat is None:
            continue
        yield from console.open_console(rng, day, seat, at)
        for _ in range(max(1, round(RATES["admin_actions"].value / len(openings)))):
            at += rng.uniform(0.5, 6) * MINUTE
            session = work.session_at(at)
            if session and session.id == seat.session:
                yield from _action(rng, day, work.person, seat, at)


def _action(rng: Random, day: Day, person: Person, seat: Seat, at: float) -> Iterator[Happening]:
    """One change that this role may make."""
    organisation = day.organisation
    colleague = rng.choice([other for other in organisation.people if other is not person])
    group = rng.choice(organisation.groups)
    if person.role == "report":
        yield from console.export_report(rng, seat, at, rng.choice(("mfa", "app-access")))
        return
    draw = rng.random()
    if person.role == "help_desk" and draw < 0.4:
        yield console.reset_factors(rng, seat, at, colleague.actor, "OKTA_SOFT_TOKEN")
        theirs = day.working_day(colleague)
        answer = theirs.seat(rng, at + 20 * MINUTE) if theirs else None
        if answer:
            yield console.enrol_factor(rng, answer, at + 20 * MINUTE, "OKTA_SOFT_TOKEN")
    elif draw < 0.35:
        yield console.update_profile(rng, seat, at, colleague.actor)
    elif draw < 0.60:
        yield console.add_to_group(rng, seat, at, colleague.actor, group)
    elif draw < 0.75:
        yield console.assign_app(rng, seat, at, colleague.actor, rng.choice(organisation.apps))
    elif draw < 0.83 and person.role != "help_desk":
        name = f"contractor{rng.randrange(1000, 9999)}"
        created = Actor(ids.object_id(rng, "00u"), "User", f"{name}@{organisation.mail_domain}", name.title())
        yield from console.create_user(rng, seat, at, created)
    elif draw < 0.87 and person.role == "super":
        helper = rng.choice([other for other in organisation.people if not other.role])  # a revoke takes all roles away
        yield console.grant_roles(rng, seat, at, helper.actor, [ROLES["report"]], ids.request_id(rng))
        yield console.revoke_roles(rng, seat, at + 4 * MINUTE, helper.actor)
    elif draw < 0.91 and person.role != "help_desk":
        yield from console.export_report(rng, seat, at, rng.choice(sorted(console.REPORTS)))
    else:
        yield console.add_to_group(rng, seat, at, colleague.actor, group)
        if draw >= 1 - RATES["trs_events"].value:
            yield console.continued_by_okta(rng, seat, at + 2, group, colleague.actor)
