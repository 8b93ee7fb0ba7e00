"""An API token that an integration uses from its own network is used from a rented server; there is no session at all.

Sources: MITRE ATT&CK T1528 and T1550.001; Okta's hunt_api_activity and Panther's rules on tokens and their networks
(facts/okta-log 1a row 21, 1e rows 33 to 35 and 45); the event catalogue for tokens used outside their allowed range.
Okta logs no GET: what shows of reading everything is a rate-limit warning and a client secret that was read. Then an
account is created.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Iterator, List

from lab.okta import clients, console, ids
from lab.okta.attacks import imitation
from lab.okta.attacks.step import Step
from lab.okta.attacks.theft import Theft
from lab.okta.clients import Browser
from lab.okta.day import HOUR, MINUTE, Day, Roster
from lab.okta.event import Happening, Seat, happen, program, thing
from lab.okta.people import ROLES, Actor, Organisation, Person

STEPS = {
    1: "read what the token may read, from a rented server",
    2: "created an account with it",
    3: "gave that account a role",
}
SCRIPTS = (
    "python-requests/2.31.0", "curl/8.5.0", "Go-http-client/2.0", "okta-sdk-python/2.9.8 python/3.11.6 Linux/6.5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36",
)  # fmt: skip


@dataclass(frozen=True)
class ApiTokenFromVps(Theft):
    """`token`: whose, of lab.okta.life.automation. `same_client`: with the integration's own agent, forged.

    `refused`: the token is bound to a zone and Okta refuses the request; nothing more follows.
    """

    name: str = "api_token_from_vps"
    rented: bool = True
    token: str = "scim"
    same_client: bool = False
    grants: bool = False
    refused: bool = False

    def persons(self, organisation: Organisation) -> List[Person]:
        return []

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        return Roster()

    def owner(self, organisation: Organisation) -> Actor:
        return organisation.token_owner(self.token)

    def surroundings(self, day: Day) -> Iterator[Happening]:
        return iter(())

    def steps(self, day: Day) -> List[Step]:
        return self.logged(self._intrude(day))

    def _seat(self, rng: Random, day: Day) -> Seat:
        organisation = day.organisation
        raw = rng.choice(SCRIPTS) if self.vary else SCRIPTS[0]
        browser: Browser = clients.service(raw)
        if raw.startswith("Mozilla"):
            browser = Browser(raw, "Windows 10", "CHROME")
        if self.same_client:
            browser = clients.INTEGRATIONS[self.token]
        line = self.exit(day.rng(self.name, "exit"), organisation.people[0])
        token = organisation.tokens[self.token]
        return program(self.owner(organisation), browser, line, token, ids.session_id(rng, "trs"))

    def _intrude(self, day: Day) -> Iterator[Step]:
        organisation = day.organisation
        rng = day.rng(self.name, "intruder")
        pace = day.rng(self.name, "pace")
        at = day.start + pace.uniform(13, 21) * HOUR
        seat = self._seat(rng, day)
        token = thing("Token", organisation.tokens[self.token], self.token)
        if self.refused:
            for _ in range(3):
                yield self.step(rng, 1, happen(
                    rng, at, "system.api_token.request_outside_allowed_range", seat, uri="/api/v1/users",
                    query="limit=200", target=[token], result="FAILURE", reason="Outside of the allowed network zone",
                ))  # fmt: skip
                at += pace.uniform(0.1, 2) * MINUTE
            return
        warned = {"urlPattern": "/api/v1/users", "threshold": "600", "timeSpan": "1", "timeUnit": "MINUTES"}
        warned.update(warningPercent="60", rateLimitScopeType="ORG", userId=seat.actor.id)
        yield self.step(rng, 1, happen(
            rng, at, "system.org.rate_limit.warning", seat, uri="/api/v1/users", query="limit=200", debug=warned,
        ))  # fmt: skip
        at += pace.uniform(1, 4) * MINUTE
        app = organisation.apps[8]
        yield self.step(rng, 1, happen(
            rng, at, "app.oauth2.client.read_client_secret", seat, uri=f"/oauth2/v1/clients/{app.id}",
            target=[app.target],
        ))  # fmt: skip
        at += pace.uniform(2, 9) * MINUTE
        name = imitation.of_service_account(rng, organisation) if self.vary else "svc_ldap_sync2"
        created = Actor(ids.object_id(rng, "00u"), "User", f"{name}@{organisation.mail_domain}", name)
        for happening in console.create_user(rng, seat, at, created, activate=True):
            yield self.step(rng, 2, happening)
        if self.grants:
            at += pace.uniform(0.5, 3) * MINUTE
            granted = console.grant_roles(rng, seat, at, created, [ROLES["organisation"]], ids.request_id(rng))
            yield self.step(rng, 3, granted)
