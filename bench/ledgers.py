"""ledgers: what a run of the Gen searches reads and writes, in a small tenant and in one of 100,000 people.

In both, every person has signed in once before (a session, then a factor), and 8,000 of them do so within the next ten
minutes, half of them by a client they have used before. What a run costs may grow with those, never with what the
ledgers hold already (the lab makes an index of a collection anew for each search, which a KV store does not).
"""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone
from typing import Callable, Dict, Iterator, Tuple

from bench.result import Result
from lab.cli.installed import APP, installed
from lab.splunkd.indexes import Arrival
from lab.splunkd.instance import Instance

NAME = "ledgers"
NOW = 1_800_000_000.0
FEW, MANY = 10_000, 100_000  # people
SIGN_INS = 8_000  # in ten minutes: a twelfth of the many, as on a Monday at nine
LEDGERS = {"session ledger": "Session Ledger", "user baseline": "User Baseline", "accounts": "Accounts"}

Say = Callable[[str], None]
Run = Tuple[float, int, int]  # seconds, documents read, documents written


def run(say: Say) -> Iterator[Result]:
    """One result a ledger; the lab's own Python runs the searches."""
    runs: Dict[int, Dict[str, Run]] = {}
    for people in (FEW, MANY):
        say(f"ledgers, {people:,} people, {SIGN_INS:,} of them sign in")
        with installed(start=NOW) as instance:
            _index(instance, people, day=0)
            instance.clock.set(NOW + 3_600)
            _index(instance, 1, day=0)  # later than what a run reads twice
            for title in LEDGERS.values():
                _gen(instance, title, NOW + 3_660)
            instance.clock.set(NOW + 86_400)
            _index(instance, SIGN_INS, day=1)
            runs[people] = {name: _gen(instance, title, NOW + 86_460) for name, title in LEDGERS.items()}
    for name in LEDGERS:
        seconds, read, written = runs[MANY][name]
        figures = {
            "people": MANY,
            "sign-ins in the run": SIGN_INS,
            "documents read": read,
            "documents written": written,
            "seconds": seconds,
            "seconds against 10k people": seconds / runs[FEW][name][0],
        }
        yield Result(
            name,
            "lab",
            figures,
            at_least={},
            at_most={"documents read": SIGN_INS + 1, "documents written": SIGN_INS, "seconds against 10k people": 3},
        )


def _gen(instance: Instance, title: str, at: float) -> Run:
    """Run a ledger's Gen search as the scheduler does; what it says of itself."""
    (saved,) = [saved for saved in instance.saved_searches(APP) if saved.title == f"Okta ITDR - {title} - Gen"]
    began = time.process_time()
    job = instance.run(saved, at)
    seconds = time.process_time() - began
    if job.error is not None:
        raise RuntimeError(job.error)
    (told,) = job.rows
    return seconds, told["read"], told["written"]


def _index(instance: Instance, people: int, day: int) -> None:
    """A session and a factor of each of the first `people`, within the ten minutes before the clock's time."""
    at = instance.clock.now()
    arrivals = (
        Arrival(_event(person, day, at - 600 + 600 * (person + step / 2) / people, event_type), "main", *_ORIGIN)
        for person in range(people)
        for step, event_type in enumerate(("user.session.start", "user.authentication.auth_via_mfa"))
    )
    instance.index(arrivals)


_ORIGIN = ("OktaIM2:log", "okta_system_log://main", "acme.okta.com")


def _event(person: int, day: int, at: float, event_type: str) -> str:
    """Odd persons come by another network on another day."""
    published = datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
    network = person % 500 + (500 if day and person % 2 else 0)
    login = f"person.{person}@acme.com"
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537"
    place = {"city": "Berlin", "country": "Germany", "geolocation": {"lat": 52.52, "lon": 13.4}}
    told = {
        "actor": {"id": f"00u{person}", "type": "User", "alternateId": login, "displayName": f"Person {person}"},
        "client": {
            "userAgent": {"rawUserAgent": agent, "os": "Windows 10", "browser": "CHROME"},
            "ipAddress": f"10.{network // 256}.{network % 256}.{person % 250}",
            "geographicalContext": place,
        },
        "authenticationContext": {"externalSessionId": f"idx{day}_{person}"},
        "eventType": event_type,
        "outcome": {"result": "SUCCESS", "reason": None},
        "published": published,
        "securityContext": {"asNumber": 64_000 + network, "asOrg": f"line {network}", "isProxy": False},
        "debugContext": {"debugData": {"dtHash": f"d{person}"}},
        "uuid": f"{event_type} {day} {person}",
        "target": None,
    }
    return json.dumps(told, separators=(",", ":"))
