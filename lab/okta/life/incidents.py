"""Rare and alarming, but in order: support by appointment, a pen test, break-glass, a clean-up."""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import clients, console, ids, places
from lab.okta.clients import Machine
from lab.okta.day import HOUR, MINUTE, Day, WorkingDay
from lab.okta.event import Happening, Seat, happen, judgement, thing
from lab.okta.people import Actor
from lab.okta.sign_in import refused, sign_in


def support(day: Day) -> Iterator[Happening]:
    """An administrator grants access for a case; Okta's support looks in and leaves."""
    works = day.administrators_at_work("super", "organisation")
    if not day.due("support") or not works:
        return
    rng = day.rng("support")
    work = rng.choice(works)
    at = work.start + 3 * HOUR
    seat = work.seat(rng, at)
    if seat is None:
        return
    case = {"caseNumber": str(rng.randrange(10_000_000, 99_999_999))}
    uri = "/api/internal/orgSettings/oktaSupport/grant"
    yield happen(rng, at, "user.session.impersonation.grant", seat, uri=uri, target=[seat.actor.block], debug=case)
    agent = Actor(ids.object_id(rng, "00u"), "User", "support.engineer@okta.example", "Okta Support")
    machine = Machine(clients.MAC_CHROME, ids.dt_hash(rng), ids.fingerprint(rng))
    helper = Seat(agent, machine, places.OKTA_SUPPORT.line(rng.randrange(6)), ids.session_id(rng, "102"))
    visited = [thing("User", seat.actor.id, seat.actor.display_name, seat.actor.alternate_id)]
    yield happen(rng, at + 15 * MINUTE, "user.session.impersonation.initiate", helper, target=visited, debug=case)
    yield happen(rng, at + 50 * MINUTE, "user.session.impersonation.end", helper, target=visited, debug=case)


def pen_test(day: Day) -> Iterator[Happening]:
    """Hired testers: guesses, a test account that signs in and is refused the console."""
    if not day.due("pen_test"):
        return
    rng = day.rng("pen_test")
    organisation = day.organisation
    tester = Actor(ids.object_id(rng, "00u"), "User", f"pentest@{organisation.mail_domain}", "Pen Test")
    machine = Machine(clients.LINUX_FIREFOX, ids.dt_hash(rng), ids.fingerprint(rng))
    seat = Seat(tester, machine, places.PEN_TEST_FIRM.line(rng.randrange(6)), ids.session_id(rng, "idx"))
    at = day.start + 13 * HOUR + rng.random() * HOUR
    for person in rng.sample(organisation.people, 5):
        yield refused(rng, at - rng.uniform(60, 600), Seat(person.actor, machine, seat.line))
    yield happen(rng, at, "user.authentication.verify", seat, uri="/idp/idx/challenge/answer", debug=judgement())
    yield happen(rng, at + 1, "user.session.start", seat, uri="/idp/idx/challenge/answer", debug=judgement())
    for _ in range(3):
        at += rng.uniform(2, 9) * MINUTE
        yield from console.refused_console(rng, day, seat, at, by_policy=False)


def break_glass(day: Day) -> Iterator[Happening]:
    """The emergency account, tried out from the office: super administrator, never used otherwise."""
    works = day.administrators_at_work("super")
    if not day.due("break_glass") or not works:
        return
    rng = day.rng("break_glass")
    work = works[0]
    organisation = day.organisation
    account = Actor(ids.object_id(rng, "00u"), "User", f"emergency@{organisation.mail_domain}", "Emergency Access")
    machine = Machine(clients.WINDOWS_CHROME, ids.dt_hash(rng), ids.fingerprint(rng))
    seat = Seat(account, machine, work.person.site.office.line(12), ids.session_id(rng, organisation.cookie_prefix))
    at = work.start + 5 * HOUR
    yield happen(
        rng,
        at,
        "user.authentication.auth_via_mfa",
        seat,
        uri="/idp/idx/challenge/answer",
        target=[account.block],
        debug={"factor": "FIDO_WEBAUTHN"},
        provider="FACTOR_PROVIDER",
    )
    yield happen(rng, at + 1, "user.session.start", seat, uri="/idp/idx/challenge/answer", debug=judgement())
    yield from console.open_console(rng, day, seat, at + 30)
    yield happen(rng, at + 6 * MINUTE, "user.session.end", seat, uri="/login/signout")


def clean_up(day: Day) -> Iterator[Happening]:
    """After a scare: a colleague's account closed, the sessions cut, the factors reset, then a new sign-in."""
    works = day.console_workers("super", "organisation")
    rng = day.rng("clean_up")
    for _ in range(day.times("clean_up", max(1.0, len(day.organisation.people) / 1000)) if works else 0):
        yield from _clean_up(rng, day, rng.choice(works))


def _clean_up(rng: Random, day: Day, work: WorkingDay) -> Iterator[Happening]:
    at = work.start + rng.uniform(3.5, 5) * HOUR
    seat = work.seat(rng, at)
    candidates = [person for person in day.organisation.people if not person.role and day.working_day(person) is None]
    if seat is None or not candidates:
        return
    frightened = rng.choice(candidates)
    yield console.clear_sessions(rng, seat, at, frightened.actor)
    yield console.close_account(rng, seat, at + 20, frightened.actor, "suspend")
    yield console.reset_factors(rng, seat, at + 45, frightened.actor, "OKTA_VERIFY_PUSH")
    uri = f"/api/v1/users/{frightened.actor.id}/lifecycle/reset_password"
    target = [frightened.actor.block]
    yield happen(rng, at + 70, "user.account.reset_password", seat, uri=uri, query="sendEmail=true", target=target)
    back = at + 2 * HOUR
    again = Seat(
        frightened.actor, frightened.laptop, frightened.home, ids.session_id(rng, day.organisation.cookie_prefix)
    )
    yield from sign_in(rng, day, frightened, again, back)
    yield console.enrol_factor(rng, again, back + 90, "OKTA_VERIFY_PUSH")
