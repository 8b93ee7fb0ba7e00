"""Password spray from hosting networks, lockouts, and what ThreatInsight says of it: all day, no success."""

from __future__ import annotations

from typing import Iterator

from lab.okta import clients, ids, places
from lab.okta.clients import Machine
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, Seat, happen, judgement
from lab.okta.people import Actor
from lab.okta.rates import RATES
from lab.okta.sign_in import refused


def events(day: Day) -> Iterator[Happening]:
    rng = day.rng("spray")
    people = day.organisation.people
    rounds = day.count("spray") + len(people) // 1000
    names = max(round(RATES["spray_names"].value), len(people) // 100)
    for number in range(rounds):
        network = places.HOSTING[number % len(places.HOSTING)]
        line = network.line(rng.randrange(1, 4000))
        machine = Machine(
            clients.WINDOWS_CHROME, ids.dt_hash(rng), ids.fingerprint(rng), rng.random() * 90 * clients.DAY
        )
        at = day.start + rng.uniform(0, 24) * HOUR
        for person in rng.sample(people, min(len(people), names)):
            at += rng.uniform(2, 20)
            known = rng.random() < 0.8
            mistaken = Actor("unknown", "User", person.actor.alternate_id.replace(".", "_", 1), "unknown")
            seat = Seat(person.actor if known else mistaken, machine, line)
            yield refused(rng, at, seat)
            if known and rng.random() < 0.04:
                yield happen(
                    rng,
                    at + 0.3,
                    "user.account.lock",
                    seat,
                    uri="/idp/idx/challenge/answer",
                    target=[person.actor.block],
                    result="FAILURE",
                    reason="LOCKED_OUT",
                    severity="DEBUG",
                    debug=judgement(("New IP", "New Device", "New Geo-Location"), "HIGH", "Anomalous Location"),
                )
        address = Actor(line.ip, "IP address", "unknown", line.ip)
        yield happen(
            rng,
            at + 5,
            "security.threat.detected",
            Seat(address, machine, line),
            uri="/idp/idx/identify",
            result="DENY",
            reason="Password Spray",
            debug={"threatSuspected": "true", "threatDetections": '{"Password Spray":"HIGH"}'},
        )
