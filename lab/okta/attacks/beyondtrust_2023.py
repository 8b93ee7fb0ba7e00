"""The intrusion of BeyondTrust's report of 20 October 2023 (told in DETECTIONS.md), and its variants.

An administrator signs in from the office in the morning and uploads a HAR file to a support system.
Within half an hour the cookie in it is used elsewhere: the Admin Console (policy: DENY), the password
health report behind it, the end-user dashboard (CHALLENGE, never answered), then the public API (a user
is created). The defenders close that account and cut the session. No sign-in comes from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Callable, Iterator, List, Optional, Tuple

from lab.okta import applications, console, exits, ids, places
from lab.okta.attacks import imitation
from lab.okta.attacks.step import Step
from lab.okta.attacks.theft import Theft
from lab.okta.clients import Browser
from lab.okta.day import MINUTE, Day, Roster
from lab.okta.event import Happening, Seat, happen, thing
from lab.okta.people import Actor, Organisation, Person
from lab.okta.places import Line
from lab.okta.sign_in import evaluation, sign_in

# The report cuts the agent after "Gecko)"; the old Chrome is the one of Okta's own advisory.
REPORTED_AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/99.0.4844.83 Safari/537.36"
)
STEPS = {
    1: "used the stolen session on the Admin Console; policy refused",
    2: "asked the API behind the console for the password health report",
    3: "tried the dashboard and was asked for a factor",
    4: "created an account over the API",
}
PASSWORD_HEALTH = "/reports/password-health/async_csv_download_schedule"


@dataclass(frozen=True)
class BeyondTrust2023(Theft):
    """The reference scenario; every field is one of the variants that the tests must also make (variants.py).

    `exits` are the lines of steps 1 to 3 and of step 4. Varied, the seed also chooses the pace and the order of the
    steps.
    """

    name: str = "beyondtrust_2023"
    victims: int = 1
    exits: Optional[Tuple[Line, Line]] = None
    account: Optional[str] = None
    console_open: bool = True  # the victim's own context opened the console before
    console_succeeds: bool = False
    victim_works_on: bool = True
    defended: bool = True

    def persons(self, organisation: Organisation) -> List[Person]:
        """The victims: super administrators first, as the one of the report was."""
        able = organisation.with_role("super") + organisation.with_role("organisation", "help_desk", "report")
        if self.victims > len(able):
            raise ValueError(f"{self.name}: {self.victims} victims wanted, {len(able)} administrators there")
        return able[: self.victims]

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        """Victims and defenders are at the office that day; the victims' sessions are cut."""
        numbers = victims = frozenset(person.number for person in self.persons(organisation))
        cut = {}
        if self.defended:
            for victim, person in enumerate(self.persons(organisation)):
                cut[person.number] = self._upload(day, person, victim) + 34 * MINUTE
                defender = self._defender(day, person)
                numbers |= {defender.number} if defender else set()
        return Roster(numbers, frozenset() if self.console_open else victims, cut)

    def steps(self, day: Day) -> List[Step]:
        """The intruder's events; steps 1 console, 2 report, 3 dashboard, 4 account, as DETECTIONS counts."""
        found: List[Step] = []
        for victim, person in enumerate(self.persons(day.organisation)):
            found.extend(self._intrude(day, person, victim))
        return self.logged(found)

    def surroundings(self, day: Day) -> Iterator[Happening]:
        """What honest people do because of it or beside it: the victim's own work, the defenders'."""
        for victim, person in enumerate(self.persons(day.organisation)):
            rng = day.rng(self.name, "surroundings", victim)
            upload = self._upload(day, person, victim)
            work = day.working_day(person)
            assert work is not None, "the roster put the victim at the office"
            if self.victim_works_on:
                steps = [step.happening.at for step in self._intrude(day, person, victim)]
                pauses = [(one + other) / 2 for one, other in zip(steps, steps[1:]) if other - one > MINUTE]
                for at in (upload + 2 * MINUTE, *pauses, steps[-1] + 3 * MINUTE):
                    seat = work.seat(rng, at)
                    if seat:
                        yield from applications.sign_on(rng, day, seat, rng.choice(day.organisation.apps), at)
            if self.defended:
                yield from self._defend(day, person, victim)

    def _upload(self, day: Day, person: Person, victim: int) -> float:
        """When the HAR file was handed over: an hour and more after the morning's sign-in."""
        rng = day.rng(self.name, "upload", victim)
        return day.local(person.site.place, 11.4 + rng.random() * 0.5) + victim * 3 * MINUTE

    def _exits(self, rng: Random, person: Person) -> Tuple[Line, Line]:
        if self.exits:
            return self.exits
        if not (self.vary or self.same_country or self.ipv6 or self.rented):
            return places.VPS_MALAYSIA.line(0), places.LEASEWEB.line(0)
        first, second = rng.sample(exits.RENTED if self.rented else exits.VPN, 2)
        return self.line(rng, first, person), self.line(rng, second, person)

    def _account(self, day: Day, victim: int) -> Actor:
        rng = day.rng(self.name, "account", victim)
        name = self.account or "svc_network_backup"
        if self.vary and not self.account:
            name = imitation.of_service_account(rng, day.organisation)
        if victim:
            name += str(victim + 1)
        return Actor(ids.object_id(rng, "00u"), "User", f"{name}@{day.organisation.mail_domain}", name)

    def _intrude(self, day: Day, person: Person, victim: int) -> Iterator[Step]:
        organisation = day.organisation
        rng = day.rng(self.name, "intruder", victim)
        work = day.working_day(person)
        assert work is not None, "the roster put the victim at the office"
        # One intruder, one machine, two exits, however many victims.
        first, second = self._exits(day.rng(self.name, "exits"), person)
        machine = self.machine(day.rng(self.name, "machine"), Browser(REPORTED_AGENT, "Mac OS X", "CHROME"), person)
        seat = Seat(person.actor, machine, first, work.sessions[0].id)
        seen = self.seen()

        def console_tried(at: float) -> Iterator[Happening]:
            if self.console_succeeds:
                return console.open_console(rng, day, seat, at)
            return console.refused_console(rng, day, seat, at, debug=seen)

        def report_requested(at: float) -> Iterator[Happening]:
            report = [thing("Report", "password-health", "Okta Password Health")]
            job = {"jobid": ids.request_id(rng)[:20]}
            request = "analytics.reports.export.request"
            yield happen(rng, at, request, seat, uri=PASSWORD_HEALTH, target=report, debug=job)

        def dashboard_tried(at: float) -> Iterator[Happening]:
            yield evaluation(rng, at, seat, organisation.dashboard, "CHALLENGE", organisation.policy, debug=seen)

        def account_made(at: float) -> Iterator[Happening]:
            return console.create_user(rng, seat.on(second), at, self._account(day, victim), activate=True)

        deeds: List[Tuple[int, Callable[[float], Iterator[Happening]]]] = [
            (1, console_tried), (2, report_requested), (3, dashboard_tried), (4, account_made),
        ]  # fmt: skip
        at, gaps = self._pace(day, person, victim, deeds)
        for (number, deed), gap in zip(deeds, gaps):
            for happening in deed(at):
                yield self.step(rng, number, happening)
            at += gap

    def _pace(self, day: Day, person: Person, victim: int, deeds: list) -> Tuple[float, List[float]]:
        """When it begins after the upload, and what lies between the steps; varied, in another order too."""
        rng = day.rng(self.name, "pace", victim)
        upload = self._upload(day, person, victim)
        gaps = [(after + rng.random()) * MINUTE for after in (3, 3, 4, 0)]
        if not self.vary:
            return upload + (12 + rng.random()) * MINUTE, gaps
        day.rng(self.name, "order").shuffle(deeds)
        return upload + rng.uniform(4, 14) * MINUTE, [rng.uniform(1.2, 5) * MINUTE for _ in gaps]

    def _defender(self, day: Day, victim: Person) -> Optional[Person]:
        """The administrator, no victim, who may close accounts and whose clock is nearest to the victim's."""
        victims = self.persons(day.organisation)
        able = [one for one in day.organisation.with_role("super", "organisation") if one not in victims]
        noon = day.local(victim.site.place, 12)
        return min(able, key=lambda one: abs(day.local(one.site.place, 12) - noon), default=None)

    def _defend(self, day: Day, person: Person, victim: int) -> Iterator[Happening]:
        """Minutes later: the new account closed, the victim's sessions cleared, from a colleague's console."""
        defender = self._defender(day, person)
        if defender is None:
            return
        cut = self._upload(day, person, victim) + 34 * MINUTE
        work = day.working_day(defender)
        assert work is not None, "the roster put the defender at the office"
        rng = day.rng(self.name, "defender", victim)
        # Offices lie hours apart: a colleague elsewhere signs in for this.
        seat = work.seat(rng, max(work.start, min(cut, work.end - 1)))
        assert seat is not None
        if not work.start + 2 * MINUTE <= cut - 3 * MINUTE < work.end:
            seat = replace(seat, line=defender.home, session=ids.session_id(rng, day.organisation.cookie_prefix))
            yield from sign_in(rng, day, defender, seat, cut - 5 * MINUTE)
        yield from console.open_console(rng, day, seat, cut - 3 * MINUTE)
        yield console.close_account(rng, seat, cut - MINUTE, self._account(day, victim))
        yield console.clear_sessions(rng, seat, cut, person.actor)
