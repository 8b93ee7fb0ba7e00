"""detections: are the attacks found, how soon, how often is somebody suspected for nothing, and what does it cost?

Recall: every attack of the simulator in every variant, by several seeds, each a tenant of its own in one hunt; what
must be found is written in bench/expected_findings.csv. Replay: some of them by the clock, every search at its own
times; it must find what the hunt finds. Ordinary life: a tenant that nobody attacks; every finding there is false.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import statistics
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from bench.quality_page import PAGE, page
from bench.result import Result
from lab.cases import SEVERITIES
from lab.cli.findings import Finding
from lab.cli.installed import LabError
from lab.cli.simulated import Found, hunted, replayed
from lab.okta.attacks.variants import VARIANTS, every, make
from lab.okta.clients import DAY
from lab.okta.event import published
from lab.okta.life import KINDS
from lab.okta.tenant import Tenant

NAME = "detections"
EXPECTED = Path(__file__).with_name("expected_findings.csv")
PEOPLE_OF_A_VICTIM = 20
START = "2026-03-02"  # a Monday
FALSE_PEOPLE = 5000  # the figures are for so many
WARM_UP = 1  # days of ordinary life that are not counted: nothing lies before them to compare with
GRAVE = ("critical", "high")
ABOVE_INFORMATIONAL = SEVERITIES[:-1]
MOST_GRAVE, MOST_ABOVE = 1, 20  # false findings a day
CHAIN = "admin_takeover_chain"
SEQUENCES = (CHAIN, "admin_factor_reset_then_sign_in")  # found when their last step is
WAITS_AN_HOUR = "console_denied_not_followed"
SOON = 900  # seconds from indexing to a high finding, where a rule need not wait
_REPLAYED = 1  # variants of each attack
_DAYS = 2  # the attack comes on the second, when there is something to compare with

Say = Callable[[str], None]


class Expectation(NamedTuple):
    """A step that a detection must see; `only` and `unless` name variants."""

    scenario: str
    step: int
    detection: str
    who: str
    only: List[str]
    unless: List[str]

    def holds(self, variant: str) -> bool:
        return (not self.only or variant in self.only) and variant not in self.unless


class Played(NamedTuple):
    """An attack in a variant, in a tenant of its own."""

    scenario: str
    variant: str
    tenant: Tenant

    def people(self, who: str) -> List[str]:
        """The logins that `who` of the expectations means; [""] for anybody."""
        attack, organisation = self.tenant.attacks[0], self.tenant.organisation
        if who == "victim":
            return [person.actor.alternate_id for person in attack.persons(organisation)]
        return [attack.owner(organisation).alternate_id] if who == "owner" else [""]

    def events(self, step: int) -> Set[str]:
        return {str(entry["uuid"]) for entry in self.tenant.truth if entry["step"] == step}


class Check(NamedTuple):
    """One expectation in one tenant, about one person: the findings that meet it."""

    host: str
    variant: str
    expectation: Expectation
    met_by: List[Finding]


class Chains(NamedTuple):
    """One intrusion wakes once: how many tenants had just the critical findings that they should (one for each victim
    of an attack that the chain must tell, else none) and how many not, how many findings were too many, how many
    missing."""

    right: int
    wrong: int
    too_many: int
    missing: int

    def plus(self, other: Chains) -> Chains:
        return Chains(*(one + another for one, another in zip(self, other)))


class OfSeed(NamedTuple):
    """What one seed's hunt showed; `wrong`: what was missed or too much, in words."""

    checks: List[Check]
    chains: Chains
    wrong: List[str]


class Quality(NamedTuple):
    """All that was measured; the page is written of it."""

    seeds: int
    checks: List[Check]
    chains: Chains
    replay: Dict[str, float]  # figures
    waits: Dict[str, List[float]]  # by detection: seconds from indexing to finding, of each event
    people: int
    days: int
    false: Dict[Tuple[str, str], float]  # a day, 5,000 people: by detection and severity
    found: Found  # of the ordinary life


def arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(NAME)
    group.add_argument("--seeds", type=int, default=1, help="of each variant of each attack (default: %(default)s)")
    group.add_argument("--people", type=int, default=1000, help="of the ordinary tenant (default: %(default)s)")
    group.add_argument(
        "--days", type=int, default=4, help="counted, after a first one that is not (default: %(default)s)"
    )
    group.add_argument("--no-replay", action="store_true", help="hunts alone: no times, nothing to compare them with")
    group.add_argument("--page", action="store_true", help=f"write {PAGE.name} with these figures")


