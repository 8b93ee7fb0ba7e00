"""The intrusion of BeyondTrust's report of 20 October 2023 (told in DETECTIONS.md), and its variants.

An administrator signs in from the office in the morning and uploads a HAR file to a support system.
Within half an hour the cookie in it is used elsewhere: the Admin Console (policy: DENY), the password
health report behind it, the end-user dashboard (CHALLENGE, never answered), then the public API (a user
is created). The defenders close that account and cut the session. No sign-in comes from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Iterator, List, Optional, Tuple

from lab.okta import applications, console, ids, places
from lab.okta.attacks.step import Step
from lab.okta.clients import Browser, Machine
from lab.okta.day import MINUTE, Day, Roster
from lab.okta.event import Happening, Seat, happen, judgement, thing
from lab.okta.people import Actor, Organisation, Person
from lab.okta.places import Line, Network
from lab.okta.sign_in import evaluation, sign_in

# The report cuts the agent after "Gecko)"; the old Chrome is the one of Okta's own advisory.
REPORTED_AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/99.0.4844.83 Safari/537.36"
)
_OTHER_AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.7113.93 "
     "Safari/537.36", "Windows 10", "CHROME"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "Linux", "FIREFOX"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/101.0.4951.54 "
     "Safari/537.36", "Linux", "CHROME"),
)  # fmt: skip
_OTHER_ACCOUNTS = ("svc_netw0rk_monitor", "svc-ldap_sync1", "svc_mail.relay", "svc-network-backup")
STEPS = {
    1: "used the stolen session on the Admin Console; policy refused",
    2: "asked the API behind the console for the password health report",
    3: "tried the dashboard and was asked for a factor",
    4: "created an account over the API",
}
PASSWORD_HEALTH = "/reports/password-health/async_csv_download_schedule"


@dataclass(frozen=True)
class BeyondTrust2023:
    """The reference scenario; every field is one of the variants that the tests must also make.

    `vary` chooses exits, agent and account by the tenant's seed. `exits` are the lines of steps 1 to 3
    and of step 4. `whole_har`: the device cookie was stolen too (same dtHash); otherwise Okta hands the
    thief's browser a new one. `late`: seconds by which the log persists the attack's events late.
    """

    name: str = "beyondtrust_2023"
    day: int = 0
    victims: int = 1
    vary: bool = False
    exits: Optional[Tuple[Line, Line]] = None
    agent: Optional[Browser] = None
    account: Optional[str] = None
    whole_har: bool = False
    console_open: bool = True  # the victim's own context opened the console before
    console_succeeds: bool = False
    same_country: bool = False
    ipv6: bool = False
    late: float = 0.0
    out_of_order: bool = False
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
        if self.out_of_order:
            found = [
                step._replace(happening=step.happening._replace(delay=self.late + 300.0 * (len(found) - number)))
                for number, step in enumerate(found)
            ]
        return found

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
        if not (self.vary or self.same_country or self.ipv6):
            return places.VPS_MALAYSIA.line(0), places.LEASEWEB.line(0)
        first, second = rng.sample(places.OTHER_EXITS, 2)
        return self._line(rng, first, person), self._line(rng, second, person)

    def _line(self, rng: Random, network: Network, person: Person) -> Line:
        place = person.site.place if self.same_country else rng.choice(network.places)
        if not self.same_country and place.country == person.site.place.country:
            place = places.KUALA_LUMPUR
        return network.line(rng.randrange(6), place, v6=self.ipv6)

    def _machine(self, rng: Random, person: Person) -> Machine:
        browser = self.agent or Browser(REPORTED_AGENT, "Mac OS X", "CHROME")
        if self.vary and not self.agent:
            browser = Browser(*rng.choice(_OTHER_AGENTS))
        own = ids.dt_hash(rng)
        return Machine(browser, person.laptop.dt_hash if self.whole_har else own, ids.fingerprint(rng))

    def _account(self, day: Day, victim: int) -> Actor:
        rng = day.rng(self.name, "account", victim)
        name = self.account or (rng.choice(_OTHER_ACCOUNTS) if self.vary else "svc_network_backup")
        if victim:
            name += str(victim + 1)
        return Actor(ids.object_id(rng, "00u"), "User", f"{name}@{day.organisation.mail_domain}", name)

    def _intrude(self, day: Day, person: Person, victim: int) -> Iterator[Step]:
        organisation = day.organisation
        rng = day.rng(self.name, "intruder", victim)
        upload = self._upload(day, person, victim)
        work = day.working_day(person)
        assert work is not None, "the roster put the victim at the office"
        first, second = self._exits(rng, person)
        seat = Seat(person.actor, self._machine(rng, person), first, work.sessions[0].id)
        odd = ["New Geo-Location", "New Device", "New IP", "New City", "New State"]
        if not self.same_country:
            odd += ["New Country", "Velocity"]
        seen = judgement(tuple(odd), "HIGH", "Anomalous Location, Anomalous Device")
        at = upload + (12 + rng.random()) * MINUTE

        def step(number: int, happening: Happening) -> Step:
            return Step(self.name, number, happening._replace(delay=self.late + 0.5 + rng.random()))

        if self.console_succeeds:
            for happening in console.open_console(rng, day, seat, at):
                yield step(1, happening)
        else:
            for happening in console.refused_console(rng, day, seat, at, debug=seen):
                yield step(1, happening)
        at += (3 + rng.random()) * MINUTE
        report = [thing("Report", "password-health", "Okta Password Health")]
        job = {"jobid": ids.request_id(rng)[:20]}
        request = happen(
            rng, at, "analytics.reports.export.request", seat, uri=PASSWORD_HEALTH, target=report, debug=job
        )
        yield step(2, request)
        at += (3 + rng.random()) * MINUTE
        challenge = evaluation(rng, at, seat, organisation.dashboard, "CHALLENGE", organisation.policy, debug=seen)
        yield step(3, challenge)
        at += (4 + rng.random()) * MINUTE
        account = self._account(day, victim)
        for happening in console.create_user(rng, seat.on(second), at, account, activate=True):
            yield step(4, happening)

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
