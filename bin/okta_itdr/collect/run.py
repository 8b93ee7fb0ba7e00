"""What a collector is, and what one run of it is given."""

from __future__ import annotations

import time
from dataclasses import dataclass
from logging import Logger
from typing import Callable, Mapping, Sequence

from okta_itdr.collect.checkpoint import CheckpointFile
from okta_itdr.collect.output import Output
from okta_itdr.okta.client import Client


class Stop:
    """Set by SIGTERM: the page in hand is finished and nothing new is begun."""

    def __init__(self) -> None:
        self.requested = False

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
    output: Output
    checkpoint: CheckpointFile
    stop: Stop
    log: Logger
    ingested: Callable[[int], None]  # tells UCC's monitoring page how many events were written


@dataclass(frozen=True)
class Argument:
    """A setting of an input's stanza beside Splunk's own (name, index, interval)."""

    name: str
    title: str
    description: str
    required: bool


@dataclass(frozen=True)
class Collector:
    """A kind of input: what splunkd shows of it, how its settings are checked, what a run does.

    `validate(settings)` raises Trouble for settings that cannot work; `collect(run)` returns when there
    is nothing more to collect now.
    """

    scheme: str
    title: str
    description: str
    sourcetype: str
    arguments: Sequence[Argument]
    validate: Callable[[Mapping[str, str]], None]
    collect: Callable[[Run], None]