def run(say: Say, given: argparse.Namespace) -> Iterator[Result]:
    """One result a question; the lab's own Python runs everything."""
    checks: List[Check] = []
    chains = Chains(0, 0, 0, 0)
    say(f"{NAME}: every attack in every variant, a hunt a seed, {given.seeds} seeds, one on each core")
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for seed, told in enumerate(pool.map(_of_seed, range(given.seeds)), start=1):
            checks += told.checks
            chains = chains.plus(told.chains)
            for wrong in told.wrong:
                say(wrong)
            say(f"{NAME}: {len({one.host for one in told.checks})} attacks, seed {seed} of {given.seeds}")
    yield from _recall(checks)
    yield Result(
        f"{NAME}: critical findings",
        "lab",
        chains._asdict(),
        at_least={},
        at_most={"too_many": 0, "missing": 0},
    )
    replay, waits = ({}, {}) if given.no_replay else _replay(say)
    if replay:
        yield Result(
            f"{NAME}: replay",
            "lab",
            replay,
            at_least={},
            at_most={
                "found by the hunt alone": 0,
                "found by the replay alone": 0,
                "high, latest, s after indexing": SOON,
            },
        )
    say(f"{NAME}: an ordinary life of {given.people:,} people, {given.days} day(s)")
    tenant = Tenant(
        "ordinary",
        given.people,
        START,
        given.days + WARM_UP,
        domain="ordinary.okta.example",
        everything_at_first=False,
    )
    found = hunted({tenant.domain: tenant}, say)
    counted = [
        finding for finding in found.findings if finding["first_time"] >= published(tenant.start + WARM_UP * DAY)
    ]
    for finding in counted:
        if finding["severity"] in GRAVE:
            say(f"false, {finding['severity']}: {finding['message']}")
    false = a_day(counted, given.people, given.days)
    yield Result(
        f"{NAME}: false a day, 5,000 people",
        "lab",
        {
            "people": given.people,
            "days": given.days,
            "high or critical": sum(number for (_, severity), number in false.items() if severity in GRAVE),
            "above informational": sum(
                number for (_, severity), number in false.items() if severity in ABOVE_INFORMATIONAL
            ),
            **{f"{detection}, {severity}": number for (detection, severity), number in false.items()},
        },
        at_least={},
        at_most={"high or critical": MOST_GRAVE, "above informational": MOST_ABOVE},
    )
    yield Result(
        f"{NAME}: cost",
        "lab",
        {
            "events": found.events,
            "CPU s a million events": sum(found.seconds.values()) / found.events * 1e6,
            **{
                f"… {title.split(' - ', 1)[1]}": seconds / found.events * 1e6
                for title, seconds in found.seconds.items()
            },
        },
        at_least={},
        at_most={},
    )
    if given.page:
        PAGE.write_text(
            page(Quality(given.seeds, checks, chains, replay, waits, given.people, given.days, false, found))
        )
        say(str(PAGE))


# ---- recall


def _of_seed(seed: int) -> OfSeed:
    """Every attack in every variant, one hunt over all of them."""
    played = dict(play(scenario, variant, str(seed)) for scenario, variant in every())
    found = hunted({host: one.tenant for host, one in played.items()})
    checks = check(played, found)
    chains, wrong = criticals(played, found)
    return OfSeed(checks, chains, wrong + sorted({missed(one) for one in checks if not one.met_by}))


def criticals(played: Dict[str, Played], found: Found) -> Tuple[Chains, List[str]]:
    """The critical findings counted, and which tenants have others than they should."""
    told = [expected for expected in expectations() if expected.detection == CHAIN]
    counted, wrong = Chains(0, 0, 0, 0), []
    for host, one in played.items():
        chain = any(expected.scenario == one.scenario and expected.holds(one.variant) for expected in told)
        wanted = len(one.people("victim")) if chain else 0
        number = sum(1 for finding in found.of(host) if finding["severity"] == "critical")
        if number != wanted:
            wrong.append(f"{number} critical findings in {host}, {wanted} wanted")
        right = number == wanted
        counted = counted.plus(Chains(right, not right, max(number - wanted, 0), max(wanted - number, 0)))
    return counted, wrong


def expectations() -> List[Expectation]:
    """What must be found (bench/expected_findings.csv), a row for each step."""
    with open(EXPECTED, encoding="utf-8", newline="") as file:
        return [
            Expectation(
                row["scenario"],
                int(step),
                row["detection_id"],
                row["who"],
                row["only"].split(),
                row["unless"].split(),
            )
            for row in csv.DictReader(file)
            for step in row["steps"].split()
        ]


def play(
    scenario: str, variant: str, seed: str, noise: List[str] | None = None, days: int = _DAYS
) -> Tuple[str, Played]:
    """The attack on the last of these days, and the host whose log it is in."""
    host = f"{scenario}-{variant}-{seed}".replace("_", "-") + ".okta.example"
    attack = make(scenario, variant, day=days - 1)
    tenant = Tenant(
        f"bench {seed} {scenario} {variant}", PEOPLE_OF_A_VICTIM, START, days, noise, attacks=[attack], domain=host
    )
    return host, Played(scenario, variant, tenant)


