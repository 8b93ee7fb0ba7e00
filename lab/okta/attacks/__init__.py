"""What intruders do, by name. An attack makes happenings and the truth about them, which stays outside."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Protocol

from lab.okta.attacks.beyondtrust_2023 import BeyondTrust2023
from lab.okta.attacks.step import Step
from lab.okta.day import Day, Roster
from lab.okta.event import Happening
from lab.okta.people import Organisation


class Attack(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def day(self) -> int:
        """On which day of the tenant it happens."""
        ...

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        """What it needs of people's day; `day` has no roster yet."""
        ...

    def steps(self, day: Day) -> List[Step]: ...

    def surroundings(self, day: Day) -> Iterator[Happening]:
        """What honest people do because of it."""
        ...


ATTACKS: Dict[str, Callable[[], Attack]] = {"beyondtrust_2023": BeyondTrust2023}
