"""One thing that set-up looks at: how it stands, in one sentence, and what to do about it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import NamedTuple

OK, ATTENTION, NOT_YET = "ok", "attention", "not yet"


class Check(NamedTuple):
    """`todo` is empty where there is nothing to do; `value` is what the page's form shows, where there is one."""

    name: str
    title: str
    state: str
    says: str
    todo: str = ""
    value: str = ""


def ago(seconds: float) -> str:
    """A span as people say it: 5 minutes, 3 hours, 12 days."""
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(int(seconds // size), name)
    return "less than a minute"


def day(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
