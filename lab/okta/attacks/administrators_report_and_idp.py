"""The intrusion at another victim of the same breach: 1Password's incident report on Okta (of September 2023).

An administrator had made a HAR file for Okta's support. Early on 29 September 2023 somebody used the session in it:
tried the administrator's dashboard (blocked), changed an existing identity provider that was tied to the production
Google environment, activated it, and requested a report of the administrators. The administrator was warned by the
e-mail about that report. Days later (here: hours) the intruder came back and tried to sign in by that identity
provider, which was gone by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Callable, Iterator, List, Tuple

from lab.okta import configuration, console, ids
from lab.okta.attacks.step import Step
from lab.okta.attacks.theft import Theft
from lab.okta.clients import Browser
from lab.okta.day import HOUR, MINUTE, Day, Roster
from lab.okta.event import Happening, Seat, happen, thing
from lab.okta.people import OKTA_SYSTEM, IdentityProvider, Organisation, Person
from lab.okta.places import Line
from lab.okta.sign_in import evaluation, sign_in

STEPS = {
    1: "opened the Admin Console with the stolen session",
    2: "tried the administrator's dashboard and was blocked",
    3: "changed an existing identity provider",
    4: "activated it",
    5: "requested a report of the administrators",
    6: "came back and tried to sign in by that identity provider, which was gone",
}
ADMINISTRATORS = "/reports/user/admin-access/"
_AGENT = Browser(
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.83 "
    "Safari/537.36", "Mac OS X", "CHROME",
)  # fmt: skip


@dataclass(frozen=True)
class AdministratorsReportAndIdp(Theft):
    """`by_day`: while the victim works at the office; otherwise in the evening, the laptop shut, the session alive."""

    name: str = "administrators_report_and_idp"
    by_day: bool = False
    console_succeeds: bool = True
    comes_back: bool = True

    def persons(self, organisation: Organisation) -> List[Person]:
        return organisation.with_role("super")[:1]

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        (person,) = self.persons(organisation)
        return Roster(frozenset({person.number}))

    def steps(self, day: Day) -> List[Step]:
        return self.logged(self._intrude(day))

    def surroundings(self, day: Day) -> Iterator[Happening]:
        """Warned by the e-mail, the victim signs in from home, cuts the sessions and takes the provider away."""
        person, begin = self._when(day)
        rng = day.rng(self.name, "surroundings")
        at = begin + 40 * MINUTE
        own = Seat(person.actor, person.laptop, person.home, ids.session_id(rng, day.organisation.cookie_prefix))
        yield from sign_in(rng, day, person, own, at)
        yield from console.open_console(rng, day, own, at + 2 * MINUTE)
        yield console.clear_sessions(rng, own, at + 4 * MINUTE, person.actor)
        own = replace(own, session=ids.session_id(rng, day.organisation.cookie_prefix))
        yield from sign_in(rng, day, person, own, at + 5 * MINUTE)
        yield from console.open_console(rng, day, own, at + 6 * MINUTE)
        yield configuration.change_idp(rng, own, at + 8 * MINUTE, self._idp(day), "deactivate")

    def _when(self, day: Day) -> Tuple[Person, float]:
        (person,) = self.persons(day.organisation)
        work = day.working_day(person)
        assert work is not None, "the roster put the victim at the office"
        rng = day.rng(self.name, "begin")
        if self.by_day:
            return person, work.start + rng.uniform(2.5, 4) * HOUR
        return person, work.end + rng.uniform(0.5, 2) * HOUR

    def _idp(self, day: Day) -> IdentityProvider:
        idp = day.organisation.identity_providers[0]
        return day.rng(self.name, "idp").choice(day.organisation.identity_providers) if self.vary else idp

    def _exit(self, day: Day, person: Person) -> Line:
        return self.exit(day.rng(self.name, "exit"), person)

    def _intrude(self, day: Day) -> Iterator[Step]:
        person, at = self._when(day)
        rng = day.rng(self.name, "intruder")
        work = day.working_day(person)
        assert work is not None
        organisation = day.organisation
        machine = self.machine(rng, _AGENT, person)
        seat = Seat(person.actor, machine, self._exit(day, person), work.sessions[0].id)
        seen = self.seen()
        idp = self._idp(day)

        def dashboard_tried(at: float) -> Iterator[Happening]:
            yield evaluation(rng, at, seat, organisation.dashboard, "DENY", organisation.policy, debug=seen)

        def idp_changed(at: float) -> Iterator[Happening]:
            yield configuration.change_idp(rng, seat, at, idp, "update")

        def idp_activated(at: float) -> Iterator[Happening]:
            yield configuration.change_idp(rng, seat, at, idp, "activate")

        def report_requested(at: float) -> Iterator[Happening]:
            report = [thing("Report", "admin-access", console.REPORTS["admin-access"])]
            yield happen(
                rng, at, "analytics.reports.export.request", seat, uri=ADMINISTRATORS + "async_csv_download_schedule",
                target=report, debug={"jobid": ids.request_id(rng)[:20]},
            )  # fmt: skip

        deeds: List[Tuple[int, Callable[[float], Iterator[Happening]]]] = [
            (2, dashboard_tried), (3, idp_changed), (4, idp_activated), (5, report_requested),
        ]  # fmt: skip
        if self.vary and rng.random() < 0.5:
            deeds = [deeds[3], *deeds[:3]]  # the report first
        pace = day.rng(self.name, "pace")
        if self.console_succeeds:
            for happening in console.open_console(rng, day, seat, at):
                yield self.step(rng, 1, happening)
        else:
            for happening in console.refused_console(rng, day, seat, at, debug=seen):
                yield self.step(rng, 1, happening)
        for number, deed in deeds:
            at += pace.uniform(1.5, 7) * MINUTE
            for happening in deed(at):
                yield self.step(rng, number, happening)
        if self.comes_back:
            yield from self._come_back(rng, day, at + pace.uniform(1.2, 1.8) * HOUR, seat, idp)

    def _come_back(self, rng: Random, day: Day, at: float, seat: Seat, idp: IdentityProvider) -> Iterator[Step]:
        """A session of nobody: Okta refuses what comes by an identity provider that is not active."""
        stranger = Seat(OKTA_SYSTEM, seat.machine, seat.line)
        target: List[dict] = [thing("AppInstance", idp.id, "SAML 2.0 IdP", idp.name), seat.actor.block]
        yield self.step(rng, 6, happen(
            rng, at, "user.authentication.auth_via_IDP", stranger, uri=f"/sso/saml2/{idp.id}", target=target,
            result="FAILURE", reason="Identity provider is not active", provider="FEDERATION",
            credential_type="ASSERTION", interface="IDP Instance",
        ))  # fmt: skip
