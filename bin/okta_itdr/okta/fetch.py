"""One thing from Okta, however long Okta makes us wait for it."""

from __future__ import annotations

import random
from logging import Logger
from typing import Callable, Optional, TypeVar

from okta_itdr.okta.answer import Answer
from okta_itdr.okta.client import Client
from okta_itdr.okta.errors import RateLimited, refusal
from okta_itdr.okta.rate_limit import RateLimit, RateLimits
from okta_itdr.trouble import Trouble

ATTEMPTS = 7  # in one run, about half a minute; then the run says so and the next one goes on, with settings read anew

Read = TypeVar("Read")


class Fetch:
    """Requests of one run. `sleep(seconds)` tells whether it slept them all, or was asked to stop."""

    def __init__(self, client: Client, limits: RateLimits, sleep: Callable[[float], bool], log: Logger) -> None:
        self.client = client
        self.limits = limits
        self.waited = 0.0  # seconds, for the rate limit
        self._sleep = sleep
        self._log = log

    def __call__(self, url: str, read: Callable[[Answer], Read], backfill: bool = False) -> Optional[Read]:
        """`read(answer)` of the first good answer to GET `url`; None when we are asked to stop.

        A 429 is no failure and is waited out for as long as it takes; transient trouble is tried again with
        growing, jittered pauses; everything else is raised at once.
        """
        limit = self.limits.of(url)
        failures = 0
        while self._admitted(limit, backfill):
            try:
                answer = self.client.get(url)
                limit.note(answer)
                if answer.status == 429:
                    if answer.date is None:  # a proxy's: nothing in it tells the limit until when it is closed
                        raise RateLimited("Too many requests, says something on the way to Okta.", 60.0)
                    continue
                if not 200 <= answer.status < 300:
                    raise refusal(answer, self.client.authentication)
                return read(answer)
            except RateLimited as limited:
                self._log.info("%s Waiting %.1f seconds.", limited, limited.wait)
                if not self._sleep(limited.wait + random.random()):
                    return None
            except Trouble as trouble:
                failures += 1
                if not trouble.transient or failures == ATTEMPTS:
                    raise
                self._log.warning("Attempt %d of %d: %s", failures, ATTEMPTS, trouble)
                if not self._sleep(2.0 ** (failures - 1) * random.uniform(0.25, 0.75)):
                    return None
        return None

    def _admitted(self, limit: RateLimit, backfill: bool) -> bool:
        """Wait until the rate limit lets one request go; False when asked to stop meanwhile."""
        while True:
            wait = limit.take(self.client.now(), backfill)
            if not wait:
                return self._sleep(0)
            self._log.info("Okta's rate limit, or our share of it, is used up: waiting %.1f seconds.", wait)
            self.waited += wait
            if not self._sleep(wait):
                return False
