"""Okta's rate limits, one for each kind of request, kept by all processes of an account together, in Okta's clock.

`X-Rate-Limit-Limit`, `-Remaining` and `-Reset` (epoch seconds) come with every answer; `Date` of the same
answer says what time it is there, so this host's clock does not matter (Okta: "Rate limits", best
practices). A 429 is the limit of a minute or the limit of concurrent requests; for the latter the
headers speak of concurrency and Reset is only an estimate, so a 429 that comes again waits longer.
"""

from __future__ import annotations

import json
import os
import random
import re
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Callable, Dict, Iterator, Mapping, NamedTuple, Optional
from urllib.parse import quote, urlsplit

from filelock import FileLock

from okta_itdr.okta.answer import Answer
from okta_itdr.trouble import Trouble

RESERVE = 0.1  # of the limit is left to others who use the same bucket, the Admin Console's log page among them
LONGEST_WAIT = 120.0
_UNKNOWN = -1.0
_ID = re.compile(r"\b(?=[A-Za-z]*\d)[0-9A-Za-z_-]{16,}\b")  # of Okta's objects: 20 characters, mixed


class Shares(NamedTuple):
    """Parts of Okta's limit, 0…1: `all` that the account's inputs may use together, `backfill` the past alone."""

    all: float = 0.5
    backfill: float = 0.3


@dataclass
class Minute:
    """What is known of the limit: as Okta told it, and what this account has asked in the minute that ends at `reset`.

    Times are Okta's epoch seconds; -1 stands for what no answer has told yet.
    """

    limit: float = _UNKNOWN
    remaining: float = _UNKNOWN
    reset: float = _UNKNOWN
    live: int = 0
    backfill: int = 0
    closed_until: float = _UNKNOWN  # after a 429
    refused: int = 0  # 429s in a row

    def begin(self) -> None:
        """A new minute, whose end the next answer tells."""
        self.live = self.backfill = 0
        self.remaining = self.reset = _UNKNOWN


class RateLimits:
    """Those of an account, whose states lie in `folder`: what Okta counts together, its headers tell."""

    def __init__(self, folder: Path, shares: Shares) -> None:
        self._folder = folder
        self._shares = shares
        self._known: Dict[str, RateLimit] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> RateLimit:
        """The limit of requests like that for `url`: the same path, whatever object it is about."""
        kind = _ID.sub("id", urlsplit(url).path.strip("/")).replace("/", ".")
        with self._lock:
            if kind not in self._known:
                self._known[kind] = RateLimit(self._folder / f"{quote(kind, safe='')}.json", self._shares)
            return self._known[kind]


class RateLimit:
    """The limit whose state lies in `path`, locked while it is read and changed. `jitter` gives numbers in 0…1."""

    def __init__(self, path: Path, shares: Shares, jitter: Callable[[], float] = random.random) -> None:
        self._path = path
        self._shares = shares
        self._jitter = jitter
        self._threads = threading.Lock()
        self._processes = FileLock(f"{path}.lock")

    def take(self, now: Optional[float], backfill: bool = False) -> float:
        """0: one request may go, and is counted. Else the seconds to let pass before asking again.

        `now` is Okta's time; None before its first answer, which has to be asked for without knowing.
        """
        with self._state() as minute:
            if now is not None:
                # What lies further ahead than any limit was told by a clock that has jumped since.
                if now < minute.closed_until <= now + LONGEST_WAIT:
                    return self._wait(minute.closed_until - now)
                if minute.reset != _UNKNOWN and not now < minute.reset <= now + LONGEST_WAIT:
                    minute.begin()
                if not self._room(minute, backfill):
                    return self._wait(max(minute.reset - now, 0.0) + 1)
            if backfill:
                minute.backfill += 1
            else:
                minute.live += 1
            if minute.remaining > 0:
                minute.remaining -= 1
            return 0.0

    def note(self, answer: Answer) -> None:
        """Take in what an answer tells."""
        with self._state() as minute:
            if answer.status == 429:
                minute.refused += 1
                if answer.date is not None:
                    minute.closed_until = answer.date + wait_after_429(answer, minute.refused)
                return
            minute.refused = 0
            limit, remaining, reset = (
                _number(answer.headers, f"X-Rate-Limit-{name}") for name in ("Limit", "Remaining", "Reset")
            )
            if limit is None or remaining is None or reset is None:
                return
            if minute.reset != _UNKNOWN and (reset > minute.reset or minute.reset - reset > LONGEST_WAIT):
                minute.begin()  # the clock had not told us so, or told us wrong
            if reset >= minute.reset:
                minute.limit, minute.remaining, minute.reset = limit, remaining, reset

    def read(self) -> Minute:
        """The state as it is now."""
        with self._state() as minute:
            return minute

    def _room(self, minute: Minute, backfill: bool) -> bool:
        if minute.limit == _UNKNOWN:
            return True
        if minute.remaining != _UNKNOWN and minute.remaining < max(1.0, minute.limit * RESERVE):
            return False
        mine = max(1.0, minute.limit * self._shares.all)
        if minute.live + minute.backfill >= mine:
            return False
        return not backfill or minute.backfill < max(1.0, min(minute.limit * self._shares.backfill, mine))

    def _wait(self, seconds: float) -> float:
        return min(seconds, LONGEST_WAIT) + self._jitter()

    @contextmanager
    def _state(self) -> Iterator[Minute]:
        try:
            with self._threads, self._processes.acquire(poll_interval=0.005):
                minute = self._read()
                before = asdict(minute)
                yield minute
                if asdict(minute) != before:
                    written = self._path.with_suffix(".new")
                    written.write_text(json.dumps(asdict(minute)), "ascii")
                    os.replace(written, self._path)
        except OSError as error:
            raise Trouble(
                f"The state of Okta's rate limit cannot be kept in {self._path} ({error.strerror or error}): make room "
                "on the disk or let the user that runs Splunk write there. Nothing is lost, collection waits."
            ) from None

    def _read(self) -> Minute:
        try:
            known = json.loads(self._path.read_text("ascii"))
            return Minute(**{field.name: type(field.default)(known[field.name]) for field in fields(Minute)})
        except FileNotFoundError:
            return Minute()
        except (ValueError, TypeError, KeyError):
            return Minute()  # it was never more than what the next answer tells again


def wait_after_429(answer: Answer, refused: int) -> float:
    """Seconds to wait after the `refused`th 429 in a row: to Reset in Okta's clock, longer each time."""
    reset = _number(answer.headers, "X-Rate-Limit-Reset")
    stated = reset - answer.date + 1 if reset is not None and answer.date is not None else 0.0
    return min(max(stated, min(2.0 ** (refused - 1), 60.0), 1.0), LONGEST_WAIT)


def _number(headers: Mapping[str, str], name: str) -> Optional[float]:
    try:
        return float(headers[name])
    except (KeyError, ValueError):
        return None
