"""What people do for themselves: a forgotten password, an account unlocked, a new phone's factor enrolled."""

from __future__ import annotations

from typing import Iterator

from lab.okta import console
from lab.okta.day import Day
from lab.okta.event import Happening, happen


def events(day: Day) -> Iterator[Happening]:
    works = [work for work in day.at_work() if not work.person.role]
    for work in day.some("self_service", works, len(works)):
        rng = day.rng("self_service", work.person.number)
        for at in work.moments(rng, 5)[:1]:
            seat = work.seat(rng, at)
            if seat is None:
                continue
            own = [seat.actor.block]
            draw = rng.random()
            if draw < 0.4:
                uri = "/api/v1/authn/recovery/password"
                yield happen(
                    rng, at, "user.account.reset_password", seat, uri=uri, target=own, debug={"isSelfInitiated": "true"}
                )
                yield happen(rng, at + 50, "user.account.update_password", seat, uri="/idp/idx/challenge/answer",
                             target=own)  # fmt: skip
            elif draw < 0.6:
                yield happen(rng, at, "user.account.unlock", seat, uri="/idp/idx/challenge/answer", target=own)
            else:
                if rng.random() < 0.5:
                    yield console.reset_factors(rng, seat, at - 20, seat.actor, "OKTA_VERIFY_PUSH")
                yield console.enrol_factor(rng, seat, at, "OKTA_VERIFY_PUSH")
