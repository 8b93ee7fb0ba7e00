"""Values are what their key wants: booleans, whole numbers, cron expressions, times (as the specs say)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Iterator, Optional, Tuple

from cronsim import CronSim, CronSimError

from lab.lint.shipped_app import ShippedApp
from lab.lint.spec import Spec
from lab.schedule.saved_search import SavedSearchError, saved_search
from lab.spl import times
from lab.spl.errors import SearchError

NAME = "conf values"
_BOOLEAN = re.compile(r"(?i)(1|0|true|false|t|f|yes|no|y|n|on|off)\Z")
_INTEGER = re.compile(r"-?\d+\Z")
_TIME_KEY = re.compile(r"dispatch\.(index_)?(earliest|latest)(_time)?\Z")


def findings(app: ShippedApp) -> Iterator[Tuple[str, str]]:
    for file in app.conf_files:
        spec = Spec.of(app.spec_keys.get(f"{file.path.stem}.conf.spec", {}))
        for stanza, settings in file.stanzas.items():
            for key, setting in settings.items():
                wrong = _wrong(key, setting.value, spec.hint(stanza, key) or "")
                if wrong:
                    yield app.at(setting), f"[{stanza}] {key} = {setting.value}: {wrong}"
    conf = app.conf("savedsearches")
    for title in conf:
        try:
            saved_search(app.name, title, conf.stanza(title))
        except (SavedSearchError, SearchError) as error:
            yield app.at(next(iter(conf.settings(title).values()))), str(error)


def _wrong(key: str, value: str, hint: str) -> Optional[str]:
    if hint.strip().lower() in ("<boolean>", "<bool>") and value and not _BOOLEAN.match(value):
        return "neither true nor false"
    if hint in ("<integer>", "<positive integer>", "<non-negative integer>") and value and not _INTEGER.match(value):
        return "not a whole number"
    if key == "cron_schedule":
        try:
            CronSim(value, datetime.fromtimestamp(0, timezone.utc))
        except CronSimError as error:
            return f"not a cron expression ({error})"
    if _TIME_KEY.match(key) and value:
        try:
            times.time_of(value, 0.0, timezone.utc)
        except SearchError as error:
            return error.message
    return None
