"""One day of the tenant: its date, what kinds of life it has, and where each person works in it.

Every random choice comes from a generator named after seed, date and purpose, so that one kind of life
can be switched off without moving another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple, TypeVar
from zoneinfo import ZoneInfo

from lab.okta import ids, places
from lab.okta.clients import RELEASE, Machine
from lab.okta.event import Seat
from lab.okta.people import Organisation, Person
from lab.okta.places import Line, Place
from lab.okta.rates import ALARMING, RATES

HOUR = 3600.0
MINUTE = 60.0
_Item = TypeVar("_Item")


@dataclass
class Roster:
    """What somebody else's plan fixes of people's day (by `Person.number`)."""

    office: FrozenSet[int] = frozenset()  # works at the office, whatever the weekday
    without_console: FrozenSet[int] = frozenset()  # an administrator who does not open the console
    cut: Dict[int, float] = field(default_factory=dict)  # all sessions cleared at that time


class Sitting(NamedTuple):
    """A stretch of time in one place; `v6` is the line's other protocol, where it has one."""

    start: float
    end: float
    line: Line
    v6: Optional[Line] = None


class Session(NamedTuple):
    id: str
    start: float
    end: float


class Day:
    def __init__(
        self,
        organisation: Organisation,
        index: int,
        start: float,
        noise: FrozenSet[str],
        roster: Optional[Roster] = None,
        everything_at_first: bool = True,
    ) -> None:
        """`start` is midnight UTC; `noise` the kinds of life to have; `everything_at_first`: see Tenant."""
        self._from_first = everything_at_first
        self._everything = everything_at_first and index == 0
        self.organisation = organisation
        self.index = index
        self.start = start
        self.noise = noise
        self.roster = roster or Roster()
        self.date = datetime.fromtimestamp(start, timezone.utc).date().isoformat()
        self.travellers = self._travellers() if "travel" in noise else []
        self._working_days: Dict[int, Optional[WorkingDay]] = {}

    def _travellers(self) -> List[Person]:
        """Those on a plane today have no working day at a site; administrators and people of habit stay."""
        able = [
            person
            for person in self.organisation.people
            if person.number not in self.organisation.models | self.roster.office
            and not person.habits
            and person.site.place.time_zone.startswith("Europe")
        ]
        count = self.count("travel", len(self.organisation.people))
        return self.rng("travel", "pick").sample(able, min(len(able), count))

    def rng(self, *purpose: object) -> Random:
        return Random("/".join(map(str, (self.organisation.seed, self.date, *purpose))))

    def wants(self, kind: str) -> bool:
        return kind in self.noise

    def due(self, kind: str) -> bool:
        """Whether a kind with a rhythm in days has its day today."""
        first = 0 if self._from_first else Random(f"{self.organisation.seed}/{kind}").randrange(RATES[kind].every)
        return (self.index - first) % RATES[kind].every == 0

    def times(self, kind: str, of: float = 1) -> int:
        """How often a kind happens today among `of` by its rate, which may be rarely: most days not at all."""
        wanted = RATES[kind].value * of
        found = int(wanted) + (self.rng(kind, "times").random() < wanted % 1)
        return max(1, found) if self._everything and kind not in ALARMING else found

    def count(self, kind: str, of: float = 1) -> int:
        """How often a kind happens today among `of`: its rate, at least once."""
        return max(1, int(RATES[kind].value * of + self.rng(kind, "count").random()))

    def pick(self, kind: str, people: Sequence[_Item]) -> List[_Item]:
        """Those whom a kind with a rate a person meets today."""
        return self.rng(kind, "pick").sample(list(people), min(len(people), self.count(kind, len(people))))

    def local(self, place: Place, hour: float) -> float:
        """The epoch of that local hour at a place, on this date."""
        return self.start + hour * HOUR - _offset(place.time_zone, self.date)

    def weekend(self) -> bool:
        return datetime.fromisoformat(self.date).weekday() >= 5

    def working_day(self, person: Person) -> Optional[WorkingDay]:
        if person.number not in self._working_days:
            self._working_days[person.number] = _plan(self, person)
        return self._working_days[person.number]

    def at_work(self) -> List[WorkingDay]:
        return [day for day in map(self.working_day, self.organisation.people) if day]

    def some(self, kind: str, works: List[WorkingDay], of: float) -> List[WorkingDay]:
        """Those of `works` whom a kind meets today, whose rate is one of `of` (`times`)."""
        return self.rng(kind, "who").sample(works, min(len(works), self.times(kind, of)))

    def console_workers(self, *roles: str) -> List[WorkingDay]:
        """Administrators at work whose sessions and consoles no attack's plan needs as they are."""
        return [
            work
            for work in self.administrators_at_work(*roles)
            if work.person.number not in self.roster.without_console and work.person.number not in self.roster.cut
        ]

    def administrators_at_work(self, *roles: str) -> List[WorkingDay]:
        administrators = self.organisation.with_role(*roles) if roles else self.organisation.administrators
        return [day for day in map(self.working_day, administrators) if day]


