"""What intruders do, by name. An attack makes happenings and the truth about them, which stays outside."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Protocol

from lab.okta.attacks import (
    administrators_report_and_idp,
    api_token_from_vps,
    beyondtrust_2023,
    cookie_replay_by_script,
    help_desk_reset_then_idp,
)
from lab.okta.attacks.step import Step
from lab.okta.day import Day, Roster
from lab.okta.event import Happening
from lab.okta.people import Organisation, Person


class Attack(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def day(self) -> int:
        """On which day of the tenant it happens."""
        ...

    def persons(self, organisation: Organisation) -> List[Person]:
        """Whose accounts or sessions are taken; nobody's where a program's token is."""
        ...

    def roster(self, organisation: Organisation, day: Day) -> Roster:
        """What it needs of people's day; `day` has no roster yet."""
        ...

    def steps(self, day: Day) -> List[Step]: ...

    def surroundings(self, day: Day) -> Iterator[Happening]:
        """What honest people do because of it."""
        ...


ATTACKS: Dict[str, Callable[..., Attack]] = {
    "beyondtrust_2023": beyondtrust_2023.BeyondTrust2023,
    "administrators_report_and_idp": administrators_report_and_idp.AdministratorsReportAndIdp,
    "help_desk_reset_then_idp": help_desk_reset_then_idp.HelpDeskResetThenIdp,
    "api_token_from_vps": api_token_from_vps.ApiTokenFromVps,
    "cookie_replay_by_script": cookie_replay_by_script.CookieReplayByScript,
}
# What each of an attack's steps was, in words for a person.
STEPS: Dict[str, Dict[int, str]] = {
    "beyondtrust_2023": beyondtrust_2023.STEPS,
    "administrators_report_and_idp": administrators_report_and_idp.STEPS,
    "help_desk_reset_then_idp": help_desk_reset_then_idp.STEPS,
    "api_token_from_vps": api_token_from_vps.STEPS,
    "cookie_replay_by_script": cookie_replay_by_script.STEPS,
}
