"""What a collector is, and what one run of it is given."""

from __future__ import annotations

import time
from dataclasses import dataclass
from logging import Logger
from typing import Callable, Mapping, Optional, Sequence

from okta_itdr.collect.argument import Argument
from okta_itdr.collect.checkpoint import Checkpoint
from okta_itdr.collect.delivery import Delivery
from okta_itdr.collect.health import Health
from okta_itdr.okta.answer import Answer
from okta_itdr.okta.client import Client
from okta_itdr.okta.errors import unusable
from okta_itdr.okta.fetch import Fetch
from okta_itdr.trouble import Trouble


class Stop:
    """Set by SIGTERM: the page in hand is finished and nothing new is begun."""

    def __init__(self) -> None:
        self.requested = False  # no Event: its lock must not be taken in a signal handler

    def request(self, *_signal: object) -> None:
        self.requested = True

    def sleep(self, seconds: float) -> bool:
        """Sleep; False as soon as a stop is requested."""
        until = time.monotonic() + seconds
        while not self.requested:
            left = until - time.monotonic()
            if left <= 0:
                return True
            time.sleep(min(left, 0.2))
        return False


@dataclass(frozen=True)
class Run:
    """One run of one input."""

    settings: Mapping[str, str]  # the input's stanza
    client: Client
    fetch: Fetch
    delivery: Delivery
    health: Health
    checkpoint: Callable[[str], Checkpoint]  # of a part of the input: live, backfill
    stop: Stop
    log: Logger
    started: float  # splunkd's time, epoch seconds: for what happens before Okta has told its own

    @property
    def filter(self) -> str:
        """Okta's filter expression for the log, empty for everything."""
        return (self.settings.get("filter") or "").strip()

    @property
    def generation(self) -> str:
        """Changes when the input shall begin again."""
        return self.settings.get("generation") or ""

    @property
    def interval(self) -> float:
        """Seconds between two polls; a cron expression tells splunkd alone when a run begins."""
        try:
            return max(float(self.settings.get("interval") or 60), 1.0)
        except ValueError:
            return 60.0

    def is_on(self, setting: str) -> bool:
        """Whether a checkbox is ticked, as it is unless somebody has unticked it."""
        return self.settings.get(setting, "1") not in ("0", "false")

    def ask_the_time(self, url: str) -> Optional[float]:
        """Okta's time, which any answer tells: here that to a GET of `url`. None when asked to stop before it came."""
        return self.fetch(url, _date)

    def now(self) -> float:
        """Okta's time, as far as it is known."""
        now = self.client.now()
        return self.started if now is None else now


def _date(answer: Answer) -> float:
    if answer.date is None:
        raise unusable(answer, "it has no Date header")
    return answer.date


ACCOUNT = Argument("account", "Account", "The account to collect with, as saved on the Account page.", required=True)
CHECKPOINT = Argument("checkpoint", "Checkpoint", "Where the place is kept: file or kvstore.", required=False)
GENERATION = Argument(
    "generation", "Generation", "Set by the Inputs page when the input is created or shall begin again.", required=False
)


@dataclass(frozen=True)
class Collector:
    """A kind of input: what splunkd shows of it, how its settings are checked, what a run does.

    `scopes`: what an access token for it must be allowed; without `every_scope` it does what it can with some of them.
    `parts`: of its checkpoint. `validate(settings)` raises Trouble for settings of its own that cannot work;
    `collect(run)` returns when there is nothing more to collect now.
    """

    scheme: str
    title: str
    description: str
    parts: Sequence[str]
    scopes: Sequence[str]
    every_scope: bool
    arguments: Sequence[Argument]
    validate: Callable[[Mapping[str, str]], None]
    collect: Callable[[Run], None]

    def check(self, settings: Mapping[str, str]) -> None:
        """Refuse, when the input is saved and when it runs, what could never be collected. Raises Trouble."""
        if not settings.get("account"):
            raise Trouble("The input has no account: choose one that is saved on the Account page.")
        self.validate(settings)
