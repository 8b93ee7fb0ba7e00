"""Just-in-time elevation: a request, its approval, then several grants for the one change.

Okta itself grants, for the approver, so the grants have no client; `privilegeGranted` grows with each.
"""

from __future__ import annotations

from typing import Iterator

from lab.okta import ids
from lab.okta.day import HOUR, MINUTE, Day
from lab.okta.event import Happening, happen, system, thing
from lab.okta.people import ROLES


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("access_requests")
    at_work = day.at_work()
    for work in rng.sample(at_work, min(len(at_work), day.count("access_requests", len(day.organisation.people)))):
        at = work.start + rng.uniform(1, 3) * HOUR
        seat = work.seat(rng, at)
        if seat is None:
            continue
        request = ids.request_id(rng)[:24]
        subject = thing("AccessRequest", request, "Temporary administrator access")
        asked = {"accessRequestId": request, "requesterId": seat.actor.id}
        # First-party services such as Access Requests have no session (facts/okta-log 0.12).
        yield happen(rng, at, "access.request.create", system(), target=[subject, seat.actor.block], debug=asked)
        approved = at + rng.uniform(3, 30) * MINUTE
        asked = {**asked, "accessRequestStatus": "RESOLVED"}
        yield happen(rng, approved, "access.request.resolve", system(), target=[subject, seat.actor.block], debug=asked)
        job = ids.request_id(rng)
        roles = [ROLES["help_desk"], "Group Membership administrator", ROLES["report"]]
        for number in range(len(roles)):
            yield happen(
                rng,
                approved + 2 + number / 2,
                "user.account.privilege.grant",
                system(),
                target=[seat.actor.block],
                request=job,
                debug={"privilegeGranted": ", ".join(roles[: number + 1])},
            )
        role = thing("CUSTOM_ROLE", ids.object_id(rng, "cr0"), "Report readers")
        yield happen(
            rng, approved + 4, "iam.resourceset.bindings.add", system(), target=[role, seat.actor.block], request=job
        )
        yield happen(
            rng, approved + 2 * HOUR, "user.account.privilege.revoke", system(), target=[seat.actor.block], request=job
        )