def check(played: Dict[str, Played], found: Found) -> List[Check]:
    """Every expectation that holds for an attack played, for each person whom it is about."""
    by_host: Dict[str, List[Finding]] = defaultdict(list)
    for finding in found.findings:
        by_host[finding["tenant"]].append(finding)
    wanted = expectations()
    checks = []
    for host, one in played.items():
        for expected in wanted:
            if expected.scenario != one.scenario or not expected.holds(one.variant):
                continue
            events = one.events(expected.step)
            if not events:
                raise LabError(f"{one.scenario}, {one.variant} has no step {expected.step}: {EXPECTED.name} is wrong")
            checks += [
                Check(host, one.variant, expected, [f for f in by_host[host] if meets(f, expected, person, events)])
                for person in one.people(expected.who)
            ]
    return checks


def meets(finding: Finding, expected: Expectation, person: str, events: Set[str]) -> bool:
    return (
        finding["detection_id"] == expected.detection
        and person in ("", finding["user"])
        and bool(events & set(finding["evidence"]))
    )


def missed(one: Check) -> str:
    """Which step of which tenant nobody saw."""
    step = f"step {one.expectation.step} of {one.host}"
    return f"{one.expectation.detection} misses {step}"


def _recall(checks: List[Check]) -> Iterator[Result]:
    for scenario in VARIANTS:
        recall: Dict[str, List[bool]] = defaultdict(list)
        for one in checks:
            if one.expectation.scenario == scenario:
                recall[one.expectation.detection].append(bool(one.met_by))
        figures = {detection: statistics.mean(met) for detection, met in sorted(recall.items())}
        yield Result(
            f"{NAME}: recall, {scenario}",
            "lab",
            {"attacks": len({one.host for one in checks if one.expectation.scenario == scenario}), **figures},
            at_least=dict.fromkeys(figures, 1.0),
            at_most={},
        )


# ---- by the clock


def _replay(say: Say) -> Tuple[Dict[str, float], Dict[str, List[float]]]:
    """Events that come late are left out: a replay judges an absence on time, a hunt knows what came later."""
    noise = [kind for kind in KINDS if not kind.startswith("late")]
    played = dict(
        play(scenario, variant, "replay", noise)
        for scenario, variants in VARIANTS.items()
        for variant in list(variants)[:_REPLAYED]
    )
    tenants = {host: one.tenant for host, one in played.items()}
    say(f"{NAME}: {len(tenants)} of them by the clock")
    at_once, by_the_clock = hunted(tenants, say), replayed(tenants, say)
    for way, found, other in (("hunt", at_once, by_the_clock), ("replay", by_the_clock, at_once)):
        for identity in found.ids.keys() - other.ids.keys():
            one_alone = found.ids[identity]
            say(f"by the {way} alone, {one_alone['tenant']}: {one_alone['detection_id']}, {one_alone['message']}")
    waits: Dict[str, List[float]] = defaultdict(list)
    soon: List[float] = []  # of grave findings that need not wait
    sequences: Dict[Tuple[str, str], List[float]] = defaultdict(list)
    for one in check(played, by_the_clock):
        events = played[one.host].events(one.expectation.step)
        grave = [finding for finding in one.met_by if finding["severity"] in GRAVE]
        if one.met_by:
            waits[one.expectation.detection].append(_wait(one.met_by, events, by_the_clock))
        if grave and one.expectation.detection != WAITS_AN_HOUR:
            waited = _wait(grave, events, by_the_clock)
            if one.expectation.detection in SEQUENCES:
                sequences[one.host, one.expectation.detection].append(waited)
            else:
                soon.append(waited)
    soon += map(min, sequences.values())  # what a sequence waits for is its last step
    figures = {
        "attacks": len(tenants),
        "findings": len(by_the_clock.ids),
        "found by the hunt alone": len(at_once.ids.keys() - by_the_clock.ids.keys()),
        "found by the replay alone": len(by_the_clock.ids.keys() - at_once.ids.keys()),
        "high, latest, s after indexing": max(soon, default=0),
    }
    figures.update({f"… {name}, median": statistics.median(told) for name, told in sorted(waits.items())})
    return figures, waits


def _wait(found: List[Finding], events: Set[str], by_the_clock: Found) -> float:
    """Seconds from indexing to finding, of the one of `events` that was found soonest."""
    return min(
        at - by_the_clock.indexed[uuid]
        for finding in found
        for uuid, at in by_the_clock.registered[finding["finding_id"]].items()
        if uuid in events
    )


# ---- ordinary life


def a_day(findings: List[Finding], people: int, days: int) -> Dict[Tuple[str, str], float]:
    """How many a day for 5,000 people, by detection and severity."""
    counted: Dict[Tuple[str, str], float] = defaultdict(float)
    for finding in findings:
        counted[finding["detection_id"], finding["severity"]] += FALSE_PEOPLE / people / days
    return dict(sorted(counted.items(), key=lambda item: (item[0][0], SEVERITIES.index(item[0][1]))))
