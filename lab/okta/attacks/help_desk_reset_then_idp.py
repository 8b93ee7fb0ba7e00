"""Okta's advisory "Cross-Tenant Impersonation: Prevention and Detection" (31 August 2023).

The help desk is talked into resetting all factors of a super administrator whose password is known. The intruder
signs in as that administrator through an anonymising proxy, from an address and a device not seen before, grants
privileges to other accounts, resets the factors of other administrators, takes the second factor out of a policy, and
sets up a second identity provider as an impersonation app. A username there is changed to match that of a real person,
who is then signed in to apps by it. (The advisory's change of the username happens in the intruder's own tenant, where
no log of ours is; `renames_here` makes it happen to the account in this one.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Iterator, List, Optional

from lab.okta import applications, configuration, console, ids
from lab.okta.attacks.step import Step
from lab.okta.attacks.theft import Theft
from lab.okta.clients import Browser, Machine
from lab.okta.day import HOUR, MINUTE, Day, Roster
from lab.okta.event import Happening, Seat, happen, judgement, thing
from lab.okta.people import OKTA_SYSTEM, ROLES, IdentityProvider, Organisation, Person
from lab.okta.places import Line
from lab.okta.sign_in import evaluation, proof

STEPS = {
    1: "had the help desk reset all factors of a super administrator",
    2: "signed in as that administrator from a new place and device, and enrolled a factor",
    3: "opened the Admin Console",
    4: "granted privileges to another account and reset another administrator's factors",
    5: "took the second factor out of a policy",
    6: "created and activated a second identity provider",
    7: "changed a username to match",
    8: "signed in as somebody else by that identity provider",
}
_AGENT = Browser(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 "
    "Safari/537.36", "Windows 10", "CHROME",
)  # fmt: skip
_PROVIDERS = ("Org2Org", "Subsidiary SSO", "okta_org2org", "Corporate Login 2")


@dataclass(frozen=True)
class HelpDeskResetThenIdp(Theft):
    """`enrols`: the intruder's new factor. `weakens`, `renames_here`: steps 5 and 7 happen (in some cases, it says)."""

    name: str = "help_desk_reset_then_idp"
    enrols: str = "OKTA_SOFT_TOKEN"
    weakens: bool = True
    renames_here: bool = True
    waits: float = 20 * MINUTE  # from the reset to the sign-in

    def persons(self, organisation: Organisation) -> List[Person]:
        return organisation.with_role("super")[:1]

    def _help_desk(self, organisation: Organisation) -> Person:
        return organisation.with_role("help_desk")[0]

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        return Roster(frozenset({self._help_desk(organisation).number}))

    def steps(self, day: Day) -> List[Step]:
        return self.logged(self._intrude(day))

    def surroundings(self, day: Day) -> Iterator[Happening]:
        """The help desk's console, open for the day's work as always."""
        at = self._begin(day)
        work = day.working_day(self._help_desk(day.organisation))
        rng = day.rng(self.name, "surroundings")
        seat = work.seat(rng, at) if work else None
        if seat:
            yield from console.open_console(rng, day, seat, at - 4 * MINUTE)

    def _begin(self, day: Day) -> float:
        work = day.working_day(self._help_desk(day.organisation))
        assert work is not None, "the roster put the help desk at the office"
        return work.start + day.rng(self.name, "begin").uniform(2, 4.5) * HOUR

    def _intrude(self, day: Day) -> Iterator[Step]:
        organisation = day.organisation
        (person,) = self.persons(organisation)
        rng = day.rng(self.name, "intruder")
        pace = day.rng(self.name, "pace")
        at = self._begin(day)
        work = day.working_day(self._help_desk(organisation))
        desk = work.seat(rng, at) if work else None
        assert desk is not None
        for happening in configuration.reset_all_factors(rng, desk, at, person.actor, (person.factor,)):
            yield self.step(rng, 1, happening)

        at += pace.uniform(0.5, 2) * self.waits if self.vary else self.waits
        line: Line = self.exit(day.rng(self.name, "exit"), person)
        seat = Seat(person.actor, self.machine(rng, _AGENT, person), line, self._session(rng, day))
        for happening in self._sign_in(rng, day, person, seat, at):
            yield self.step(rng, 2, happening)
        at += pace.uniform(2, 6) * MINUTE
        for happening in console.open_console(rng, day, seat, at):
            yield self.step(rng, 3, happening)

        at += pace.uniform(2, 8) * MINUTE
        others = [one for one in organisation.people if one is not person and not one.role]
        helper, impersonated = rng.sample(others, 2)
        administrators = [one for one in organisation.administrators if one is not person]
        granted = console.grant_roles(rng, seat, at, helper.actor, [ROLES["super"]], ids.request_id(rng))
        yield self.step(rng, 4, granted)
        at += pace.uniform(1, 4) * MINUTE
        other = rng.choice(administrators)
        for happening in configuration.reset_all_factors(rng, seat, at, other.actor, (other.factor,)):
            yield self.step(rng, 4, happening)
        if self.weakens:
            at += pace.uniform(2, 6) * MINUTE
            weaker = configuration.change_rule(
                rng, seat, at, organisation.policy, "Catch-all Rule", configuration.ONE_FACTOR
            )
            yield self.step(rng, 5, weaker)
        at += pace.uniform(3, 12) * MINUTE
        idp = IdentityProvider(ids.object_id(rng, "0oa"), rng.choice(_PROVIDERS) if self.vary else _PROVIDERS[0])
        yield self.step(rng, 6, configuration.change_idp(rng, seat, at, idp, "create"))
        at += pace.uniform(0.5, 2) * MINUTE
        yield self.step(rng, 6, configuration.change_idp(rng, seat, at, idp, "activate"))
        if self.renames_here:
            at += pace.uniform(2, 6) * MINUTE
            renamed = happen(
                rng, at, "user.account.update_profile", seat, uri=f"/api/v1/users/{helper.actor.id}",
                target=[helper.actor.block], debug={"changedAttributes": "login"},
            )  # fmt: skip
            yield self.step(rng, 7, renamed)
        at += pace.uniform(3, 10) * MINUTE
        for happening in self._impersonate(rng, day, impersonated, seat.machine, line, at, idp):
            yield self.step(rng, 8, happening)

    def _session(self, rng: Random, day: Day) -> str:
        return ids.session_id(rng, day.organisation.cookie_prefix)

    def _sign_in(self, rng: Random, day: Day, person: Person, seat: Seat, at: float) -> Iterator[Happening]:
        """The password is known; a factor is enrolled at once, for none is left."""
        organisation = day.organisation
        seen = self.seen()
        yield evaluation(rng, at, seat, organisation.dashboard, "CHALLENGE", organisation.policy, debug=seen)
        yield proof(rng, at + 5, person, seat, "PASSWORD_AS_FACTOR")
        yield console.enrol_factor(rng, seat, at + 50, self.enrols)
        yield evaluation(rng, at + 52, seat, organisation.dashboard, "ALLOW", organisation.policy, debug=seen)
        answer = "/idp/idx/challenge/answer"
        yield happen(rng, at + 52.3, "user.session.start", seat, uri=answer, debug=seen, device=True)

    def _impersonate(
        self, rng: Random, day: Day, person: Person, machine: Optional[Machine], line: Line, at: float,
        idp: IdentityProvider,
    ) -> Iterator[Happening]:  # fmt: skip
        """Somebody else is signed in by the new provider and opens apps."""
        seat = Seat(person.actor, machine, line, self._session(rng, day))
        partner = thing("AppInstance", idp.id, "SAML 2.0 IdP", idp.name)
        yield happen(
            rng, at, "user.authentication.auth_via_IDP", replace(seat, actor=OKTA_SYSTEM),
            uri=f"/sso/saml2/{idp.id}", target=[partner, person.actor.block], provider="FEDERATION",
            credential_type="ASSERTION", interface="IDP Instance",
        )  # fmt: skip
        yield happen(rng, at + 1, "user.session.start", seat, uri="/idp/idx/identify", debug=judgement())
        for _ in range(2):
            at += rng.uniform(0.5, 3) * MINUTE
            yield from applications.sign_on(rng, day, seat, rng.choice(day.organisation.apps), at)
