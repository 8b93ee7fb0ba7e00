"""Text messages as a factor: some people prove themselves by one, and a few administrators enrol a phone for it."""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import applications, console, ids
from lab.okta.day import Day
from lab.okta.event import Happening, Seat, happen, thing
from lab.okta.people import Person
from lab.okta.sign_in import evaluation, proof, verified


def codes(day: Day) -> Iterator[Happening]:
    """An app asks again, and the code in the message is the answer."""
    works = [work for work in day.at_work() if not work.person.role]
    for work in day.some("sms_codes", works, len(works)):
        rng = day.rng("sms_codes", work.person.number)
        for at in work.moments(rng, 1):
            seat = work.seat(rng, at)
            if seat is None:
                continue
            app = rng.choice(day.organisation.apps)
            yield evaluation(rng, at, seat, app, "CHALLENGE", day.organisation.policy)
            yield _sent(rng, at + 2, seat, work.person, "system.sms.send_factor_verify_message")
            yield proof(rng, at + 25, work.person, seat, "SMS_FACTOR")
            yield verified(rng, at + 25.3, seat)
            yield from applications.sign_on(rng, day, seat, app, at + 26)


def enrolments(day: Day) -> Iterator[Happening]:
    """Against the company's own rule, and so a finding of posture, rightly."""
    for work in day.some("sms_enrolments", day.console_workers(), len(day.organisation.administrators)):
        rng = day.rng("sms_enrolments", work.person.number)
        for at in work.moments(rng, 5)[:1]:
            seat = work.seat(rng, at)
            if seat:
                yield _sent(rng, at, seat, work.person, "system.sms.send_phone_verification_message")
                yield console.enrol_factor(rng, seat, at + 30, "SMS_FACTOR")


def _sent(rng: Random, at: float, seat: Seat, person: Person, event_type: str) -> Happening:
    always = Random(f"{person.actor.id}/telephone")
    # Masked but for its last digits, by the X's: nobody's number.
    number = f"+44 XXXX-XX{always.randrange(1000, 9999)}"
    phone = thing("MobilePhone", ids.object_id(always, "mbl"), number)
    return happen(
        rng, at, event_type, seat, uri="/idp/idx/challenge", target=[person.actor.block, phone],
        debug={"phoneNumber": number},
    )  # fmt: skip
