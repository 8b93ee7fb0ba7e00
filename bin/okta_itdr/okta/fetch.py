"""One thing from Okta, however long Okta makes us wait for it."""

from __future__ import annotations

import random
from logging import Logger
from typing import Callable, Optional, TypeVar

from okta_itdr.okta.client import Answer, Client
from okta_itdr.okta.errors import refusal
from okta_itdr.okta.rate_limit import RateLimit
from okta_itdr.trouble import Trouble

ATTEMPTS = 5  # in one run; then the run ends with the error and the next one goes on from the checkpoint

Read = TypeVar("Read")


def fetch(
    client: Client,
    url: str,
    read: Callable[[Answer], Read],
    limit: RateLimit,
    sleep: Callable[[float], bool],
    log: Logger,
) -> Optional[Read]:
    """`read(answer)` of the first good answer to GET `url`; None when `sleep` says that we are asked to stop.

    A 429 is no failure and is waited out for as long as it takes; transient trouble is tried again with
    growing, jittered pauses; everything else is raised at once. `sleep(seconds)` tells whether it slept them all.
    """
    failures = 0
    while True:
        wait = limit.take_wait()
        if wait:
            log.info("Okta's rate limit is used up: waiting %.1f seconds.", wait)
            if not sleep(wait):
                return None
        try:
            answer = client.get(url)
            limit.note(answer.status, answer.headers)
            if answer.status == 429:
                continue
            if not 200 <= answer.status < 300:
                raise refusal(answer, client.authentication.renew, client.authentication.permit)
            return read(answer)
        except Trouble as trouble:
            failures += 1
            if not trouble.transient or failures == ATTEMPTS:
                raise
            log.warning("Attempt %d of %d: %s", failures, ATTEMPTS, trouble)
            if not sleep(2.0 ** (failures - 1) * random.uniform(0.25, 0.75)):
                return None