@lru_cache(maxsize=4096)
def _offset(time_zone: str, date: str) -> float:
    offset = datetime.fromisoformat(f"{date}T12:00:00").replace(tzinfo=ZoneInfo(time_zone)).utcoffset()
    return (offset or timedelta()).total_seconds()


class WorkingDay:
    """Where a person sits at the laptop, and in which session."""

    def __init__(
        self, day: Day, person: Person, sittings: List[Sitting], sessions: List[Session], update: Optional[float]
    ) -> None:
        """`update`: when the browser updates itself today; until then it is one release behind."""
        self.day = day
        self.person = person
        self._update = update
        self._outdated = replace(person.laptop, lag=person.laptop.lag + RELEASE)
        self.sittings = sittings
        self.sessions = sessions
        self.start = sittings[0].start
        self.end = sittings[-1].end
        self._seats: Dict[Tuple[str, Line, Machine], Seat] = {}

    def sitting_at(self, at: float) -> Sitting:
        """The sitting of that time, or the last one before it."""
        found = self.sittings[0]
        for sitting in self.sittings:
            if sitting.start <= at:
                found = sitting
        return found

    def session_at(self, at: float) -> Optional[Session]:
        return next((session for session in self.sessions if session.start <= at < session.end), None)

    def seat(self, rng: Random, at: float, machine: Optional[Machine] = None) -> Optional[Seat]:
        """The laptop (or `machine`) in its session at that time, or None where nobody is signed in."""
        session = self.session_at(at)
        if session is None:
            return None
        sitting = self.sitting_at(at)
        line = sitting.line
        if sitting.v6 and self.day.wants("dual_stack") and rng.random() < RATES["dual_stack"].value:
            line = sitting.v6
        if machine is None:
            machine = self._outdated if self._update and at < self._update else self.person.laptop
        seat = self._seats.get((session.id, line, machine))
        if seat is None:
            seat = self._seats[session.id, line, machine] = Seat(self.person.actor, machine, line, session.id)
        return seat

    def moments(self, rng: Random, count: int) -> List[float]:
        """`count` times at the laptop in a session, in order, a little after its sign-in."""
        found = []
        for _ in range(count):
            sitting = rng.choices(self.sittings, weights=[sitting.end - sitting.start for sitting in self.sittings])[0]
            at = rng.uniform(sitting.start, sitting.end)
            session = self.session_at(at)
            if session and at >= session.start + 2 * MINUTE:
                found.append(at)
        return sorted(found)


