"""What the thefts have in common: from where, with what machine, and how late, disordered or repeated it is logged."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Iterable, List, Optional

from lab.okta import exits, ids, places
from lab.okta.attacks.step import Step
from lab.okta.clients import Browser, Machine
from lab.okta.event import ALWAYS_ENRICHED, NO_SECURITY, Body, Happening, judgement
from lab.okta.people import Person
from lab.okta.places import Line, Network

_AGENTS = (
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.7113.93 "
            "Safari/537.36", "Windows 10", "CHROME"),
    Browser("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "Linux", "FIREFOX"),
    Browser("Mozilla/5.0 (X11; Ubuntu; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/101.0.4951.54 "
            "Safari/537.36", "Linux", "CHROME"),
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
            "Windows 10", "FIREFOX"),
)  # fmt: skip


@dataclass(frozen=True)
class Theft:
    """`vary`: exits, agents, names, order and delays follow the tenant's seed.

    `agent`: the intruder's browser. `whole_har`: the device cookie was stolen too (same dtHash); otherwise Okta hands
    the thief's browser one of its own. `rented`: from servers that Okta knows no proxy. `late`: seconds by which the
    log persists the events late; `out_of_order`: the last first; `repeated`: each is delivered twice.
    `unenriched`: AS and proxy are null wherever Okta need not know the network.
    """

    name: str = ""
    day: int = 0
    vary: bool = False
    agent: Optional[Browser] = None
    whole_har: bool = False
    rented: bool = False
    same_country: bool = False
    ipv6: bool = False
    late: float = 0.0
    out_of_order: bool = False
    repeated: bool = False
    unenriched: bool = False

    def line(self, rng: Random, network: Network, person: Person) -> Line:
        """Of a network, in the victim's own country or never there."""
        place = person.site.place if self.same_country else rng.choice(network.places)
        if not self.same_country and place.country == person.site.place.country:
            place = places.KUALA_LUMPUR
        return network.line(rng.randrange(6), place, v6=self.ipv6)

    def exit(self, rng: Random, person: Person) -> Line:
        return self.line(rng, rng.choice(exits.RENTED if self.rented else exits.VPN), person)

    def machine(self, rng: Random, usual: Browser, person: Person) -> Machine:
        """The intruder's browser: `usual`, the one that was asked for, or the seed's; never the victim's own kind."""
        others = [agent for agent in _AGENTS if agent.os != person.laptop.browser.os]
        browser = self.agent or (rng.choice(others) if self.vary else usual)
        own = ids.dt_hash(rng)
        return Machine(browser, person.laptop.dt_hash if self.whole_har else own, ids.fingerprint(rng))

    def seen(self) -> Body:
        """Okta's own reading of it."""
        odd = ["New Geo-Location", "New Device", "New IP", "New City", "New State"]
        if not self.same_country:
            odd += ["New Country", "Velocity"]
        return judgement(tuple(odd), "HIGH", "Anomalous Location, Anomalous Device")

    def step(self, rng: Random, number: int, happening: Happening) -> Step:
        return Step(self.name, number, happening._replace(delay=self.late + 0.5 + rng.random()))

    def logged(self, steps: Iterable[Step]) -> List[Step]:
        """As the log gets them."""
        found = list(steps)
        if self.unenriched:
            for step in found:
                if step.happening.body["eventType"] not in ALWAYS_ENRICHED:
                    step.happening.body["securityContext"] = NO_SECURITY
        if self.out_of_order:
            found = [
                step._replace(happening=step.happening._replace(delay=self.late + 300.0 * (len(found) - number)))
                for number, step in enumerate(found)
            ]
        if self.repeated:
            found = [
                step._replace(happening=step.happening._replace(again=(step.happening.delay or 0) + 420 + 60 * number))
                for number, step in enumerate(found)
            ]
        return found
