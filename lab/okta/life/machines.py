"""Peculiar machines: a second browser with its own session, web views that share the browser's cookies,
a laptop restored from its backup (same cookies, another machine)."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator

from lab.okta import applications, clients, ids
from lab.okta.day import Day
from lab.okta.event import Happening, Seat
from lab.okta.life.workday import phone_line
from lab.okta.sign_in import sign_in


def two_browsers(day: Day) -> Iterator[Happening]:
    """Both in use at once, on the same line, one session each."""
    for person in day.organisation.with_habit("two_browsers"):
        work = day.working_day(person)
        if work is None or person.second is None:
            continue
        rng = day.rng("two_browsers", person.number)
        session = ids.session_id(rng, day.organisation.cookie_prefix)
        moments = work.moments(rng, 4)
        for number, at in enumerate(moments):
            seat = Seat(person.actor, person.second, work.sitting_at(at).line, session)
            if number == 0:
                yield from sign_in(rng, day, person, seat, at - 45, phone_line(day, person, at))
            yield from applications.use(rng, day, person, seat, at)


def web_views(day: Day) -> Iterator[Happening]:
    """A desktop app's own engine opens apps in the browser's session, with the browser's device token."""
    for person in day.organisation.with_habit("web_view"):
        work = day.working_day(person)
        if work is None:
            continue
        rng = day.rng("web_views", person.number)
        if person.laptop.browser.os == "Linux":  # there such apps bring no engine of the system's
            continue
        mac = person.laptop.browser.os == "Mac OS X"
        view = replace(person.laptop, browser=clients.MAC_WEB_VIEW if mac else clients.WINDOWS_WEB_VIEW)
        for at in work.moments(rng, 3):
            seat = work.seat(rng, at, view)
            if seat:
                yield from applications.sign_on(rng, day, seat, rng.choice(day.organisation.apps), at)


def restored_laptop(day: Day) -> Iterator[Happening]:
    """A new machine from the old one's backup: the browser's cookies come along, the version is today's."""
    if not day.due("restored_laptop"):
        return
    able = [work for work in day.at_work() if not work.person.role and not work.person.habits]
    for work in day.pick("restored_laptop", able):
        rng = day.rng("restored_laptop", work.person.number)
        restored = replace(work.person.laptop, fingerprint=ids.fingerprint(rng), lag=0.0)
        for number, at in enumerate(work.moments(rng, 4)):
            seat = work.seat(rng, at, restored)
            if seat is None:
                continue
            if number == 0:  # the profile's copy still signs in once
                yield from sign_in(rng, day, work.person, seat, at - 40, phone_line(day, work.person, at))
            yield from applications.use(rng, day, work.person, seat, at)
