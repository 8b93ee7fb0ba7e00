"""The auditors' monthly round: a report administrator exports password health, administrators, factors and more."""

from __future__ import annotations

from typing import Iterator

from lab.okta import console
from lab.okta.day import MINUTE, Day
from lab.okta.event import Happening
from lab.okta.life.at_console import open_for


def events(day: Day) -> Iterator[Happening]:
    # Where the round's day is a Sunday or the auditor away, it is left to the next month.
    if not day.due("auditors"):
        return
    rng = day.rng("auditors")
    auditor = open_for(rng, day, "report") or open_for(rng, day, "super")
    if auditor is None:
        return
    yield from auditor.opening
    at = auditor.at
    for report in ("password-health", *console.REPORTS):
        yield from console.export_report(rng, auditor.seat, at, report)
        at += rng.uniform(2.5, 6) * MINUTE
