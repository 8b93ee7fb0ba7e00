"""The simulated tenant: from a seed to its whole System Log, and beside it the truth about its attacks.

`Tenant.events()` gives every event in the order in which Okta persisted it, a day at a time and the day's events on
disk, so that a year of a large company takes the memory of one day's index.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cached_property
from itertools import chain
from typing import Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Union

from lab.okta.attacks import ATTACKS, Attack
from lab.okta.clients import DAY
from lab.okta.day import HOUR, Day, Roster
from lab.okta.delivery import Logged, deliver
from lab.okta.event import Happening
from lab.okta.life import KINDS
from lab.okta.people import Organisation
from lab.okta.spool import Spool, Waiting

_BEFORE = 6 * HOUR  # the day's first early riser, in the easternmost office
_AFTER = 11 * HOUR  # the day's last hour in the westernmost one, persisted an hour late


class Tenant:
    """`noise`: the kinds of ordinary life (names of lab.okta.life.KINDS; all by default, none is ()).

    `start` is the first day: a date (`2024-03-05`) or its midnight in epoch seconds UTC. `attacks` are
    names of lab.okta.attacks.ATTACKS or attacks with their own settings.

    `everything_at_first`: each kind of life, however rare, happens on the first day, for a demonstration of one day
    (but for rates.ALARMING); without it a rare kind happens when its rate says, as whoever counts false findings a day
    needs it.
    """

    def __init__(
        self,
        seed: str = "tenant",
        people: int = 60,
        start: Union[str, float] = "2024-03-05",
        days: int = 1,
        noise: Optional[Iterable[str]] = None,
        attacks: Sequence[Union[str, Attack]] = (),
        domain: str = "brightwater.okta.example",
        everything_at_first: bool = True,
    ) -> None:
        if isinstance(start, str):
            start = datetime.fromisoformat(start).replace(tzinfo=timezone.utc).timestamp()
        if start % DAY:
            raise ValueError("a tenant starts at midnight UTC")
        self.noise: FrozenSet[str] = frozenset(KINDS if noise is None else noise)
        named = {attack for attack in attacks if isinstance(attack, str)}
        unknown = sorted(self.noise - set(KINDS)) + sorted(named - set(ATTACKS))
        if unknown:
            raise ValueError(f"no such kind of life or attack: {', '.join(unknown)}")
        self.attacks: List[Attack] = [ATTACKS[attack]() if isinstance(attack, str) else attack for attack in attacks]
        for attack in self.attacks:
            if not 0 <= attack.day < days:
                raise ValueError(f"{attack.name} is to happen on day {attack.day} of a tenant of {days} day(s)")
        self.seed = str(seed)
        self.domain = domain
        self._everything_at_first = everything_at_first
        self.start = start
        self.days = days
        self.begin = start - _BEFORE  # every event is published and persisted within [begin, end)
        self.end = start + days * DAY + _AFTER
        self.organisation = Organisation(self.seed, people, domain, start)

    def events(self) -> Iterator[Logged]:
        """Every event, in the order of persistence (an event delivered twice comes twice)."""
        waiting: List[Waiting] = []  # the next one last: what was given is freed
        for index in range(self.days):
            waiting.extend(Spool().put(self._day_logged(index)))
            waiting.sort(reverse=True)
            last_day = index == self.days - 1
            horizon = self.end if last_day else self.start + (index + 1) * DAY - _BEFORE  # the next day may begin there
            while waiting and waiting[-1].persisted < horizon:
                yield waiting.pop().logged()

    @cached_property
    def truth(self) -> List[Dict[str, object]]:
        """Every event of every attack: {"attack", "step", "uuid"}, in the order of the steps."""
        return [
            {"attack": step.attack, "step": step.step, "uuid": step.happening.body["uuid"]}
            for attack in self.attacks
            for step in attack.steps(self.day(attack.day))
        ]

    def day(self, index: int) -> Day:
        """The plan of one day."""
        if not 0 <= index < self.days:
            raise ValueError(f"the tenant has {self.days} day(s), none of number {index}")
        bare = self._plain(index, None)
        rosters = [attack.roster(self.organisation, bare) for attack in self.attacks if attack.day == index]
        if not rosters:
            return bare
        roster = Roster(
            frozenset(chain.from_iterable(one.office for one in rosters)),
            frozenset(chain.from_iterable(one.without_console for one in rosters)),
            {number: at for one in rosters for number, at in one.cut.items()},
        )
        return self._plain(index, roster)

    def _plain(self, index: int, roster: Optional[Roster]) -> Day:
        start = self.start + index * DAY
        return Day(self.organisation, index, start, self.noise, roster, self._everything_at_first)

    def _day_logged(self, index: int) -> Iterator[Logged]:
        day = self.day(index)
        return deliver(day, self._happenings(day))

    def _happenings(self, day: Day) -> Iterator[Happening]:
        for kind, life in KINDS.items():
            if life is not None and day.wants(kind):
                yield from life(day)
        for attack in self.attacks:
            if attack.day == day.index:
                yield from attack.surroundings(day)
                yield from (step.happening for step in attack.steps(day))
