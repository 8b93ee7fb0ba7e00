"""A stolen session cookie played back by a script against the dashboard, apps and the API.

Sources: Elastic's rule on the replay of session cookies by script clients (rootSessionId; a sign-in, then
`policy.evaluate_sign_on` or `user.authentication.sso` from another address with python-requests, curl,
Go-http-client …) and Okta's suspicious_use_of_an_Okta_Session_Cookie (facts/okta-log 1a rows 2, 4, 8, 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List

from lab.okta import applications, clients, configuration, ids
from lab.okta.attacks.step import Step
from lab.okta.attacks.theft import Theft
from lab.okta.clients import Browser
from lab.okta.day import HOUR, Day, Roster
from lab.okta.event import Happening, Seat
from lab.okta.people import Organisation, Person
from lab.okta.sign_in import evaluation

STEPS = {
    1: "played the cookie back against the dashboard",
    2: "opened apps with it, one after another",
    3: "was asked for a factor by one of them",
    4: "made an API token with the administrator's cookie",
}
SCRIPTS = (
    "python-requests/2.28.1", "curl/7.88.1", "Go-http-client/1.1", "python-httpx/0.27.0", "aiohttp/3.9.1",
    "okhttp/4.12.0", "Java/17.0.9", "Python/3.11 aiohttp/3.8.4",
)  # fmt: skip
HEADLESS = Browser(
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/{chrome}.0.0.0 "
    "Safari/537.36",
    "Linux", "CHROME",
)  # fmt: skip


@dataclass(frozen=True)
class CookieReplayByScript(Theft):
    """`administrator`: the cookie is an administrator's, and the API is tried with it; else anybody's."""

    name: str = "cookie_replay_by_script"
    administrator: bool = False
    headless: bool = False
    apps: int = 6

    def persons(self, organisation: Organisation) -> List[Person]:
        if self.administrator:
            return organisation.with_role("super")[:1]
        ordinary = [one for one in organisation.people if not one.role and not one.habits]
        return (ordinary or [one for one in organisation.people if not one.role])[:1]

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        return Roster(frozenset(person.number for person in self.persons(organisation)))

    def surroundings(self, day: Day) -> Iterator[Happening]:
        return iter(())  # the victim's own day goes on as it is

    def steps(self, day: Day) -> List[Step]:
        return self.logged(self._intrude(day))

    def _browser(self, day: Day) -> Browser:
        if self.headless:
            return HEADLESS
        return clients.service(day.rng(self.name, "script").choice(SCRIPTS) if self.vary else SCRIPTS[0])

    def _intrude(self, day: Day) -> Iterator[Step]:
        organisation = day.organisation
        (person,) = self.persons(organisation)
        work = day.working_day(person)
        assert work is not None, "the roster put the victim at the office"
        rng = day.rng(self.name, "intruder")
        pace = day.rng(self.name, "pace")
        at = work.start + pace.uniform(1.5, 5) * HOUR
        line = self.exit(day.rng(self.name, "exit"), person)
        browser = self._browser(day)
        machine = self.machine(rng, browser, person)
        seat = Seat(person.actor, clients.Machine(browser, machine.dt_hash, machine.fingerprint), line,
                    work.sessions[0].id)  # fmt: skip
        seen = self.seen()
        yield self.step(
            rng, 1, evaluation(rng, at, seat, organisation.dashboard, "ALLOW", organisation.policy, debug=seen)
        )
        for app in rng.sample(organisation.apps[:8], min(self.apps, 8)):  # a script asks for no code exchange
            at += pace.uniform(2, 20)
            for happening in applications.sign_on(rng, day, seat, app, at):
                yield self.step(rng, 2, happening)
        at += pace.uniform(2, 20)
        yield self.step(
            rng, 3, evaluation(rng, at, seat, organisation.apps[-1], "CHALLENGE", organisation.policy, debug=seen)
        )
        if self.administrator:
            at += pace.uniform(20, 200)
            made = configuration.api_token(rng, seat, at, ids.object_id(rng, "00T"), "reporting")
            yield self.step(rng, 4, made)
