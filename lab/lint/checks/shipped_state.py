"""What ships is off until the admin turns it on, and says what it is: saved searches, inputs, indexes.

savedsearches.conf.spec (disabled, description, realtime_schedule: by default runs that were missed are skipped).
"""

from __future__ import annotations

from typing import Iterator, Tuple

from lab.lint.finding import Place
from lab.lint.shipped_app import ShippedApp

NAME = "shipped state"
_NEVER = ("limits", "indexes", "passwords", "authentication")  # an app that ships these changes other people's Splunk


def findings(app: ShippedApp) -> Iterator[Tuple[Place, str]]:
    conf = app.conf("savedsearches")
    for title in conf:
        settings = conf.settings(title)
        place = app.at(next(iter(settings.values())))
        scheduled = "cron_schedule" in settings
        if scheduled and ("disabled" not in settings or settings["disabled"].value != "1"):
            yield place, f"[{title}] is not disabled: it would run as soon as the app is installed"
        if scheduled and ("enableSched" not in settings or settings["enableSched"].value != "1"):
            yield place, f"[{title}] enableSched is not 1: enabling it would not schedule it"
        if scheduled and ("realtime_schedule" not in settings or settings["realtime_schedule"].value != "0"):
            yield place, f"[{title}] realtime_schedule is not 0: what is missed during an outage would never be run"
        if "description" not in settings or not settings["description"].value:
            yield place, f"[{title}] has no description"
    inputs = app.conf("inputs")
    for name in inputs:
        settings = inputs.settings(name)
        if "://" in name and ("disabled" not in settings or settings["disabled"].value != "1"):
            yield app.at(next(iter(settings.values()))), f"[{name}] is enabled"
    for file in app.conf_files:
        if file.path.stem in _NEVER:
            yield app.place(file.path), "an app does not ship this file"