def _plan(day: Day, person: Person) -> Optional[WorkingDay]:
    rng = day.rng("working day", person.number)
    wanted = RATES["weekend" if day.weekend() else "attendance"].value
    present = rng.random() < wanted
    summoned = person.number in day.roster.office
    sittings = _sittings(day, person, rng, summoned)
    first_id, second_id = (ids.session_id(rng, day.organisation.cookie_prefix) for _ in range(2))
    if not (present or summoned) or person in day.travellers:
        return None
    start, end = sittings[0].start, sittings[-1].end
    if person.has("stays_signed_in") and day.wants("old_sessions"):
        # The sign-in lies before the log's first day; the session goes on day after day.
        always = Random(f"{day.organisation.seed}/old session/{person.number}")
        first_id = ids.session_id(always, day.organisation.cookie_prefix)
    sessions = [Session(first_id, start, end)]
    cut = day.roster.cut.get(person.number)
    if cut is not None:
        sessions = [Session(first_id, start, cut), Session(second_id, cut + 12 * MINUTE, end)]
    update = None
    if day.wants("browser_update") and rng.random() < RATES["browser_update"].value:
        update = rng.uniform(start, end)
    return WorkingDay(day, person, sittings, sessions, update)


def _sittings(day: Day, person: Person, rng: Random, summoned: bool) -> List[Sitting]:
    """Home or office, lunch at a hotspot, a last hour at home; through the company's egress for some."""
    begin = day.local(person.site.place, person.shift_start + rng.uniform(-0.2, 0.3))
    end = begin + person.shift_hours * HOUR
    draws = [rng.random() for _ in range(4)]
    site = person.site
    home = Sitting(begin, end, person.home, person.home_v6)
    office_line = site.office.line(person.number // 20)
    office = Sitting(begin, end, office_line, site.office.line(person.number, v6=True))
    if summoned:
        return [Sitting(begin, end, office_line)]
    if person.has("kiosk") or not day.wants("moving"):
        return [office]
    if person.has("egress") and day.wants("corporate_egress"):
        exit_place = places.FRANKFURT if person.site.name in ("Berlin", "Basel") else places.ASHBURN
        return [Sitting(begin, end, places.EGRESS.line(person.number, exit_place))]
    if person.has("own_vpn") and day.wants("consumer_vpn"):
        middle = begin + (0.3 + draws[0] / 2) * (end - begin)
        tunnel = places.CONSUMER_VPN.line(person.number + day.index, site.place)
        return [home._replace(end=middle), Sitting(middle, end, tunnel)]
    if person.has("relay") and day.wants("privacy_relay"):
        first = places.RELAY.line(rng.randrange(14), site.place)
        second = places.RELAY.line(rng.randrange(14), site.place, v6=True)
        middle = (begin + end) / 2
        return [Sitting(begin, middle, first, second), Sitting(middle, end, second)]
    if person.has("border") and not day.wants("border"):
        return [office]
    if draws[0] >= RATES["office_day"].value and not person.has("border"):
        return [home]
    found: List[Sitting] = []
    at = begin
    if draws[1] < 0.3 or person.has("border"):
        # A quarter of an hour at the kitchen table, then the way to the office.
        found.append(home._replace(end=begin + 25 * MINUTE))
        at = begin + 75 * MINUTE
        ride = day.rng("commute", person.number)
        if day.wants("commute") and ride.random() < RATES["commute"].value:
            found.append(Sitting(begin + 30 * MINUTE, begin + 70 * MINUTE, person.carrier.line(ride.randrange(14))))
    if draws[2] < RATES["hotspot"].value:
        lunch = day.local(site.place, 12.3)
        found.append(office._replace(start=at, end=lunch))
        found.append(Sitting(lunch + 10 * MINUTE, lunch + 55 * MINUTE, site.hotspot.line(rng.randrange(6))))
        at = lunch + 65 * MINUTE
    found.append(office._replace(start=at, end=max(end, at + HOUR)))
    if draws[3] < RATES["evening"].value or person.has("border"):
        evening = found[-1].end + 1.5 * HOUR
        found.append(home._replace(start=evening, end=evening + HOUR))
    return found
